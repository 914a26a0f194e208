import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { MAXIMUM_RETRY_ATTEMPTS_ENDLESS } from '../../../contract/limits';
import type { KafkaMappingProps } from '../../kafka-mapping-props';
import type { KafkaSourceConfig } from '../../kafka-source';
import type { OnFailureConfig } from '../../on-failure';
import type { PollersConfig } from '../../pollers';
import { customerKey } from '../customer-key';
import { grantFilterKey } from './grant-filter-key';

/** The construct's id in its scope, and with it a part of the logical id: it stays. */
export const MAPPING_ID = 'Mapping';

const RECORD_AGE_ENDLESS = -1;

/** What the parts of a mapping ask of it. */
export interface MappingRequest {
  readonly props: KafkaMappingProps;
  readonly alias: lambda.Alias;
  readonly source: KafkaSourceConfig;
  readonly pollers: PollersConfig;
  readonly discarded: OnFailureConfig | undefined;
}

/** A plain mapping: the event sources of aws-lambda-event-sources always attach a broad managed policy. */
export function createEventSourceMapping(scope: Construct, request: MappingRequest): lambda.EventSourceMapping {
  const { props, alias, source, pollers } = request;
  const { batchSize, maxBatchingWindow, enabled, bisectBatchOnError, schemaRegistry } = props;
  const { provisionedPollerConfig, reportBatchItemFailures } = pollers;
  const mapping = new lambda.EventSourceMapping(scope, MAPPING_ID, {
    target: alias as lambda.IFunction,
    ...(source.eventSourceArn !== undefined && { eventSourceArn: source.eventSourceArn }),
    ...(source.bootstrapServers !== undefined && { kafkaBootstrapServers: source.bootstrapServers }),
    ...(source.sourceAccessConfigurations.length > 0 && {
      sourceAccessConfigurations: source.sourceAccessConfigurations,
    }),
    kafkaTopic: source.topic,
    kafkaConsumerGroupId: source.consumerGroupId,
    startingPosition: source.startingPosition,
    ...(source.startingPositionTimestamp !== undefined && {
      startingPositionTimestamp: source.startingPositionTimestamp,
    }),
    ...(source.filters !== undefined && { filters: source.filters }),
    reportBatchItemFailures,
    ...(provisionedPollerConfig !== undefined && { provisionedPollerConfig }),
    ...(batchSize !== undefined && { batchSize }),
    ...(maxBatchingWindow !== undefined && { maxBatchingWindow }),
    ...(enabled !== undefined && { enabled }),
    ...(bisectBatchOnError && { bisectBatchOnError }),
    ...(schemaRegistry !== undefined && { schemaRegistryConfig: schemaRegistry }),
    ...discarding(request),
    ...observation(request),
  });
  const resource = mapping.node.defaultChild as lambda.CfnEventSourceMapping;
  // Past aws-cdk-lib's check, which takes -1, and a number that is known at deployment only, for too small.
  const age = recordAgeSeconds(request);
  if (age !== undefined) resource.maximumRecordAgeInSeconds = age;
  const filterKey = props.filterEncryption && customerKey(scope, 'filterEncryption', props.filterEncryption);
  if (filterKey !== undefined && source.filters !== undefined) {
    resource.kmsKeyArn = filterKey.keyArn;
    grantFilterKey(scope, filterKey);
  }
  return mapping;
}

function discarding({ props, pollers, discarded }: MappingRequest) {
  const { retryAttempts } = props;
  // Endless is said where it can be, because taking a number away leaves it on a mapping that exists.
  const isSaid = retryAttempts !== undefined && pollers.provisionedPollerConfig !== undefined;
  return {
    ...(isSaid && { retryAttempts }),
    ...(discarded !== undefined && { onFailure: { bind: () => ({ destination: discarded.destination }) } }),
  };
}

/** Any age is said where endless retries are: whoever writes that wants nothing discarded. */
function recordAgeSeconds({ props, pollers }: MappingRequest): number | undefined {
  if (props.maxRecordAge !== undefined) return props.maxRecordAge.toSeconds();
  const isEndless = props.retryAttempts === MAXIMUM_RETRY_ATTEMPTS_ENDLESS;
  return isEndless && pollers.provisionedPollerConfig !== undefined ? RECORD_AGE_ENDLESS : undefined;
}

const ALL_METRICS = [lambda.MetricType.EVENT_COUNT, lambda.MetricType.ERROR_COUNT, lambda.MetricType.KAFKA_METRICS];

/** Both come with provisioned pollers alone. */
function observation({ props, pollers }: MappingRequest) {
  if (pollers.provisionedPollerConfig === undefined) return {};
  const metrics = props.metrics ?? ALL_METRICS;
  return {
    ...(metrics.length > 0 && { metricsConfig: { metrics } }),
    logLevel: props.logLevel ?? lambda.EventSourceMappingLogLevel.INFO,
  };
}

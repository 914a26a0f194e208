import {
  CONSUMER_GROUP_ID,
  DEFAULT_BATCH_SIZE,
  DEFAULT_BATCHING_WINDOW_MS,
  LIMITS,
  MAXIMUM_RETRY_ATTEMPTS_ENDLESS,
} from '../../contract/limits';
import { type LambdaFunction, readInvokedFunction } from './lambda-function';
import { refuseWhatIsNotBuilt, refuseWithoutPollers } from './mapping-settings';
import { type PropertyReader, readProperties } from './property-reader';
import type { Stack } from './stack';
import { isObject } from './template';
import { shown, templateInvalid } from './template-error';

export type StartingPosition = 'TRIM_HORIZON' | 'LATEST' | 'AT_TIMESTAMP';

/** A Kafka event source mapping, its settings as the service would have them. */
export interface KafkaMapping {
  readonly logicalId: string;
  /** `false`: the service would deliver nothing. */
  readonly enabled: boolean;
  readonly topic: string;
  /** Where the template gives none the service takes the mapping's UUID; here it is the logical id. */
  readonly consumerGroupId: string;
  readonly batchSize: number;
  readonly batchingWindowMs: number;
  readonly startingPosition: StartingPosition;
  /** With AT_TIMESTAMP, in milliseconds since the epoch. */
  readonly startingPositionTimestampMs: number | undefined;
  /** `undefined`: on demand. */
  readonly pollers: Pollers | undefined;
  readonly reportBatchItemFailures: boolean;
  /** -1: endless. The first invocation is not counted. */
  readonly maximumRetryAttempts: number;
  readonly selfManaged: boolean;
  /** Absent for self-managed Kafka. */
  readonly eventSourceArn: string | undefined;
  /** Given for self-managed Kafka only. */
  readonly bootstrapServers: readonly string[] | undefined;
  readonly functionName: string;
  readonly aliasName: string | undefined;
  readonly invokedFunctionArn: string;
  readonly function: LambdaFunction;
}

export interface Pollers {
  readonly minimum: number;
  readonly maximum: number;
}

// Source: Lambda Developer Guide, Kafka event poller scaling modes.
const DEFAULT_POLLERS: Pollers = { minimum: 1, maximum: 200 };
const RETRY_ATTEMPTS = { minimum: MAXIMUM_RETRY_ATTEMPTS_ENDLESS, maximum: 10_000 };
const UNIX_SECONDS = { minimum: 0, maximum: 2 ** 32 };
const STARTING_POSITIONS: readonly string[] = ['TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP'];

/** Reads one mapping with the function that it calls. */
export function readKafkaMapping(stack: Stack, logicalId: string): KafkaMapping {
  const properties = readProperties(stack, logicalId);
  const pollers = readPollers(properties);
  if (pollers === undefined) refuseWithoutPollers(properties);
  refuseWhatIsNotBuilt(stack, logicalId, properties);

  const written = properties.requiredText('FunctionName');
  const invoked = readInvokedFunction(stack, written, properties.path('FunctionName'));
  return {
    logicalId,
    enabled: properties.boolean('Enabled') ?? true,
    topic: readTopic(properties),
    consumerGroupId: readConsumerGroupId(properties) ?? logicalId,
    batchSize: properties.number(LIMITS.batchSize, 'BatchSize') ?? DEFAULT_BATCH_SIZE,
    batchingWindowMs: readBatchingWindowMs(properties),
    ...readStartingPosition(properties),
    pollers,
    reportBatchItemFailures: properties.textList('FunctionResponseTypes').includes('ReportBatchItemFailures'),
    maximumRetryAttempts: properties.number(RETRY_ATTEMPTS, 'MaximumRetryAttempts') ?? MAXIMUM_RETRY_ATTEMPTS_ENDLESS,
    ...readSource(properties),
    functionName: invoked.function.name,
    ...invoked,
  };
}

function readPollers(properties: PropertyReader): Pollers | undefined {
  const config = properties.value('ProvisionedPollerConfig');
  // An empty object is how a mapping goes back to on-demand polling.
  if (!isObject(config) || Object.keys(config).length === 0) return undefined;
  const minimum = properties.number(LIMITS.minimumPollers, 'ProvisionedPollerConfig', 'MinimumPollers');
  const maximum = properties.number(LIMITS.maximumPollers, 'ProvisionedPollerConfig', 'MaximumPollers');
  const pollers = { minimum: minimum ?? DEFAULT_POLLERS.minimum, maximum: maximum ?? DEFAULT_POLLERS.maximum };
  if (pollers.minimum > pollers.maximum) {
    throw templateInvalid(
      properties.path('ProvisionedPollerConfig'),
      `has MinimumPollers ${pollers.minimum} above MaximumPollers ${pollers.maximum}.`,
    );
  }
  return pollers;
}

function readTopic(properties: PropertyReader): string {
  const topics = properties.textList('Topics');
  const [topic] = topics;
  const { minimum, maximum } = LIMITS.topicLength;
  if (topic === undefined || topics.length > 1 || topic.length < minimum || topic.length > maximum) {
    throw templateInvalid(
      properties.path('Topics'),
      `is ${shown(topics)}; a mapping takes exactly one topic, its name ${minimum} to ${maximum} characters long.`,
    );
  }
  return topic;
}

function readConsumerGroupId(properties: PropertyReader): string | undefined {
  for (const config of ['AmazonManagedKafkaEventSourceConfig', 'SelfManagedKafkaEventSourceConfig']) {
    const id = properties.text(config, 'ConsumerGroupId');
    if (id === undefined) continue;
    if (id.length <= LIMITS.consumerGroupIdLength.maximum && CONSUMER_GROUP_ID.test(id)) return id;
    throw templateInvalid(
      properties.path(config, 'ConsumerGroupId'),
      `is ${shown(id)}; accepted are 1 to ${LIMITS.consumerGroupIdLength.maximum} letters, digits and -/*:_+=.@`,
    );
  }
  return undefined;
}

function readBatchingWindowMs(properties: PropertyReader): number {
  const seconds = properties.number(LIMITS.batchingWindowSeconds, 'MaximumBatchingWindowInSeconds');
  return seconds === undefined ? DEFAULT_BATCHING_WINDOW_MS : seconds * 1000;
}

function readStartingPosition(
  properties: PropertyReader,
): Pick<KafkaMapping, 'startingPosition' | 'startingPositionTimestampMs'> {
  const position = properties.requiredText('StartingPosition');
  if (!STARTING_POSITIONS.includes(position)) {
    throw templateInvalid(
      properties.path('StartingPosition'),
      `is ${shown(position)}; accepted are ${STARTING_POSITIONS.join(', ')}.`,
    );
  }
  const seconds = properties.number(UNIX_SECONDS, 'StartingPositionTimestamp');
  if ((position === 'AT_TIMESTAMP') !== (seconds !== undefined)) {
    throw templateInvalid(
      properties.path('StartingPositionTimestamp'),
      `is ${shown(seconds)} with the starting position ${position}; it belongs to AT_TIMESTAMP, in unix seconds, and to no other.`,
    );
  }
  return {
    startingPosition: position as StartingPosition,
    startingPositionTimestampMs: seconds === undefined ? undefined : seconds * 1000,
  };
}

function readSource(
  properties: PropertyReader,
): Pick<KafkaMapping, 'selfManaged' | 'eventSourceArn' | 'bootstrapServers'> {
  const eventSourceArn = properties.text('EventSourceArn');
  const bootstrapServers = properties.textList('SelfManagedEventSource', 'Endpoints', 'KafkaBootstrapServers');
  const selfManaged = bootstrapServers.length > 0;
  if (selfManaged === (eventSourceArn !== undefined)) {
    throw templateInvalid(
      properties.path('EventSourceArn'),
      `is ${shown(eventSourceArn)} with the bootstrap servers ${shown(bootstrapServers)}; a mapping has an EventSourceArn (Amazon MSK) or SelfManagedEventSource, and not both.`,
    );
  }
  return { selfManaged, eventSourceArn, bootstrapServers: selfManaged ? bootstrapServers : undefined };
}

import {
  DEFAULT_BATCH_SIZE,
  DEFAULT_BATCHING_WINDOW_MS,
  LIMITS,
  MAXIMUM_RETRY_ATTEMPTS_ENDLESS,
} from '../../contract/limits';
import { type FailureDestination, readFailureDestination } from './failure-destination';
import { readFilters } from './filter-criteria';
import { readInvokedFunction } from './invoked-function';
import { type KafkaSource, readKafkaSource } from './kafka-source';
import type { LambdaFunction } from './lambda-function';
import { MAPPING_SETTINGS, refuseUnknownSettings, refuseWithoutPollers } from './mapping-settings';
import { type Pollers, readPollers } from './pollers';
import { type PropertyReader, readProperties } from './property-reader';
import { REFUSED_RECORD_AGE } from './service-words';
import { constructPathOf, type Found, idOf } from './stack';
import { readStart, type Start } from './starting-position';
import { shown, templateInvalid } from './template-error';

/** A Kafka event source mapping, its settings as the service would have them. */
export interface KafkaMapping extends Omit<KafkaSource, 'consumerGroupId'>, Start {
  /** Unique in the deployment: of a mapping in a nested stack it is a path, `Orders/Mapping`. */
  readonly logicalId: string;
  /** Absent where the CDK noted none. */
  readonly constructPath?: string;
  /** `false`: the service would deliver nothing. */
  readonly enabled: boolean;
  /** Where the template gives none the service takes the mapping's UUID; here it is the logical id. */
  readonly consumerGroupId: string;
  readonly batchSize: number;
  readonly batchingWindowMs: number;
  /** The patterns of the filters, each the text of a JSON object; without any, every record is delivered. */
  readonly filters: readonly string[];
  /** `undefined`: on demand. */
  readonly pollers: Pollers | undefined;
  readonly reportBatchItemFailures: boolean;
  /** -1: endless. The first invocation is not counted. */
  readonly maximumRetryAttempts: number;
  /** In whole seconds; -1: endless. */
  readonly maximumRecordAgeSeconds: number;
  readonly bisectBatchOnFunctionError: boolean;
  /** `undefined`: what the service gives up is lost. */
  readonly onFailure: FailureDestination | undefined;
  readonly functionName: string;
  readonly aliasName: string | undefined;
  readonly invokedFunctionArn: string;
  readonly function: LambdaFunction;
}

// Source of both: Lambda Developer Guide, Kafka retry configurations.
const RETRY_ATTEMPTS = { minimum: MAXIMUM_RETRY_ATTEMPTS_ENDLESS, maximum: 10_000 };
const RECORD_AGE_SECONDS = { minimum: -1, maximum: 604_800 };
const RECORD_AGE_ENDLESS = -1;
const LEAST_RECORD_AGE_SECONDS = 60;
const RESPONSE_TYPE = 'ReportBatchItemFailures';

/** Reads one mapping with the function that it calls. What its settings mean together is not judged here. */
export function readKafkaMapping(found: Found): KafkaMapping {
  const { stack, logicalId } = found;
  const properties = readProperties(stack, logicalId);
  const pollers = readPollers(properties);
  if (pollers === undefined) refuseWithoutPollers(properties);
  refuseUnknownSettings(properties, MAPPING_SETTINGS);

  const constructPath = constructPathOf(found);
  const source = readKafkaSource(properties);
  const written = properties.requiredText('FunctionName');
  const invoked = readInvokedFunction(stack, written, properties.path('FunctionName'));
  return {
    logicalId: idOf(found),
    ...(constructPath !== undefined && { constructPath }),
    enabled: properties.boolean('Enabled') ?? true,
    ...source,
    consumerGroupId: source.consumerGroupId ?? idOf(found),
    ...readStart(properties),
    batchSize: properties.number(LIMITS.batchSize, 'BatchSize') ?? DEFAULT_BATCH_SIZE,
    batchingWindowMs: readBatchingWindowMs(properties),
    filters: readFilters(properties),
    pollers,
    reportBatchItemFailures: readResponseTypes(properties),
    maximumRetryAttempts: properties.number(RETRY_ATTEMPTS, 'MaximumRetryAttempts') ?? MAXIMUM_RETRY_ATTEMPTS_ENDLESS,
    maximumRecordAgeSeconds: readRecordAge(properties),
    bisectBatchOnFunctionError: properties.boolean('BisectBatchOnFunctionError') ?? false,
    onFailure: readFailureDestination(properties),
    functionName: invoked.function.name,
    ...invoked,
  };
}

function readBatchingWindowMs(properties: PropertyReader): number {
  const seconds = properties.number(LIMITS.batchingWindowSeconds, 'MaximumBatchingWindowInSeconds');
  return seconds === undefined ? DEFAULT_BATCHING_WINDOW_MS : seconds * 1000;
}

function readResponseTypes(properties: PropertyReader): boolean {
  const types = properties.textList('FunctionResponseTypes');
  if (types.every((type) => type === RESPONSE_TYPE)) return types.length > 0;
  throw templateInvalid(
    properties.path('FunctionResponseTypes'),
    `is ${shown(types)}; accepted is ["${RESPONSE_TYPE}"].`,
  );
}

function readRecordAge(properties: PropertyReader): number {
  const seconds = properties.number(RECORD_AGE_SECONDS, 'MaximumRecordAgeInSeconds') ?? RECORD_AGE_ENDLESS;
  if (seconds === RECORD_AGE_ENDLESS || seconds >= LEAST_RECORD_AGE_SECONDS) return seconds;
  throw templateInvalid(
    properties.path('MaximumRecordAgeInSeconds'),
    `is ${seconds}; accepted are -1 (endless) and whole numbers from ${LEAST_RECORD_AGE_SECONDS} to ${RECORD_AGE_SECONDS.maximum}. The service refuses it: "${REFUSED_RECORD_AGE}".`,
  );
}

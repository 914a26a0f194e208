import { LIMITS, MAXIMUM_RETRY_ATTEMPTS_ENDLESS } from '../../contract/limits';
import type { KafkaMapping } from '../template/kafka-mapping';
import { checkPattern, patternProblemText } from './filter/check-pattern';

/** Something about a mapping that its deployment, or its life after that, would fail at. */
export interface MappingProblem {
  /** An error is refused at the start; with a warning the mapping runs. */
  readonly kind: 'error' | 'warning';
  /** Of the mapping, such as `MaximumRetryAttempts`; `Timeout` is the function's. */
  readonly property: string;
  /** The second half of a sentence that begins with the property. */
  readonly text: string;
}

// Source of all ranges: Lambda API Reference, CreateEventSourceMapping, and Lambda quotas.
const RETRY_ATTEMPTS = { minimum: -1, maximum: 10_000 };
const RECORD_AGE_SECONDS = { minimum: 60, maximum: 604_800 };
const FILTERS = { byDefault: 5, maximum: 10 };
const TIMEOUT_SECONDS = { ofFunctions: 900, ofKafkaMappings: LIMITS.functionTimeoutSeconds.maximum };
const ENDLESS_AGE = -1;

/**
 * Row 34: what the service would refuse or warn about, in its own words where they are known.
 *
 * @param nowMs when the mapping is created; what it starts at must not lie behind that. @default never
 */
export function mappingProblems(mapping: KafkaMapping, nowMs = Number.POSITIVE_INFINITY): readonly MappingProblem[] {
  return [
    ...startInFuture(mapping, nowMs),
    ...withoutPollers(mapping),
    ...outOfRange('BatchSize', 'batchSize', mapping.batchSize, LIMITS.batchSize),
    ...outOfRange(
      'MaximumBatchingWindowInSeconds',
      'maximumBatchingWindowInSeconds',
      mapping.batchingWindowMs / 1_000,
      LIMITS.batchingWindowSeconds,
    ),
    ...outOfRange('MaximumRetryAttempts', 'maximumRetryAttempts', mapping.maximumRetryAttempts, RETRY_ATTEMPTS),
    ...recordAge(mapping),
    ...destination(mapping),
    ...filters(mapping),
    ...functionTimeout(mapping),
  ];
}

/** Source: Lambda API Reference, CreateEventSourceMapping. */
function startInFuture({ startingPositionTimestampMs: atMs }: KafkaMapping, nowMs: number): readonly MappingProblem[] {
  if (atMs === undefined || atMs <= nowMs) return [];
  const text = `is ${atMs / 1_000}, which is ${new Date(atMs).toISOString()}; the service refuses a time in the future.`;
  return [error('StartingPositionTimestamp', text)];
}

/** Source: Lambda Developer Guide, Kafka retry configurations and on-failure destinations; words: aws/aws-cdk#17934. */
function withoutPollers(mapping: KafkaMapping): readonly MappingProblem[] {
  if (mapping.pollers !== undefined) return [];
  const onlyProvisioned: readonly (readonly [property: string, isSet: boolean])[] = [
    ['FunctionResponseTypes', mapping.reportBatchItemFailures],
    ['MaximumRetryAttempts', mapping.maximumRetryAttempts !== MAXIMUM_RETRY_ATTEMPTS_ENDLESS],
    ['MaximumRecordAgeInSeconds', mapping.maximumRecordAgeSeconds !== ENDLESS_AGE],
    ['BisectBatchOnFunctionError', mapping.bisectBatchOnFunctionError],
    ['DestinationConfig', mapping.onFailure?.kind === 'kafka'],
    ['SchemaRegistryConfig', mapping.schemaRegistry !== undefined],
  ];
  return onlyProvisioned.flatMap(([property, isSet]) => {
    if (!isSet) return [];
    const parameter = property.charAt(0).toLowerCase() + property.slice(1);
    const words = `Unsupported '${parameter}' parameter for given event source mapping type.`;
    return [
      error(
        property,
        `${property === 'DestinationConfig' ? 'is a Kafka topic' : 'is set'}, which needs provisioned pollers. The service refuses it: "${words}" Give the mapping a ProvisionedPollerConfig, or remove the property.`,
      ),
    ];
  });
}

/** Words: those of every AWS API for a number out of its range. */
function outOfRange(
  property: string,
  parameter: string,
  value: number,
  { minimum, maximum }: { readonly minimum: number; readonly maximum: number },
): readonly MappingProblem[] {
  if (Number.isFinite(value) && value >= minimum && value <= maximum) return [];
  const bound = value < minimum ? `greater than or equal to ${minimum}` : `less than or equal to ${maximum}`;
  const words = `Value '${value}' at '${parameter}' failed to satisfy constraint: Member must have value ${bound}`;
  return [error(property, `is ${value}; accepted is ${minimum} to ${maximum}. The service refuses it: "${words}"`)];
}

/** Words: hashicorp/terraform-provider-aws#16113. */
function recordAge({ maximumRecordAgeSeconds: age }: KafkaMapping): readonly MappingProblem[] {
  const { minimum, maximum } = RECORD_AGE_SECONDS;
  if (age === ENDLESS_AGE || (age >= minimum && age <= maximum)) return [];
  const words = `MaximumRecordAgeInSeconds must be either -1 (forever) or between ${minimum} and ${maximum} (inclusive)`;
  return [error('MaximumRecordAgeInSeconds', `is ${age}. The service refuses it: "${words}"`)];
}

function destination({ onFailure, topic }: KafkaMapping): readonly MappingProblem[] {
  if (onFailure?.kind !== 'kafka' || onFailure.topic !== topic) return [];
  return [
    error(
      'DestinationConfig',
      `is kafka://${topic}, the topic that the mapping reads: what failed would come back. Choose another topic.`,
    ),
  ];
}

function filters({ filters: patterns }: KafkaMapping): readonly MappingProblem[] {
  const broken = patterns.flatMap((pattern, index) => {
    const problem = checkPattern(pattern);
    return problem ? [error(`FilterCriteria.Filters[${index}].Pattern`, patternProblemText(problem))] : [];
  });
  const count = `has ${patterns.length} filters`;
  if (patterns.length > FILTERS.maximum) {
    broken.push(error('FilterCriteria', `${count}; the service takes ${FILTERS.maximum} at most.`));
  } else if (patterns.length > FILTERS.byDefault) {
    const text = `${count}; above ${FILTERS.byDefault} the account's quota has to be raised first.`;
    broken.push({ kind: 'warning', property: 'FilterCriteria', text });
  }
  return broken;
}

/** The pages on Kafka say 14 minutes, others 15. */
function functionTimeout({ function: { timeoutMs } }: KafkaMapping): readonly MappingProblem[] {
  const { ofFunctions, ofKafkaMappings } = TIMEOUT_SECONDS;
  const seconds = timeoutMs / 1_000;
  const text = `of the function is ${seconds} s; behind a Kafka mapping it is ${ofKafkaMappings} s at most.`;
  if (seconds > ofFunctions) return [error('Timeout', text)];
  return seconds > ofKafkaMappings ? [{ kind: 'warning', property: 'Timeout', text }] : [];
}

const error = (property: string, text: string): MappingProblem => ({ kind: 'error', property, text });

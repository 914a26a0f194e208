import { invalidParameter, SqsError, unsupported } from './sqs-error';

/** What a queue is like. */
export interface QueueSettings {
  readonly isFifo: boolean;
  /** Of a message, with all that belongs to it. */
  readonly maximumBytes: number;
  /** For how long a message that was received is hidden, in milliseconds. */
  readonly visibilityMs: number;
  /** For how long a receive waits for a message, in milliseconds. */
  readonly waitMs: number;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Of a message and of a request. Source: Amazon SQS Developer Guide, message quotas. */
export const MAXIMUM_BYTES = 1_048_576;

// Source: SQS API Reference, CreateQueue.
const NUMBERS: Readonly<Record<string, { readonly from: number; readonly to: number; readonly default: number }>> = {
  VisibilityTimeout: { from: 0, to: 43_200, default: 30 },
  MessageRetentionPeriod: { from: 60, to: 1_209_600, default: 345_600 },
  MaximumMessageSize: { from: 1_024, to: MAXIMUM_BYTES, default: MAXIMUM_BYTES },
  ReceiveMessageWaitTimeSeconds: { from: 0, to: 20, default: 0 },
  DelaySeconds: { from: 0, to: 900, default: 0 },
};
/** Mean nothing on one machine, or do nothing to a queue of letters. */
const PASSED_OVER = [
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'FifoThroughputLimit',
  'KmsDataKeyReusePeriodSeconds',
  'KmsMasterKeyId',
  'Policy',
  'RedriveAllowPolicy',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
];

/** Reads the attributes of CreateQueue, or throws an SqsError. */
export function queueSettings(name: string, given: Readonly<Record<string, string>>): QueueSettings {
  const attributes: Record<string, string> = {};
  for (const [attribute, { from, to, default: byDefault }] of Object.entries(NUMBERS)) {
    const value = given[attribute] ?? String(byDefault);
    if (!/^\d+$/.test(value) || Number(value) < from || Number(value) > to) {
      throw new SqsError('InvalidAttributeValue', `Invalid value for the parameter ${attribute}.`);
    }
    attributes[attribute] = value;
  }
  if (Number(attributes.DelaySeconds) > 0) throw unsupported('delayed messages (DelaySeconds)');
  const isFifo = given.FifoQueue === 'true';
  for (const attribute of Object.keys(given)) {
    if (attribute in NUMBERS || attribute === 'FifoQueue' || PASSED_OVER.includes(attribute)) continue;
    throw new SqsError('InvalidAttributeName', `Unknown Attribute ${attribute}.`);
  }
  if (!/^[A-Za-z0-9_-]{1,80}$/.test(isFifo ? name.replace(/\.fifo$/, '') : name) || isFifo !== name.endsWith('.fifo')) {
    throw invalidParameter(
      isFifo
        ? 'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.'
        : 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.',
    );
  }
  if (isFifo) attributes.FifoQueue = 'true';
  return {
    isFifo,
    maximumBytes: Number(attributes.MaximumMessageSize),
    visibilityMs: Number(attributes.VisibilityTimeout) * 1_000,
    waitMs: Number(attributes.ReceiveMessageWaitTimeSeconds) * 1_000,
    attributes,
  };
}

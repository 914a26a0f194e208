/** How well a row is known: the tag of the weakest fact that its behaviour rests on. */
export type ChoiceTag = 'documented' | 'inferred' | 'unknown';

/** Whole numbers; the unit is in the name of the choice. */
export interface NumberRange {
  readonly minimum: number;
  readonly maximum: number;
}

/** A named behaviour of the local event source. Where only one value is accepted, nothing is left to choose. */
export interface Choice {
  /** Of section 8 of the reference of the Kafka event source. */
  readonly row: number;
  readonly name: string;
  readonly tag: ChoiceTag;
  readonly accepted: readonly string[] | NumberRange;
  /** The least favourable behaviour that the documentation permits. */
  readonly default: string | number;
  readonly about: string;
}

/**
 * What the local event source does wherever the service's documentation is silent, row by row. The first choice of a
 * row is the row itself; those behind it are its details.
 */
export const CHOICES = [
  {
    row: 1,
    name: 'null-key-value',
    tag: 'inferred',
    accepted: ['omitted', 'null'],
    default: 'omitted',
    about: 'A null key or value: the property is left out, or it is null.',
  },
  {
    row: 2,
    name: 'header-numbers',
    tag: 'inferred',
    accepted: ['signed'],
    default: 'signed',
    about: 'Header bytes are numbers from -128 to 127.',
  },
  {
    row: 2,
    name: 'null-header-value',
    tag: 'unknown',
    accepted: ['empty', 'null'],
    default: 'empty',
    about: 'A header without a value: an empty list, or null.',
  },
  {
    row: 3,
    name: 'payload-order',
    tag: 'unknown',
    accepted: ['partitions-shuffled'],
    default: 'partitions-shuffled',
    about: 'Offset order inside a partition; partitions in an order that the seed decides, anew for each invocation.',
  },
  {
    row: 4,
    name: 'batch-mixing',
    tag: 'unknown',
    accepted: ['mixed', 'single-partition'],
    default: 'mixed',
    about: 'Whether partitions of one poller travel together; in which shares, the seed decides.',
  },
  {
    row: 5,
    name: 'in-flight',
    tag: 'inferred',
    accepted: ['one-batch-per-partition'],
    default: 'one-batch-per-partition',
    about: 'A partition has never two batches in flight, except while an old owner outlives a rebalance.',
  },
  {
    row: 6,
    name: 'partial-response',
    tag: 'unknown',
    accepted: ['listed', 'checkpoint'],
    default: 'listed',
    about: 'What returns after a partial response: the listed records only, or everything from the lowest listed one.',
  },
  {
    row: 7,
    name: 'hold-during-retry',
    tag: 'unknown',
    accepted: ['partition', 'batch'],
    default: 'partition',
    about: 'What waits for a retry: the partitions of its records, or all partitions of the batch it came from.',
  },
  {
    row: 8,
    name: 'commit-position',
    tag: 'inferred',
    accepted: ['lowest-unresolved'],
    default: 'lowest-unresolved',
    about: 'Per partition the lowest unresolved offset; partitions without a failure commit at once.',
  },
  {
    row: 9,
    name: 'after-crash-or-rebalance',
    tag: 'inferred',
    accepted: ['from-committed-offset'],
    default: 'from-committed-offset',
    about: 'Everything from the committed offset is delivered again, what succeeded above it included.',
  },
  {
    row: 10,
    name: 'bad-identifier',
    tag: 'inferred',
    accepted: ['batch-failed'],
    default: 'batch-failed',
    about: 'An identifier that names no record of the event fails the whole batch, with an error that names the entry.',
  },
  {
    row: 11,
    name: 'duplicate-identifier',
    tag: 'unknown',
    accepted: ['counted-once'],
    default: 'counted-once',
    about: 'An identifier that stands twice counts once, with a warning.',
  },
  {
    row: 12,
    name: 'unreadable-response',
    tag: 'unknown',
    accepted: ['success-with-error'],
    default: 'success-with-error',
    about: 'No object, or none with batchItemFailures: a success as far as is known, and an error of the run.',
  },
  {
    row: 13,
    name: 'report-not-enabled',
    tag: 'inferred',
    accepted: ['ignored-with-error'],
    default: 'ignored-with-error',
    about: 'Failures reported to a mapping without ReportBatchItemFailures are ignored, and an error of the run.',
  },
  {
    row: 14,
    name: 'retry-counter',
    tag: 'unknown',
    accepted: ['per-batch'],
    default: 'per-batch',
    about: 'Function errors, time-outs and partial failures count one each; throttles, service errors and splits none.',
  },
  {
    row: 15,
    name: 'halves-after-split',
    tag: 'inferred',
    accepted: ['inherit-count'],
    default: 'inherit-count',
    about: 'Both halves of a batch go on with its count.',
  },
  {
    row: 15,
    name: 'error-before-split',
    tag: 'unknown',
    accepted: ['counted', 'not-counted'],
    default: 'counted',
    about: 'Whether the error that makes a batch split counts as one of its attempts.',
  },
  {
    row: 16,
    name: 'endless-with-destination',
    tag: 'inferred',
    accepted: ['10-retries'],
    default: '10-retries',
    about: 'Endless retries with an on-failure destination end after 10 retries, which is 11 invocations.',
  },
  {
    row: 17,
    name: 'bisect',
    tag: 'unknown',
    accepted: ['half-of-payload-order'],
    default: 'half-of-payload-order',
    about: 'In payload order, the first floor(n/2) records and the rest; the first half first, never both at once.',
  },
  {
    row: 18,
    name: 'bisect-partial-response',
    tag: 'inferred',
    accepted: ['as-partial-response'],
    default: 'as-partial-response',
    about: 'A partial response is not halved: what partial-response says is the smaller batch.',
  },
  {
    row: 19,
    name: 'backoff',
    tag: 'unknown',
    accepted: ['exponential-with-jitter'],
    default: 'exponential-with-jitter',
    about: 'The pause before a retry doubles from the base up to the cap; the seed takes off up to half of it.',
  },
  {
    row: 19,
    name: 'retry-base-ms',
    tag: 'unknown',
    accepted: { minimum: 1, maximum: 3_600_000 },
    default: 1_000,
    about: 'The longest pause before the first retry.',
  },
  {
    row: 19,
    name: 'retry-cap-ms',
    tag: 'unknown',
    accepted: { minimum: 1, maximum: 3_600_000 },
    default: 30_000,
    about: 'The longest pause before any retry.',
  },
  {
    row: 20,
    name: 'record-age',
    tag: 'inferred',
    accepted: ['since-timestamp', 'since-first-poll'],
    default: 'since-timestamp',
    about:
      'Where the age of a record begins; it is looked at before each invocation, and what is too old is split off.',
  },
  {
    row: 21,
    name: 'record-age-condition',
    tag: 'unknown',
    accepted: ['RecordAgeExceeded'],
    default: 'RecordAgeExceeded',
    about: 'The condition of a record that grew too old is provisional: do not depend on it.',
  },
  {
    row: 22,
    name: 'kafka-destination-condition',
    tag: 'documented',
    accepted: ['RetriesExhausted'],
    default: 'RetriesExhausted',
    about: 'A Kafka destination gets RetriesExhausted, every other one RetryAttemptsExhausted, as their pages have it.',
  },
  {
    row: 23,
    name: 'payload-limit',
    tag: 'inferred',
    accepted: ['serialised-event-bytes'],
    default: 'serialised-event-bytes',
    about:
      'The whole event as UTF-8 JSON holds 6 x 1024 x 1024 bytes; the record that would pass that begins the next.',
  },
  {
    row: 24,
    name: 'record-too-large',
    tag: 'documented',
    accepted: ['discarded', 'stuck'],
    default: 'discarded',
    about:
      'A record that fits no event goes to the destination, else is lost with an error; or it blocks its partition.',
  },
  {
    row: 25,
    name: 'filter-mismatch',
    tag: 'unknown',
    accepted: ['delivered', 'dropped'],
    default: 'delivered',
    about: 'A value that the filter cannot read (no JSON, no UTF-8): delivered with a warning, or dropped.',
  },
  {
    row: 26,
    name: 'filter-tombstone',
    tag: 'unknown',
    accepted: ['delivered', 'dropped'],
    default: 'delivered',
    about: 'A tombstone where a filter is set.',
  },
  {
    row: 27,
    name: 'all-filtered',
    tag: 'inferred',
    accepted: ['committed-without-invocation'],
    default: 'committed-without-invocation',
    about: 'What the filter drops is committed; where nothing is left, nothing is invoked.',
  },
  {
    row: 28,
    name: 'batching-window',
    tag: 'documented',
    accepted: ['from-previous-completion'],
    default: 'from-previous-completion',
    about: 'It begins when the invocation before has ended: 500 ms where none is set, and 0 invokes at once.',
  },
  {
    row: 29,
    name: 'disable-in-flight',
    tag: 'unknown',
    accepted: ['finished', 'abandoned'],
    default: 'finished',
    about: 'A batch that runs while the mapping is disabled or updated: finished and committed, or left uncommitted.',
  },
  {
    row: 30,
    name: 'recreate',
    tag: 'documented',
    accepted: ['committed-offsets-first'],
    default: 'committed-offsets-first',
    about:
      'The starting position counts only for a group without commits; without a group id, a new mapping is a new group.',
  },
  {
    row: 31,
    name: 'latest-at-creation',
    tag: 'documented',
    accepted: ['at-once', 'after-gap'],
    default: 'at-once',
    about: 'Where LATEST is: as of the start, or some time later, and what is written in between is never delivered.',
  },
  {
    row: 31,
    name: 'latest-gap-ms',
    tag: 'documented',
    accepted: { minimum: 1, maximum: 600_000 },
    default: 1_000,
    about: 'How long the gap of latest-at-creation is.',
  },
  {
    row: 32,
    name: 'time-out',
    tag: 'inferred',
    accepted: ['attempt-failed'],
    default: 'attempt-failed',
    about: 'Fails the attempt and commits nothing; what the handler had already sent may still take effect.',
  },
  {
    row: 33,
    name: 'faults',
    tag: 'inferred',
    accepted: ['scripted-by-seed'],
    default: 'scripted-by-seed',
    about:
      'Rebalance, commit failure, crash after success, throttle, duplicate delivery and destination failure, where a script asks for them.',
  },
  {
    row: 34,
    name: 'configuration-errors',
    tag: 'documented',
    accepted: ['refused'],
    default: 'refused',
    about: 'A mapping that the service would refuse is refused at the start.',
  },
  {
    row: 35,
    name: 'queue-mode',
    tag: 'documented',
    accepted: ['refused'],
    default: 'refused',
    about: 'ConsumptionMode Queue has other rules, and too little of them is public.',
  },
  {
    row: 36,
    name: 'polling-mode',
    tag: 'documented',
    accepted: ['as-in-template'],
    default: 'as-in-template',
    about: 'Provisioned with ProvisionedPollerConfig, else on-demand: one poller at the start, and endless retries.',
  },
  {
    row: 36,
    name: 'blocked-after-retries',
    tag: 'unknown',
    accepted: { minimum: 0, maximum: 1_000_000 },
    default: 60,
    about: 'Endless retries are shown so many times; then the partition counts as blocked.',
  },
  {
    row: 36,
    name: 'on-demand-pollers',
    tag: 'unknown',
    accepted: { minimum: 1, maximum: 100 },
    default: 1,
    about: 'How many pollers the on-demand mode starts with.',
  },
] as const satisfies readonly Choice[];

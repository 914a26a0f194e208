/**
 * The metrics of a function, each per consumer and topic. Values are of one invocation; the constructs' alarms and
 * dashboards read them by these names.
 */
export const METRIC_NAMESPACE = 'MskOnce';
export const METRIC_DIMENSIONS = ['consumer', 'topic'] as const;

export const METRICS = {
  /** Records that ran and were marked. Published with every invocation. */
  recordsDone: 'RecordsDone',
  /** Records that were done before. Published with every invocation. */
  duplicates: 'Duplicates',
  /** Records that became dead letters, or were one already. */
  parked: 'Parked',
  /** Records that are delivered again. Published with every invocation. */
  open: 'Open',
  /** Claims and partitions taken over from a worker that did not give them back. */
  takeovers: 'Takeovers',
  /** Claims and partitions that another worker took over from this one. */
  staleOwner: 'StaleOwner',
  /** Effects that happened and whose mark was not saved: they happen again. */
  unsavedSuccess: 'UnsavedSuccess',
  /** From the record's timestamp to its start. Of large batches a sample, the highest always among it. */
  recordAgeMs: 'RecordAgeMs',
  /** Runs that ended without success and count (protocol P2). */
  attempts: 'Attempts',
  /** Open offsets that the service gave up on (protocol L6). */
  abandoned: 'Abandoned',
  /** Arrays that start above a known open offset (protocol O2). */
  orderGap: 'OrderGap',
  /** How long a lane waited for another worker's claim or partition. A sample, as of RecordAgeMs. */
  laneWaitMs: 'LaneWaitMs',
  /** Invocations that stopped because too many records failed alike (protocol P4). */
  massErrors: 'MassErrors',
} as const;

export type MetricName = (typeof METRICS)[keyof typeof METRICS];

/** Units as CloudWatch names them. */
export const METRIC_UNITS = {
  RecordsDone: 'Count',
  Duplicates: 'Count',
  Parked: 'Count',
  Open: 'Count',
  Takeovers: 'Count',
  StaleOwner: 'Count',
  UnsavedSuccess: 'Count',
  RecordAgeMs: 'Milliseconds',
  Attempts: 'Count',
  Abandoned: 'Count',
  OrderGap: 'Count',
  LaneWaitMs: 'Milliseconds',
  MassErrors: 'Count',
} as const satisfies Record<MetricName, 'Count' | 'Milliseconds'>;

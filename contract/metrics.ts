export const METRIC_NAMESPACE = 'MskOnce';
export const METRIC_DIMENSIONS = ['consumer', 'topic'] as const;

export const METRICS = {
  recordsDone: 'RecordsDone',
  duplicates: 'Duplicates',
  parked: 'Parked',
  open: 'Open',
  takeovers: 'Takeovers',
  staleOwner: 'StaleOwner',
  unsavedSuccess: 'UnsavedSuccess',
  recordAgeMs: 'RecordAgeMs',
  attempts: 'Attempts',
  abandoned: 'Abandoned',
  orderGap: 'OrderGap',
  laneWaitMs: 'LaneWaitMs',
  massErrors: 'MassErrors',
} as const;

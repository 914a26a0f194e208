export const PARTITIONS = 6;
/** Of six partitions the last one has another owner with each further poller, up to the sixth. */
export const MOVING_PARTITION = PARTITIONS - 1;
/** It stays with the first poller, so that nobody takes over from a worker before its time-out. */
export const STAYING_PARTITION = 0;

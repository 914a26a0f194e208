/**
 * The idempotency table: Powertools' record layout, with our attributes beside it, so that a stock
 * `DynamoDBPersistenceLayer` pointed at the table understands every record.
 */
export const KEY_ATTRIBUTE = 'id';
export const TTL_ATTRIBUTE = 'expiration';

export const ATTRIBUTES = {
  id: KEY_ATTRIBUTE,
  /** Powertools: one of {@link STATUS}. */
  status: 'status',
  /** Powertools: seconds since the epoch, the table's TTL attribute. */
  expiration: TTL_ATTRIBUTE,
  /** Powertools: end of the lease, milliseconds since the epoch; 0 once the claim was released. */
  inProgressExpiration: 'in_progress_expiration',
  /** Powertools: a stored result. We store none. */
  data: 'data',
  /** Powertools: its own payload hash. We write none. */
  validation: 'validation',
  /** Token of the claim. */
  owner: 'owner',
  /** Base64 of SHA-256 over the raw value. */
  payloadDigest: 'payload_digest',
  /** Runs that ended without success. */
  attempts: 'attempts',
  /** How a completed record was closed: `done` or `parked`. */
  outcome: 'outcome',
  partition: 'partition',
  offset: 'offset',
  /** Milliseconds since the epoch. */
  firstFailureMs: 'first_failure_ms',
  /** Code or name of the last error. */
  lastError: 'last_error',
  /** Claims that ended with their process instead of being given back, since the record last came to an end. */
  unclean: 'unclean',
  /** Offset of the record whose start was written before it ran alone. */
  suspect: 'suspect',
} as const;

/**
 * Beside {@link ATTRIBUTES}.id, `owner` and `attempts`: the item of one partition's offset ledger (protocol section 4).
 * It has no `status` and no `expiration`: Powertools never meets it, and a quiet partition must not lose its memory.
 */
export const LEDGER_ATTRIBUTES = {
  id: KEY_ATTRIBUTE,
  /** Token of the invocation that claimed the partition; it stays readable after the release. */
  owner: 'owner',
  /** End of the lease, milliseconds since the epoch; 0 once the partition was released. */
  leaseUntilMs: 'lease_until_ms',
  /** Goes up by one with every claim and every mark. */
  seq: 'seq',
  /**
   * The closed offsets, binary: unsigned LEB128 numbers in pairs `skip, take`. `skip` offsets are not closed (counted
   * from offset 0, then from the end of the run before), the next `take` are.
   */
  runs: 'runs',
  /** Highest offset that a mark has covered. */
  high: 'high',
  /** The newest timestamp of any closed record, milliseconds since the epoch. */
  highTimestampMs: 'high_timestamp_ms',
  /** List of `[first, last]`: where anything was delivered that is not closed. A claim appends its array. */
  delivered: 'delivered',
  /**
   * Binary: per sample the offset and the timestamp (ms; a negative one as its 64-bit two's complement) as unsigned
   * LEB128, then 8 bytes of digest.
   */
  samples: 'samples',
  /**
   * Runs of open offsets that ended without success, binary. All numbers are unsigned LEB128:
   * - the unit of times in milliseconds; 0: only the earliest time of all is known. It is 1 as long as there is room;
   * - the number of error names, and for each its length in bytes and its UTF-8;
   * - the number of stretches, and for each `skip, take`, as in `runs` but counted in offsets that are not closed;
   * - then, for the offsets of the stretches in their order, groups of neighbours that are equal in all else. A group
   *   begins with ((count - 1) x names + name) x 4 + flags. Flag 2: the zigzag difference, in units, of the time of the
   *   first failure to that of the group before (of the first group: to 0) follows. Flag 1: the group has more than one
   *   offset, and its size less 2 follows.
   */
  attempts: 'attempts',
  /** List of `[first, last]`: holes that the bound closed, the latest 16. */
  closedByBound: 'closed_by_bound',
  /** Claims since the last release or progress. */
  unclean: 'unclean',
  /** Offset of the record whose start was written before it ran. */
  suspect: 'suspect',
  /** List of at most one `[first, last]`: its open records run in calls of one record. Only where a call has failed. */
  singly: 'singly',
  /** List: the first 6 characters of base64 of SHA-256 of each of the latest claims' tokens. A claim appends its own. */
  claimants: 'claimants',
} as const;

/**
 * The item of one parked record (protocol P5, P6), beside the mark that closes the record. It has no `status`: Powertools
 * never meets it. The first five are there from the beginning and are never removed, so that a late copy of what makes
 * the item finds each of them and changes none.
 */
export const PARKED_ATTRIBUTES = {
  id: KEY_ATTRIBUTE,
  /** `parked`, `redriving` or `done`. */
  outcome: 'outcome',
  /** Runs that ended without success, failed redrives among them. */
  attempts: 'attempts',
  /** Milliseconds since the epoch. */
  firstFailureMs: 'first_failure_ms',
  /** Milliseconds since the epoch. */
  lastFailureMs: 'last_failure_ms',
  /** Token of the latest redrive; it stays readable when that is over. */
  owner: 'owner',
  /** End of the redrive's lease, milliseconds since the epoch; 0 once it was given back. */
  leaseUntilMs: 'lease_until_ms',
  /** Seconds since the epoch; only where it is done. */
  expiration: TTL_ATTRIBUTE,
} as const;

/** What the key of a parked item begins with. */
export const PARKED_PREFIX = 'parked#';

/** What the key of a ledger item begins with; an identity's key begins with a consumer or a scope. */
export const LEDGER_PREFIX = 'ledger#';

/** Powertools' three values. */
export const STATUS = { inProgress: 'INPROGRESS', completed: 'COMPLETED', expired: 'EXPIRED' } as const;

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
} as const;

/** Powertools' three values. */
export const STATUS = { inProgress: 'INPROGRESS', completed: 'COMPLETED', expired: 'EXPIRED' } as const;

/**
 * Every error that msk-once raises carries one of these. A retired code is not used again. What a code means stands
 * above it, for an operator, in one sentence; \@remedy says what to do where no definition in handlers/errors does.
 * Both, and the headings, are shown by docs/errors.md (`npm run errors`).
 */
export const ERROR_CODES = {
  // The runtime, at start
  /** The function lacks an environment variable that the runtime needs. */
  environmentMissing: 'MSK_ONCE_ENVIRONMENT_MISSING',
  /**
   * An environment variable has a value that cannot be read.
   * @remedy A variable that a command reads (`MSK_ONCE_KAFKA` and the like) must have the shape that the message
   * names.
   */
  environmentInvalid: 'MSK_ONCE_ENVIRONMENT_INVALID',
  /** The function is told to work without idempotency (`POWERTOOLS_IDEMPOTENCY_DISABLED`), and does not start. */
  idempotencyDisabled: 'MSK_ONCE_IDEMPOTENCY_DISABLED',
  /** The function would run several invocations in one process, which the runtime cannot keep apart. */
  sharedProcess: 'MSK_ONCE_SHARED_PROCESS',
  /** An option in the code of the function is not what it accepts. */
  optionsInvalid: 'MSK_ONCE_OPTIONS_INVALID',
  // The runtime, in an invocation
  /** The handler was called without the context that Lambda passes. */
  contextMissing: 'MSK_ONCE_CONTEXT_MISSING',
  /** The function was called through the alias of a mapping that it does not know. */
  mappingUnknown: 'MSK_ONCE_MAPPING_UNKNOWN',
  /** An event is not what Lambda delivers for Kafka, so all of it was refused. */
  eventInvalid: 'MSK_ONCE_EVENT_INVALID',
  /** Records of the batch are not done yet, so the whole batch comes again. */
  recordsOpen: 'MSK_ONCE_RECORDS_OPEN',
  /** User code did not end when the time was up, so the process was ended instead of giving an answer. */
  unsettled: 'MSK_ONCE_UNSETTLED',
  // A record
  /** The value of a record is not in the format that the codec reads. */
  valueUndecodable: 'MSK_ONCE_VALUE_UNDECODABLE',
  /** The key of a record is not in the format that its codec reads. */
  keyUndecodable: 'MSK_ONCE_KEY_UNDECODABLE',
  /** The value of a record was read, and its schema refuses it. */
  valueInvalid: 'MSK_ONCE_VALUE_INVALID',
  /** The schema that a value was written with could not be asked for. */
  schemaUnavailable: 'MSK_ONCE_SCHEMA_UNAVAILABLE',
  /** A record without a value came, and the function does not say what that means. */
  tombstone: 'MSK_ONCE_TOMBSTONE',
  /** The function `identity` gave something that no identity can be. */
  identityInvalid: 'MSK_ONCE_IDENTITY_INVALID',
  /** The function `identity` threw. */
  identityThrew: 'MSK_ONCE_IDENTITY_THREW',
  /** The function `payload` gave something that JSON cannot tell from anything else. */
  payloadInvalid: 'MSK_ONCE_PAYLOAD_INVALID',
  /** Two records have the same identity and different content; the first stands, the later one was not processed. */
  identityConflict: 'MSK_ONCE_IDENTITY_CONFLICT',
  /** Another worker is at the same identity, and was so for as long as could be waited. */
  claimBusy: 'MSK_ONCE_CLAIM_BUSY',
  /** Another worker took a record over while it was being processed; its effect may happen again. */
  claimLost: 'MSK_ONCE_CLAIM_LOST',
  /** The time of the invocation was up before the record was done. */
  deadline: 'MSK_ONCE_DEADLINE',
  // A partition, and its ledger
  /** Another worker is at the same partition, and was so for as long as could be waited. */
  partitionBusy: 'MSK_ONCE_PARTITION_BUSY',
  /** Another worker took the partition over; what was done and not yet marked runs again. */
  partitionLost: 'MSK_ONCE_PARTITION_LOST',
  /** The hold on a partition ended before it could be renewed, so nothing more of it was started. */
  leaseOver: 'MSK_ONCE_LEASE_OVER',
  /** An offset that was done before now holds another record, as after a topic was recreated. */
  ledgerMismatch: 'MSK_ONCE_LEDGER_MISMATCH',
  /** Records that were never done are not delivered any more: the service gave them up. */
  abandoned: 'MSK_ONCE_ABANDONED',
  /** The map of mappings does not name the Kafka cluster, so offsets cannot be remembered. */
  ledgerSourceMissing: 'MSK_ONCE_LEDGER_SOURCE_MISSING',
  /** DynamoDB refuses to write the ledger of a partition: somebody else changed its item. */
  ledgerItemRefused: 'MSK_ONCE_LEDGER_ITEM_REFUSED',
  /** The ledger of a partition cannot be read: somebody else changed its item. */
  ledgerUnreadable: 'MSK_ONCE_LEDGER_UNREADABLE',
  // The idempotency table
  /** The idempotency table did not answer. */
  storeUnavailable: 'MSK_ONCE_STORE_UNAVAILABLE',
  /** The function's role lacks a permission on the idempotency table. */
  tableAccessDenied: 'MSK_ONCE_TABLE_ACCESS_DENIED',
  /** The idempotency table does not exist. */
  tableMissing: 'MSK_ONCE_TABLE_MISSING',
  /** The idempotency table has a key that the runtime cannot use. */
  tableKeyInvalid: 'MSK_ONCE_TABLE_KEY_INVALID',
  // The writes of a record
  /** A write that `process` returned cannot be sent to DynamoDB as it is. */
  writeInvalid: 'MSK_ONCE_WRITE_INVALID',
  /** DynamoDB refused a write that `process` returned. */
  writeRefused: 'MSK_ONCE_WRITE_REFUSED',
  /** The function's role lacks a permission on a table that `process` writes to. */
  writeDenied: 'MSK_ONCE_WRITE_DENIED',
  /** `process` returned two writes on the same item for one record. */
  writesOnOneItem: 'MSK_ONCE_WRITES_ON_ONE_ITEM',
  /** `process` returned more writes for one record than a transaction holds. */
  writesTooMany: 'MSK_ONCE_WRITES_TOO_MANY',
  /** `process` returned more bytes for one record than a transaction or an item holds. */
  writesTooLarge: 'MSK_ONCE_WRITES_TOO_LARGE',
  /** `process` returned DynamoDB writes without `transaction: true`; they were not carried out. */
  writesUndeclared: 'MSK_ONCE_WRITES_UNDECLARED',
  /** The condition of a write that `process` returned does not hold. */
  conditionFailed: 'MSK_ONCE_CONDITION_FAILED',
  // Failing records, and their dead letters
  /** A record ended the process every time that it ran alone. */
  processDied: 'MSK_ONCE_PROCESS_DIED',
  /** Many records failed for good for one reason in one invocation, so the rest was left on the topic. */
  massErrors: 'MSK_ONCE_MASS_ERRORS',
  /** `process` or `classify` declared an outage, so nothing more started in the invocation. */
  outageDeclared: 'MSK_ONCE_OUTAGE_DECLARED',
  /** The queue or bucket of the dead letters did not take a letter. */
  deadLettersUnavailable: 'MSK_ONCE_DEAD_LETTERS_UNAVAILABLE',
  /** A dead letter is larger than its queue takes, and no bucket is named for such letters. */
  letterTooLarge: 'MSK_ONCE_LETTER_TOO_LARGE',
  /**
   * What lies in the queue or bucket of the dead letters is no letter, or one of a newer version.
   * @remedy Take out what somebody else put there; read letters of a newer version with that version.
   */
  letterUnreadable: 'MSK_ONCE_LETTER_UNREADABLE',
  /** The function is told to write dead letters to a service whose client was left out of its bundle. */
  deadLettersNotBundled: 'MSK_ONCE_DEAD_LETTERS_NOT_BUNDLED',
  /** The item of a parked record cannot be read: somebody else changed it. */
  parkedUnreadable: 'MSK_ONCE_PARKED_UNREADABLE',
  /** An event that redrives letters is not what `msk-once redrive` sends, so all of it was refused. */
  redriveInvalid: 'MSK_ONCE_REDRIVE_INVALID',
  /** Another redrive is at the same letter. */
  redriveBusy: 'MSK_ONCE_REDRIVE_BUSY',
  /** The hold of a redrive on its letter ended before the record was done. */
  redriveLost: 'MSK_ONCE_REDRIVE_LOST',
  /** `process` failed without saying why. */
  processRejected: 'MSK_ONCE_PROCESS_REJECTED',
  /** A call of `processBatch` with several records failed as a whole; its records run one at a time, and none got an attempt. */
  batchFailed: 'MSK_ONCE_BATCH_FAILED',
  /** `processBatch` returned something that does not say which records failed. */
  batchResultInvalid: 'MSK_ONCE_BATCH_RESULT_INVALID',
  /** The function `classify` threw. */
  classifyThrew: 'MSK_ONCE_CLASSIFY_THREW',
  /** The function `classify` gave something that is no class of an error. */
  classifyInvalid: 'MSK_ONCE_CLASSIFY_INVALID',
  // The drop-in layer for Powertools
  /** `makeIdempotent` is configured to run payloads without a key, unprotected. */
  keyNotRequired: 'MSK_ONCE_KEY_NOT_REQUIRED',
  /** One `OncePersistenceLayer` is used with two configurations. */
  configurationDiffers: 'MSK_ONCE_CONFIGURATION_DIFFERS',
  /** The layer was asked to store a result that no running call has claimed. */
  callUnclaimed: 'MSK_ONCE_CALL_UNCLAIMED',
  // The constructs
  /**
   * A construct got a property that cannot be deployed, or that does something else than is meant.
   * @remedy Change the property as the message says, and synthesize again; nothing was deployed.
   */
  propsInvalid: 'MSK_ONCE_PROPS_INVALID',
  // The local event source and the commands
  /**
   * A command ended by an error that nobody had foreseen.
   * @remedy Report it as a bug of msk-once, with the whole text.
   */
  unexpected: 'MSK_ONCE_UNEXPECTED',
  /**
   * The synthesized template cannot be had, contradicts itself, or says what the service refuses.
   * @remedy Correct the app or the template at the place that the message names.
   */
  templateInvalid: 'MSK_ONCE_TEMPLATE_INVALID',
  /**
   * The template asks for something that the local event source cannot do.
   * @remedy Leave it out of what is run locally, or try it in an account.
   */
  templateUnsupported: 'MSK_ONCE_TEMPLATE_UNSUPPORTED',
  /**
   * The bundled function cannot be loaded.
   * @remedy Mend what its own error names, and run the command again.
   */
  handlerInvalid: 'MSK_ONCE_HANDLER_INVALID',
  /**
   * Nothing answers where Kafka, DynamoDB, a queue, a bucket, Lambda or a download should be.
   * @remedy Start the servers with `msk-once servers`, or name the right address; of AWS check the region and the network.
   */
  serverUnreachable: 'MSK_ONCE_SERVER_UNREACHABLE',
  /**
   * A server, or a destination, was there and did not do what it was asked for.
   * @remedy The message holds its own words and what to do about them; the logs of servers are in `.msk-once/`.
   */
  serverFailed: 'MSK_ONCE_SERVER_FAILED',
  /**
   * The function sent DynamoDB something that the verdict cannot read.
   * @remedy Leave it out of the function, or judge its run in another way.
   */
  requestUnreadable: 'MSK_ONCE_REQUEST_UNREADABLE',
  /**
   * A history that is to be judged is not in the format of histories.
   * @remedy Correct the place that the message names.
   */
  historyInvalid: 'MSK_ONCE_HISTORY_INVALID',
  /**
   * The function that was named does not redrive letters, or refuses these.
   * @remedy Name the function that `processRecords` made, deployed with a version that redrives, and the alias that the
   * mapping of the records calls; the message says what it answered. No letter was deleted.
   */
  redriveImpossible: 'MSK_ONCE_REDRIVE_IMPOSSIBLE',
  /**
   * A command, its options or its input are not what it accepts, or it refuses for safety.
   * @remedy The message says what is accepted; `msk-once <command> --help` tells more.
   */
  usage: 'MSK_ONCE_USAGE',
  // The testing kit
  /**
   * A test gave the testing kit something that it cannot make an event, a context or a store of.
   * @remedy Give it what the message says is accepted.
   */
  testInputInvalid: 'MSK_ONCE_TEST_INPUT_INVALID',
  /**
   * The worker of a test died, as a process of Lambda dies: the invocation has no answer.
   * @remedy Where the test means it to die, expect this error and deliver the event again.
   */
  testWorkerEnded: 'MSK_ONCE_TEST_WORKER_ENDED',
} as const;

export type ErrorCode = (typeof ERROR_CODES)[keyof typeof ERROR_CODES];

/** Under this registered symbol every error of msk-once holds its code: recognise errors by it, not by `instanceof`. */
export const ERROR_SYMBOL: unique symbol = Symbol.for('msk-once.error');

/**
 * Under this registered symbol an error says what it means for its record: `'permanent'`, `'transient'` or `'outage'`.
 * An error of any library may carry it.
 */
export const ERROR_CLASS_SYMBOL: unique symbol = Symbol.for('msk-once.error-class');

/** Exit codes of every command. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  timedOut: 4,
  partlyDone: 5,
  different: 6,
  unreachable: 7,
} as const;

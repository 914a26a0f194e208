/** Every error that msk-once raises carries one of these. A retired code is not used again. */
export const ERROR_CODES = {
  // The runtime, at start
  environmentMissing: 'MSK_ONCE_ENVIRONMENT_MISSING',
  environmentInvalid: 'MSK_ONCE_ENVIRONMENT_INVALID',
  idempotencyDisabled: 'MSK_ONCE_IDEMPOTENCY_DISABLED',
  sharedProcess: 'MSK_ONCE_SHARED_PROCESS',
  optionsInvalid: 'MSK_ONCE_OPTIONS_INVALID',
  // The runtime, in an invocation
  contextMissing: 'MSK_ONCE_CONTEXT_MISSING',
  mappingUnknown: 'MSK_ONCE_MAPPING_UNKNOWN',
  eventInvalid: 'MSK_ONCE_EVENT_INVALID',
  recordsOpen: 'MSK_ONCE_RECORDS_OPEN',
  unsettled: 'MSK_ONCE_UNSETTLED',
  // A record
  valueUndecodable: 'MSK_ONCE_VALUE_UNDECODABLE',
  valueInvalid: 'MSK_ONCE_VALUE_INVALID',
  tombstone: 'MSK_ONCE_TOMBSTONE',
  identityInvalid: 'MSK_ONCE_IDENTITY_INVALID',
  identityThrew: 'MSK_ONCE_IDENTITY_THREW',
  identityConflict: 'MSK_ONCE_IDENTITY_CONFLICT',
  claimBusy: 'MSK_ONCE_CLAIM_BUSY',
  claimLost: 'MSK_ONCE_CLAIM_LOST',
  deadline: 'MSK_ONCE_DEADLINE',
  partitionBusy: 'MSK_ONCE_PARTITION_BUSY',
  partitionLost: 'MSK_ONCE_PARTITION_LOST',
  leaseOver: 'MSK_ONCE_LEASE_OVER',
  ledgerMismatch: 'MSK_ONCE_LEDGER_MISMATCH',
  abandoned: 'MSK_ONCE_ABANDONED',
  storeUnavailable: 'MSK_ONCE_STORE_UNAVAILABLE',
  ledgerSourceMissing: 'MSK_ONCE_LEDGER_SOURCE_MISSING',
  ledgerItemRefused: 'MSK_ONCE_LEDGER_ITEM_REFUSED',
  ledgerUnreadable: 'MSK_ONCE_LEDGER_UNREADABLE',
  tableAccessDenied: 'MSK_ONCE_TABLE_ACCESS_DENIED',
  tableMissing: 'MSK_ONCE_TABLE_MISSING',
  tableKeyInvalid: 'MSK_ONCE_TABLE_KEY_INVALID',
  // The writes of a record
  writeInvalid: 'MSK_ONCE_WRITE_INVALID',
  writeRefused: 'MSK_ONCE_WRITE_REFUSED',
  writeDenied: 'MSK_ONCE_WRITE_DENIED',
  writesOnOneItem: 'MSK_ONCE_WRITES_ON_ONE_ITEM',
  writesTooMany: 'MSK_ONCE_WRITES_TOO_MANY',
  writesTooLarge: 'MSK_ONCE_WRITES_TOO_LARGE',
  writesUndeclared: 'MSK_ONCE_WRITES_UNDECLARED',
  conditionFailed: 'MSK_ONCE_CONDITION_FAILED',
  // The drop-in layer for Powertools
  keyNotRequired: 'MSK_ONCE_KEY_NOT_REQUIRED',
  configurationDiffers: 'MSK_ONCE_CONFIGURATION_DIFFERS',
  callUnclaimed: 'MSK_ONCE_CALL_UNCLAIMED',
  // The constructs
  propsInvalid: 'MSK_ONCE_PROPS_INVALID',
  // The local event source and the commands
  templateInvalid: 'MSK_ONCE_TEMPLATE_INVALID',
  templateUnsupported: 'MSK_ONCE_TEMPLATE_UNSUPPORTED',
  handlerInvalid: 'MSK_ONCE_HANDLER_INVALID',
  serverUnreachable: 'MSK_ONCE_SERVER_UNREACHABLE',
  serverFailed: 'MSK_ONCE_SERVER_FAILED',
  requestUnreadable: 'MSK_ONCE_REQUEST_UNREADABLE',
  historyInvalid: 'MSK_ONCE_HISTORY_INVALID',
  usage: 'MSK_ONCE_USAGE',
} as const;

export type ErrorCode = (typeof ERROR_CODES)[keyof typeof ERROR_CODES];

/** Under this registered symbol every error of msk-once holds its code: recognise errors by it, not by `instanceof`. */
export const ERROR_SYMBOL: unique symbol = Symbol.for('msk-once.error');

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

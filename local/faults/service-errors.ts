/** An answer of DynamoDB that refuses a whole request. */
export interface ServiceError {
  readonly status: number;
  readonly body: object;
}

/** Throughput of one item or of the account, and what the service calls its own failures. */
export type ServiceErrorName =
  | 'ThrottlingException'
  | 'ProvisionedThroughputExceededException'
  | 'RequestLimitExceeded'
  | 'TransactionConflictException'
  | 'InternalServerError'
  | 'ServiceUnavailable';

const SERVICE = 'com.amazonaws.dynamodb.v20120810#';

/** Source: API Reference, TransactWriteItems, messages of the cancellation reasons. */
export const ON_DEMAND_MESSAGE =
  'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or ' +
  'index so please try again shortly. If exceptions persist, check if you have a hot key: ' +
  'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html';
export const PROVISIONED_MESSAGE =
  'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning ' +
  'level with the UpdateTable API.';
export const CONFLICT_MESSAGE = 'Transaction is ongoing for the item';

// Source: DynamoDB Developer Guide, "Error handling with DynamoDB" (status, name, form of the body), and API Reference,
// ThrottlingException and ThrottlingReason. For 503 the guide names the status and what it means, and no type.
const ERRORS: Readonly<Record<ServiceErrorName, { readonly status: number; readonly type: string; message: string }>> =
  {
    // The front of all services answers it, under its own namespace.
    ThrottlingException: {
      status: 400,
      type: 'com.amazon.coral.availability#ThrottlingException',
      message: ON_DEMAND_MESSAGE,
    },
    ProvisionedThroughputExceededException: {
      status: 400,
      type: `${SERVICE}ProvisionedThroughputExceededException`,
      message: PROVISIONED_MESSAGE,
    },
    RequestLimitExceeded: {
      status: 400,
      type: `${SERVICE}RequestLimitExceeded`,
      message: 'Throughput exceeds the current throughput limit for your account. Please contact AWS Support.',
    },
    TransactionConflictException: {
      status: 400,
      type: `${SERVICE}TransactionConflictException`,
      message: CONFLICT_MESSAGE,
    },
    InternalServerError: { status: 500, type: `${SERVICE}InternalServerError`, message: 'Internal server error' },
    ServiceUnavailable: {
      status: 503,
      type: `${SERVICE}ServiceUnavailable`,
      message: 'DynamoDB is currently unavailable.',
    },
  };

export function serviceError(name: ServiceErrorName): ServiceError {
  const { status, type, message } = ERRORS[name];
  return { status, body: { __type: type, message } };
}

/** A transaction that is cancelled because of one of its members. */
export function cancelled(members: number, place: number, code: string, message: string): ServiceError {
  const reasons = Array.from({ length: members }, (_, index) =>
    index === place ? { Code: code, Message: message } : { Code: 'None' },
  );
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return {
    status: 400,
    body: {
      __type: `${SERVICE}TransactionCanceledException`,
      CancellationReasons: reasons,
      // The model of this one error spells its member with a capital.
      Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    },
  };
}

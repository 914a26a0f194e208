import type { DatabaseRequest, Decision } from '../dynamodb/interceptor';
import { below, type SeededRandom, shuffled } from '../seeded-random';
import {
  CONFLICT_MESSAGE,
  cancelled,
  ON_DEMAND_MESSAGE,
  PROVISIONED_MESSAGE,
  type ServiceErrorName,
  serviceError,
} from './service-errors';

/** What befalls members of a batch or of a transaction; for an operation without members the error that is nearest. */
type MemberError = 'ThrottlingError' | 'ProvisionedThroughputExceeded' | 'TransactionConflict';

const MEMBER_ERRORS: Readonly<Record<MemberError, { readonly whole: ServiceErrorName; readonly message: string }>> = {
  ThrottlingError: { whole: 'ThrottlingException', message: ON_DEMAND_MESSAGE },
  ProvisionedThroughputExceeded: { whole: 'ProvisionedThroughputExceededException', message: PROVISIONED_MESSAGE },
  TransactionConflict: { whole: 'TransactionConflictException', message: CONFLICT_MESSAGE },
};

export interface Throttle {
  /** As the key `error` of the fault has it. */
  readonly error: string;
  /** How many members of a batch. @default half of them */
  readonly members: number | undefined;
  /** Chooses the members. */
  readonly random: SeededRandom;
}

/**
 * How the service refuses this request for now: whole, or where the operation has members, some of them while it carries
 * out the others. Source: API Reference, the errors of each operation, BatchStatementError, UnprocessedKeys,
 * UnprocessedItems and the cancellation reasons of TransactWriteItems.
 */
export function throttled({ operation, input }: DatabaseRequest, throttle: Throttle): Decision {
  const { error } = throttle;
  if (!isMemberError(error)) return whole(operation, error as ServiceErrorName);
  switch (operation) {
    case 'BatchExecuteStatement':
      return throttledStatements(input, error, throttle);
    case 'BatchGetItem':
      return (
        unprocessed(input, 'UnprocessedKeys', throttle) ?? whole(operation, 'ProvisionedThroughputExceededException')
      );
    case 'BatchWriteItem':
      return (
        unprocessed(input, 'UnprocessedItems', throttle) ?? whole(operation, 'ProvisionedThroughputExceededException')
      );
    case 'TransactWriteItems':
    case 'TransactGetItems':
    case 'ExecuteTransaction': {
      const members = listOf(input.TransactItems ?? input.TransactStatements);
      const place = below(throttle.random, Math.max(1, members.length));
      return { kind: 'answer', ...cancelled(members.length, place, error, MEMBER_ERRORS[error].message) };
    }
    default:
      return whole(operation, MEMBER_ERRORS[error].whole);
  }
}

function isMemberError(error: string): error is MemberError {
  return Object.hasOwn(MEMBER_ERRORS, error);
}

/** Writes of one item, which a transaction on the same item can refuse. */
const MEET_TRANSACTIONS = ['PutItem', 'UpdateItem', 'DeleteItem', 'ExecuteStatement'];

function whole(operation: string, error: ServiceErrorName): Decision {
  const isForeign =
    // Of a batch of statements throughput is no error of the whole; the service says it of its members.
    (operation === 'BatchExecuteStatement' && error === 'ProvisionedThroughputExceededException') ||
    (error === 'TransactionConflictException' && !MEET_TRANSACTIONS.includes(operation));
  return { kind: 'answer', ...serviceError(isForeign ? 'ThrottlingException' : error) };
}

function throttledStatements(input: DatabaseRequest['input'], error: MemberError, throttle: Throttle): Decision {
  const statements = listOf(input.Statements);
  const refused = chosen(statements.length, throttle);
  const refusal = { Error: { Code: error, Message: MEMBER_ERRORS[error].message } };
  const rest = statements.filter((_, place) => !refused.has(place));
  if (rest.length === 0) return { kind: 'answer', status: 200, body: { Responses: statements.map(() => refusal) } };
  return {
    kind: 'replace',
    input: { ...input, Statements: rest },
    answer: (output) => {
      const responses = [...listOf((output as { Responses?: unknown }).Responses)];
      return {
        ...(output as object),
        Responses: statements.map((_, place) => (refused.has(place) ? refusal : responses.shift())),
      };
    },
  };
}

/** undefined: there is only one member, and the service says of none processed that the whole request is refused. */
function unprocessed(
  input: DatabaseRequest['input'],
  name: 'UnprocessedKeys' | 'UnprocessedItems',
  throttle: Throttle,
): Decision | undefined {
  const members = Object.entries((input.RequestItems ?? {}) as Record<string, unknown>).flatMap(([table, request]) =>
    membersOf(request).map((member) => ({ table, member })),
  );
  if (members.length < 2) return undefined;
  const refused = chosen(members.length, throttle, members.length - 1);
  const requestOf = (wanted: boolean) => {
    const request: Record<string, unknown> = {};
    for (const [table, given] of Object.entries(input.RequestItems as Record<string, unknown>)) {
      const kept = members.flatMap((one, place) =>
        one.table === table && refused.has(place) === wanted ? [one.member] : [],
      );
      if (kept.length > 0) request[table] = Array.isArray(given) ? kept : { ...(given as object), Keys: kept };
    }
    return request;
  };
  return {
    kind: 'replace',
    input: { ...input, RequestItems: requestOf(false) },
    answer: (output) => ({
      ...(output as object),
      [name]: { ...(output as Record<string, object>)[name], ...requestOf(true) },
    }),
  };
}

/** The keys that are read of a table, or the writes to it. */
function membersOf(request: unknown): readonly unknown[] {
  return Array.isArray(request) ? request : listOf((request as { Keys?: unknown }).Keys);
}

function chosen(count: number, { members, random }: Throttle, most = count): ReadonlySet<number> {
  const wanted = Math.min(most, members ?? Math.ceil(count / 2));
  return new Set(shuffled([...Array(count).keys()], random).slice(0, wanted));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

import type { Answer } from './answer';
import type { Step } from './step-generator';

/** Where the engine does not answer as DynamoDB Local 3.1.0 does, and why. Texts of messages are never compared. */
export interface KnownDifference {
  readonly name: string;
  readonly reason: string;
  accepts(step: Step, engine: Answer, local: Answer): boolean;
}

type Reasons = readonly { readonly Code: string; readonly Item?: unknown }[];

const reasonsOf = (answer: Answer): Reasons =>
  (answer.body as { CancellationReasons?: Reasons }).CancellationReasons ?? [];

const hasValidationError = (answer: Answer) => reasonsOf(answer).some(({ Code }) => Code === 'ValidationError');

const isTwoActions = ({ error, message }: Answer) =>
  error === 'ValidationException' && message.includes('multiple operations on one item');

const isSelect = (step: Step) => step.operation === 'ExecuteStatement' && JSON.stringify(step.input).includes('SELECT');

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    name: 'DuplicateItemException',
    reason: 'API Reference, ExecuteStatement, names it DuplicateItemException; DynamoDB Local says DuplicateItem.',
    accepts: (_step, engine, local) => engine.error === 'DuplicateItemException' && local.error === 'DuplicateItem',
  },
  {
    name: 'an update that does not fit its item cancels a transaction',
    reason:
      'API Reference, TransactWriteItems, lists it under the reasons (ValidationError), and the service was seen to ' +
      'answer so (aws/aws-sdk-net#1292); DynamoDB Local answers a ValidationException for the whole request.',
    accepts: (_step, engine, local) =>
      engine.error === 'TransactionCanceledException' &&
      local.error === 'ValidationException' &&
      hasValidationError(engine),
  },
  {
    name: 'DuplicateItem as a reason',
    reason:
      'API Reference, BatchStatementError, has the code DuplicateItem; in a transaction DynamoDB Local says ValidationError.',
    accepts: (step, engine, local) =>
      step.operation === 'ExecuteTransaction' &&
      JSON.stringify(reasonsOf(engine)).replaceAll('DuplicateItem', 'ValidationError') ===
        JSON.stringify(reasonsOf(local)),
  },
  {
    name: 'a reason without its place',
    reason:
      'API Reference, TransactWriteItems: the reasons stand in the order of the items. Where an update names the key ' +
      'DynamoDB Local gives that reason alone, and finds no mistake in the form of a later item any more.',
    accepts: (step, engine, local) =>
      (step.operation === 'TransactWriteItems' || step.operation === 'ExecuteTransaction') &&
      local.error === 'TransactionCanceledException' &&
      reasonsOf(local).length === 1 &&
      hasValidationError(local) &&
      (hasValidationError(engine) || engine.error === 'ValidationException'),
  },
  {
    name: 'two actions on one item',
    reason:
      'API Reference, TransactWriteItems: the whole request is rejected. DynamoDB Local looks at condition checks first ' +
      'and lets some pass.',
    accepts: (_step, engine, local) =>
      isTwoActions(engine) && (local.error === 'TransactionCanceledException' || local.error === undefined),
  },
  {
    name: 'a statement of a transaction that cannot be bound to an item',
    reason:
      'DynamoDB Local then gives no reasons, or none for the other statements; the engine gives each at its place, as ' +
      'TransactWriteItems does.',
    accepts: (step, engine, local) =>
      step.operation === 'ExecuteTransaction' &&
      local.error === 'TransactionCanceledException' &&
      reasonsOf(local).every(({ Code }) => Code === 'None' || Code === 'ValidationError') &&
      (hasValidationError(engine) || engine.error === 'ValidationException'),
  },
  {
    name: 'a SELECT without the whole key',
    reason: 'It reads the table; the engine refuses it by name.',
    accepts: (step, engine) => isSelect(step) && engine.error === 'NotInEngineException',
  },
  {
    name: 'a SELECT with another condition on the key',
    reason:
      'DynamoDB Local turns it into a Query and fails in itself, or over the type, or finds nothing; the engine treats ' +
      'it as a filter, and two keys as a mistake, as a write does.',
    accepts: (step, engine, local) =>
      isSelect(step) &&
      (local.error === 'InternalFailure' ||
        local.message.includes('Condition parameter type') ||
        engine.message.includes('Multiple conditions on same key')),
  },
  {
    name: 'a malformed key twice in a batch',
    reason: 'DynamoDB Local sees the two before it sees that they are no keys; either way no member is carried out.',
    accepts: (step, engine, local) =>
      step.operation === 'BatchExecuteStatement' &&
      JSON.stringify(engine.body).includes('"ValidationError"') &&
      local.message.includes('contains duplicates'),
  },
  {
    name: 'a used token with a malformed request',
    reason:
      'Both are mistakes of the request; DynamoDB Local looks at some keys after the token and at the rest before.',
    accepts: (_step, engine, local) =>
      [engine.error, local.error].includes('IdempotentParameterMismatchException') &&
      [engine.error, local.error].includes('ValidationException'),
  },
  {
    name: 'a malformed key in TransactGetItems',
    reason:
      'DynamoDB Local answers a cancellation without reasons where every other operation answers a ValidationException.',
    accepts: (step, engine, local) =>
      step.operation === 'TransactGetItems' &&
      engine.error === 'ValidationException' &&
      local.error === 'TransactionCanceledException' &&
      reasonsOf(local).length === 0,
  },
];

/**
 * Whether the tables hold different things from here on; they are emptied then.
 *
 * One item twice in a BatchExecuteStatement fails the whole call in both, but DynamoDB Local has carried out some of the
 * members by then (each INSERT, for one). The engine carries out none, as an error of the whole request says.
 */
export function leavesTablesApart(step: Step, engine: Answer, local: Answer): boolean {
  if (step.operation === 'BatchExecuteStatement') return local.error === 'ValidationException';
  return isTwoActions(engine) && local.error === undefined;
}

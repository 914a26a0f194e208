import type { Answer } from './answer';
import type { Step } from './step';

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
    name: 'an update that does not fit its item, or a key that does not fit its table, cancels a transaction',
    reason:
      'API Reference, TransactWriteItems, lists both under the reasons (ValidationError), and the service was seen to ' +
      'answer so (aws/aws-sdk-net#1292; paritysuite/dynamodb-conformance, transactWriteItems.test.ts); DynamoDB Local ' +
      'answers a ValidationException for the whole request.',
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
      'The service gives the reasons at their places (paritysuite/dynamodb-conformance, transactGetItems.test.ts); ' +
      'DynamoDB Local cancels without reasons.',
    accepts: (step, engine, local) =>
      step.operation === 'TransactGetItems' &&
      hasValidationError(engine) &&
      local.error === 'TransactionCanceledException' &&
      reasonsOf(local).length === 0,
  },
  {
    name: 'an update that gives the key of an index another type',
    reason:
      'API Reference, TransactWriteItems, has it among the reasons of a cancellation (ValidationError), and the service ' +
      'refuses it (paritysuite/dynamodb-conformance, transactWriteItems.test.ts); DynamoDB Local stores it.',
    accepts: (step, engine, local) => isIndexKeyOfAnotherType(step, engine) && local.error === undefined,
  },
  {
    name: 'a path into a key attribute in a SET of a statement or a transaction',
    reason:
      'A mistake of the request: the engine refuses it at once, as UpdateItem does; DynamoDB Local looks at the ' +
      'conditions first.',
    accepts: (_step, engine, local) =>
      engine.message.includes('Key attributes must be scalars') &&
      (local.error === 'ConditionalCheckFailedException' || local.error === 'TransactionCanceledException'),
  },
  {
    name: 'an unknown value of an enumeration',
    reason:
      'API Reference, TransactWriteItems: ReturnValuesOnConditionCheckFailure is ALL_OLD or NONE; DynamoDB Local looks ' +
      'at it only where it stands alone.',
    accepts: (step, engine) =>
      step.operation === 'TransactWriteItems' && engine.message.includes("at 'ReturnValuesOnConditionCheckFailure'"),
  },
  {
    name: 'a comparison with a comparison',
    reason:
      'Developer Guide, "PartiQL for DynamoDB": AND, OR and NOT join conditions, nothing compares them; DynamoDB Local ' +
      'takes one and never finds it true.',
    accepts: (step, engine, local) =>
      JSON.stringify(step.input).includes(') = 2') &&
      engine.message.includes("wasn't well formed") &&
      local.error === 'ConditionalCheckFailedException',
  },
  {
    name: 'parameters for a statement that takes none',
    reason:
      'DynamoDB Local refuses more parameters than a statement takes, but for one that takes none; the engine counts ' +
      'them always: a parameter that goes nowhere is a mistake.',
    accepts: (step, engine) =>
      step.operation === 'ExecuteStatement' &&
      !JSON.stringify(step.input).includes('?') &&
      engine.message.startsWith('Number of parameters'),
  },
  {
    name: 'an empty request token',
    reason: 'API Reference, TransactWriteItems: a token has 1 to 36 characters; DynamoDB Local takes one of none.',
    accepts: (_step, engine) => engine.message.startsWith("Value '' at 'clientRequestToken'"),
  },
  {
    name: 'an empty list of parameters',
    reason: 'API Reference, ExecuteStatement: the list has at least one member; DynamoDB Local takes an empty one.',
    accepts: (_step, engine) => engine.message.includes("Value '[]' at 'parameters'"),
  },
  {
    name: 'a page that begins where the range of the query ends',
    reason:
      'DynamoDB Local refuses the last key of a <=, >= or BETWEEN as a start, even one that it has just given as ' +
      'LastEvaluatedKey; Developer Guide, "Paginating table query results": there the query goes on.',
    accepts: (step, engine, local) =>
      step.operation === 'Query' &&
      engine.error === undefined &&
      local.message.includes('starting key does not match the range key predicate'),
  },
];

function isIndexKeyOfAnotherType(step: Step, engine: Answer): boolean {
  return (
    engine.message.includes('Type mismatch for Index Key') ||
    (JSON.stringify(step.input).includes('{"Update":{"TableName":"«X»"') && hasValidationError(engine))
  );
}

/**
 * Whether the tables may hold different things from here on; they are emptied then.
 *
 * One item twice in a BatchExecuteStatement fails the whole call in both, but DynamoDB Local has carried out some of the
 * members by then (each INSERT, for one). The engine carries out none, as an error of the whole request says.
 */
export function leavesTablesApart(step: Step, engine: Answer, local: Answer): boolean {
  if (step.operation === 'BatchExecuteStatement') return engine.error !== undefined || local.error !== undefined;
  return (engine.error === undefined) !== (local.error === undefined);
}

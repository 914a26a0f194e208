import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { describe, describeKind, writeInvalid } from '../errors';
import { type Attributes, marshalAttributes } from './marshal';
import type { PreparedWrite, WriteKind } from './prepared-write';
import { attributesBytes } from './size';
import type { ConditionMeaning } from './transaction-write';

type Fields = Readonly<Record<string, unknown>>;

const KINDS: readonly WriteKind[] = ['Put', 'Update', 'Delete', 'ConditionCheck'];
const MEANINGS: readonly unknown[] = ['permanent', 'transient', 'done'];

const COMMON = [
  'TableName',
  'ConditionExpression',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  // Taken, since the type has it, and not sent: nobody would read the answer.
  'ReturnValuesOnConditionCheckFailure',
];
/** An SDK leaves out what it does not know, and a misspelt condition would be none. */
const MEMBERS: Readonly<Record<WriteKind, readonly string[]>> = {
  Put: [...COMMON, 'Item'],
  Update: [...COMMON, 'Key', 'UpdateExpression'],
  Delete: [...COMMON, 'Key'],
  ConditionCheck: [...COMMON, 'Key'],
};
const REQUIRED_EXPRESSION: Partial<Readonly<Record<WriteKind, string>>> = {
  Update: 'UpdateExpression',
  ConditionCheck: 'ConditionExpression',
};

/**
 * Checks what `process` returned under `transaction` and turns it into attribute values. To be called at once, before
 * user code can change its objects. Throws a permanent error that names the place.
 */
export function prepareWrites(result: unknown): PreparedWrite[] {
  if (result === undefined) return [];
  const writes: readonly unknown[] = Array.isArray(result) ? result : [result];
  return writes.map((write, index) => prepareWrite(write, Array.isArray(result) ? `write ${index + 1}` : 'a write'));
}

/** Whether somebody who did not declare `transaction` has returned what only a transaction carries out. */
export function looksLikeWrites(result: unknown): boolean {
  const [first] = Array.isArray(result) ? result : [result];
  return isFields(first) && KINDS.some((kind) => isFields(first[kind]) && 'TableName' in first[kind]);
}

function prepareWrite(write: unknown, place: string): PreparedWrite {
  const accepted = '{ Put | Update | Delete | ConditionCheck: … } and beside it, if wanted, onConditionFailed';
  if (!isFields(write)) throw writeInvalid({ place, received: describeKind(write), accepted });
  const given = Object.keys(write).filter((name) => write[name] !== undefined);
  const kinds = KINDS.filter((kind) => given.includes(kind));
  const [kind] = kinds;
  const others = given.filter((name) => name !== kind && name !== 'onConditionFailed');
  if (kind === undefined || others.length > 0) {
    const received = given.length === 0 ? 'an empty object' : `an object with ${given.join(', ')}`;
    throw writeInvalid({ place, received, accepted });
  }
  const { onConditionFailed = 'transient' } = write;
  if (!MEANINGS.includes(onConditionFailed)) {
    const received = describe(onConditionFailed);
    const meanings = "'permanent', 'transient' or 'done'";
    throw writeInvalid({ place: `${place} with an onConditionFailed`, received, accepted: meanings });
  }
  return {
    ...prepareAction(kind, write[kind], `${place}: ${kind === 'Update' ? 'an' : 'a'} ${kind}`),
    onConditionFailed: onConditionFailed as ConditionMeaning,
  };
}

function prepareAction(kind: WriteKind, action: unknown, place: string): Omit<PreparedWrite, 'onConditionFailed'> {
  if (!isFields(action)) throw writeInvalid({ place, received: describeKind(action), accepted: 'an object' });
  const check = (member: string, ok: boolean, accepted: string) => {
    if (!ok) throw writeInvalid({ place: `${place} with ${member}`, received: describeKind(action[member]), accepted });
  };
  for (const member of Object.keys(action)) {
    if (MEMBERS[kind].includes(member) || action[member] === undefined) continue;
    throw writeInvalid({
      place,
      received: `an object with ${member}`,
      accepted: `one with ${MEMBERS[kind].join(', ')}`,
    });
  }
  const { TableName } = action;
  check('TableName', typeof TableName === 'string' && TableName !== '', 'the name or ARN of a table');
  for (const member of ['ConditionExpression', 'UpdateExpression']) {
    const isText = typeof action[member] === 'string' && action[member] !== '';
    check(member, isText || (action[member] === undefined && REQUIRED_EXPRESSION[kind] !== member), 'an expression');
  }
  const { ExpressionAttributeNames: names, ExpressionAttributeValues: values } = action;
  const areNames = isFields(names) && Object.values(names).every((name) => typeof name === 'string');
  check('ExpressionAttributeNames', names === undefined || areNames, 'an object of strings');
  check('ExpressionAttributeValues', values === undefined || isFields(values), 'an object of plain values');

  const target = kind === 'Put' ? 'Item' : 'Key';
  const content = action[target];
  check(target, isFields(content), 'an object of plain values');
  if (Object.keys(content as Fields).length === 0) {
    throw writeInvalid({
      place: `${place} with ${target}`,
      received: 'an empty object',
      accepted: 'an object of plain values',
    });
  }
  const attributes = marshalAttributes(content as Fields, `${place} with ${target}`);
  if (kind !== 'Put') requireScalars(content as Fields, attributes, `${place} with Key`);
  const marshalled = values === undefined ? {} : marshalAttributes(values as Fields, `${place} with values`);

  const written = {
    TableName: TableName as string,
    [target]: attributes,
    ...textOf(action, 'ConditionExpression'),
    ...(kind === 'Update' && textOf(action, 'UpdateExpression')),
    ...(names !== undefined && { ExpressionAttributeNames: { ...(names as Record<string, string>) } }),
    ...(values !== undefined && { ExpressionAttributeValues: marshalled }),
  };
  return {
    kind,
    item: { [kind]: written } as unknown as TransactWriteItem,
    table: (TableName as string).replace(/^.*:table\//, ''),
    key: kind === 'Put' ? undefined : attributes,
    bytes: attributesBytes(attributes, 'most') + attributesBytes(marshalled, 'most'),
  };
}

/** Among others the mistake of who is used to attribute values: `{ id: { S: 'x' } }` would be a map. */
function requireScalars(key: Fields, attributes: Attributes, place: string): void {
  for (const name of Object.keys(key)) {
    const value = attributes[name];
    if (value?.S !== undefined || value?.N !== undefined || value?.B !== undefined) continue;
    const accepted = "a string, a number or bytes, plain and not as { S: 'x' }";
    throw writeInvalid({ place: `${place}.${name}`, received: describeKind(key[name]), accepted });
  }
}

const textOf = (action: Fields, member: string) => (action[member] === undefined ? {} : { [member]: action[member] });

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

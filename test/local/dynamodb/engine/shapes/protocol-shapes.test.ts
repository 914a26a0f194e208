import { DynamoDbEngineError } from '../../../../../local/dynamodb/engine/errors';
import { TestEngine } from '../fixture';
import type { Step } from '../step';
import { PROTOCOL_SHAPES } from './all-shapes';

interface Member {
  readonly Item?: object;
  readonly Error?: { readonly Code: string; readonly Item?: object };
}

/** `ok`, `item` where one is given, or the error, with a plus where the item comes with it. */
function outcomeOf(engine: TestEngine, { operation, input }: Step): string {
  const named = JSON.parse(JSON.stringify(input).replaceAll('«T»', 'Claims'));
  try {
    const { Responses, Item, Attributes, Items } = engine.run(operation, named);
    if (Array.isArray(Responses)) return Responses.map(memberOutcome).join(' ');
    return Item || Attributes || Items?.length > 0 || Responses?.Claims.length > 0 ? 'item' : 'ok';
  } catch (error) {
    if (!(error instanceof DynamoDbEngineError)) throw error;
    const reasons = error.details.CancellationReasons?.map(({ Code, Item }) => `${Code}${Item ? '+' : ''}`).join(' ');
    return reasons === undefined ? `${error.name}${error.details.Item ? '+' : ''}` : `cancelled: ${reasons}`;
  }
}

const memberOutcome = ({ Item, Error: error }: Member) =>
  error ? `${error.Code}${error.Item ? '+' : ''}` : Item ? 'item' : 'ok';

const times = (count: number, outcome: string) => Array<string>(count).fill(outcome).join(' ');
const REFUSED = 'ConditionalCheckFailed';

/** Written from the rules of the protocol; that DynamoDB Local answers the same, a live test holds. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  'L1: 25 partitions are claimed in one request, missing ones inserted, live foreign leases told with their state': [
    times(20, 'ok'),
    `${times(10, 'item')} ${times(10, `${REFUSED}+`)} ${times(5, REFUSED)}`,
    times(5, 'ok'),
    times(25, 'DuplicateItem'),
    'ValidationException',
  ],
  'L1, L5: claims, takeovers and inserts as they are sent: whoever held the partition once is refused for good': [
    REFUSED,
    'ok',
    'DuplicateItem',
    `${REFUSED} ${REFUSED}`,
    REFUSED,
    'item',
    REFUSED,
    'item',
    'ok',
    REFUSED,
    'item',
    'ok',
    REFUSED,
    'item',
  ],
  'L2, L3: marks as they are sent, with nothing in their binaries and lists': [
    REFUSED,
    'ok',
    'ok',
    REFUSED,
    REFUSED,
    'item',
  ],
  'L: what a claim meets in items that somebody else wrote': [
    'ok',
    'ValidationError',
    'ok',
    'ValidationError',
    'ok',
    'ValidationError',
    'ok',
    REFUSED,
    'ok',
    'item',
    'ok',
    REFUSED,
  ],
  'L1: who owns the partition already gets its state and changes nothing': [
    'ok',
    'item',
    `${REFUSED}+`,
    'item ok',
    'item',
  ],
  'L2, L3: a mark counts once, and a late copy of it is refused with the state that stands': [
    'ok',
    'ok',
    `${REFUSED}+`,
    `${REFUSED}+ ${REFUSED}`,
    'item',
    'ok ok',
    'ValidationException',
  ],
  'L5: a release ends the lease and keeps the token': ['ok', 'item', 'item', 'item'],
  'the ledger with single requests: UpdateItem that claims, marks and inserts': [
    'item',
    'ConditionalCheckFailedException+',
  ],
  'C2: 100 keys are looked up at once, 101 are too many, and one twice is none': [
    'ok',
    'item',
    'ValidationException',
    'ValidationException',
    'item',
  ],
  'C3: claims are inserted 25 at a time; what is there is taken over by exactly what was read': [
    times(5, 'ok'),
    `${times(5, 'DuplicateItem')} ${times(20, 'ok')}`,
    `item ${REFUSED}+ ${REFUSED}`,
    `${REFUSED}+`,
    'ConditionalCheckFailedException',
    'ok',
    'ok',
  ],
  'C4: a lease never moves back': ['ok', 'ok', `${REFUSED}+`],
  'C5: a completion never creates an item, and only the owner completes, fails, releases and deletes': [
    'ok ok',
    `ok ${REFUSED}+ ${REFUSED}`,
    `item ${REFUSED}+ ok`,
  ],
  'C9: a key that stands twice in a batch fails the whole call': ['ValidationException'],
  'C3-C5: the statements of the claim store, with a SET for each attribute and literals in their text': [
    times(4, 'ok'),
    `ok ok ok ${REFUSED}`,
    `ok ${REFUSED} ${REFUSED} ok`,
    `ok ok ${REFUSED} ${REFUSED}`,
    'item',
    'item',
    'item',
    'item',
  ],
  'P3: unclean ends, written starts and cuts, as they are sent': [
    times(4, 'ok'),
    `ok ok ${REFUSED} ok`,
    times(3, 'ok'),
    `${REFUSED} ok ${REFUSED}`,
    `${REFUSED} ok`,
    'ok',
    ...Array<string>(4).fill('item'),
  ],
  'C3: a take-over is conditional on exactly what was read, whatever type somebody gave it': [
    ...Array<string>(8).fill('ok'),
    times(8, 'ok'),
    times(8, REFUSED),
  ],
  'T1: mark, effects and identities in one transaction, each reason at its place': [
    'ok',
    'ok',
    `cancelled: ${REFUSED}+ None ${REFUSED}+`,
    `cancelled: None ${REFUSED}+`,
    'ok',
  ],
  'T1: an identity is done at once over a claim that is over, and over none that lives, differs or is done': [
    ...Array<string>(8).fill('ok'),
    `cancelled: ${REFUSED}+ ${REFUSED}+ ${REFUSED}+ ${REFUSED}+ None`,
    'item',
    'item',
  ],
  'T1, L5: a mark that removes what its state does not have': ['ok', 'ok', `cancelled: ${REFUSED}+`, 'item'],
  'T1: conditions of the builders: a state among several, a token that exists and is free': [
    'ok',
    'ok',
    `cancelled: ${REFUSED}`,
    'ok',
    `cancelled: ${REFUSED}`,
    'ok',
    'item',
  ],
  'T1: 100 items and 4 MB, and no more': ['ok', 'ValidationException', 'ValidationException', 'ValidationException'],
  'T3: two writes on one item are a mistake of the request': ['ValidationException'],
  'T4: a failed condition of the user, a value that does not fit, and what stays as it was': [
    'ok',
    `cancelled: None ${REFUSED}`,
    'cancelled: None ValidationError',
    'ValidationException',
    'item',
  ],
  'T5: the same token does it once, with another content it is refused': [
    'ok',
    'ok',
    'ok',
    'IdempotentParameterMismatchException',
    'item',
  ],
  'T1 in statements: ExecuteTransaction': [
    'ok',
    '',
    `cancelled: ${REFUSED}+ DuplicateItem`,
    `cancelled: None ${REFUSED} None`,
    'item ok',
  ],
  'P5: a mark and its parked items together; an item that exists is left alone and fails nothing': [
    'ok',
    'ok',
    'item',
    'ok',
    'item',
    `cancelled: ${REFUSED}+ None None`,
    'ok',
    'item',
  ],
  'P5: a claim that is parked, by its owner while it holds it, and the item with it': [
    'ok',
    `cancelled: ${REFUSED} None`,
    'ok',
    `cancelled: ${REFUSED} None`,
    'item',
    'item',
    'ok',
  ],
  'P5, P6: the statements of parked items: parked once, claimed by exactly what was read, and given back': [
    `ok`,
    `DuplicateItem ok`,
    'ok',
    `${REFUSED} ${REFUSED}`,
    'ok',
    REFUSED,
    'ok',
    `${REFUSED}`,
    'ok',
    'ok',
    REFUSED,
    'ok',
    REFUSED,
    'item',
  ],
  'P6: a redrive that is done turns a parked identity, and none that is absent, done or being worked on': [
    'ok',
    'ok',
    'ok',
    'ok',
    `cancelled: None ${REFUSED}`,
    `cancelled: None ${REFUSED}`,
    `cancelled: None ${REFUSED}`,
    'ok',
    `cancelled: ${REFUSED}+ ${REFUSED}`,
    'item',
    'item',
    'ok',
  ],
  'PartiQL: an empty list of parameters is none': ['ValidationException', 'ValidationException'],
};

const listed = PROTOCOL_SHAPES.filter(({ rule }) => rule in EXPECTED);

test.each(listed.map(({ rule, steps }) => [rule, steps] as const))('%s', (rule, steps) => {
  const engine = new TestEngine();
  engine.run('CreateTable', {
    TableName: 'Claims',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  expect(steps.map((step) => outcomeOf(engine, step))).toEqual(EXPECTED[rule]);
});

test('every shape of a rule is listed', () => {
  expect(listed.map(({ rule }) => rule).sort()).toEqual(Object.keys(EXPECTED).sort());
  expect(PROTOCOL_SHAPES.length - listed.length).toBe(2);
});

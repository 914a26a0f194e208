import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { Transactions } from '../../../handlers/dynamodb/transactions';

const ITEMS: TransactWriteItem[] = [
  { Put: { TableName: 'Table', Item: { id: { S: 'a' } } } },
  { Put: { TableName: 'Table', Item: { id: { S: 'b' } } } },
];
const STANDS = { id: { S: 'a' } };

function over(answer: () => Promise<unknown>) {
  return new Transactions({ client: { send: answer as never }, table: 'Table' });
}

const cancelled = (...reasons: object[]) =>
  over(async () => {
    throw Object.assign(new Error('cancelled'), {
      name: 'TransactionCanceledException',
      CancellationReasons: reasons,
    });
  });

test('what is carried out is done', async () => {
  expect(await over(async () => ({})).run([ITEMS, ITEMS])).toEqual([{ kind: 'done' }, { kind: 'done' }]);
});

test('a condition that failed is told at the place of its item, with what stood there', async () => {
  const [outcome] = await cancelled({ Code: 'ConditionalCheckFailed', Item: STANDS }, { Code: 'None' }).run([ITEMS]);

  expect(outcome).toEqual({ kind: 'refused', refusals: [{ item: STANDS }, undefined] });
});

test('a condition that failed goes before a conflict on another item', async () => {
  const [outcome] = await cancelled({ Code: 'TransactionConflict' }, { Code: 'ConditionalCheckFailed' }).run([ITEMS]);

  expect(outcome).toEqual({ kind: 'refused', refusals: [undefined, { item: undefined }] });
});

test.each([
  ['TransactionConflict', 'throttled'],
  ['ThrottlingError', 'throttled'],
  ['ProvisionedThroughputExceeded', 'throttled'],
  ['ValidationError', 'refused'],
  ['ItemCollectionSizeLimitExceeded', 'refused'],
  ['SomethingNew', 'failed'],
])('C8: a transaction that was cancelled by %s is unknown: %s', async (Code, reason) => {
  const [outcome] = await cancelled({ Code: 'None' }, { Code }).run([ITEMS]);

  expect(outcome).toMatchObject({ kind: 'unknown', reason });
});

test('C8: a cancellation without a reason for each item refuses nothing', async () => {
  const outcomes = await cancelled({ Code: 'ConditionalCheckFailed' }).run([ITEMS]);

  expect(outcomes).toMatchObject([{ kind: 'unknown', reason: 'failed' }]);
});

test('C8: one that fails leaves its neighbours alone', async () => {
  let requests = 0;
  const outcomes = await over(async () => {
    requests += 1;
    if (requests === 1) throw Object.assign(new Error('no answer'), { name: 'TimeoutError' });
    return {};
  }).run([ITEMS, ITEMS]);

  expect(outcomes).toMatchObject([{ kind: 'unknown', reason: 'failed' }, { kind: 'done' }]);
});

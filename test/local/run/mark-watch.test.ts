import type { DatabaseRequest } from '../../../local/dynamodb/interceptor';
import { MarkWatch } from '../../../local/run/mark-watch';

const ID = 'parked#shop#a#u-1#1#orders#2#4711';

function watched() {
  const parked: string[] = [];
  const watch = new MarkWatch(() => ['Memory'], {
    marked: () => {
      throw new Error('no mark was written');
    },
    parked: (topic, { partition, offset }) => parked.push(`${topic}-${partition}@${offset}`),
  });
  const accept = (operation: string, input: Record<string, unknown>) =>
    watch.answered({ worker: 'poller-1/1', operation, input, receivedAtMs: 1 } as unknown as DatabaseRequest, 200, {});
  return { parked, accept };
}

/** Beside a ledger's mark: made where it is not there, else left alone. */
const PARKED_BESIDE = {
  TransactItems: [
    {
      Update: {
        TableName: 'Memory',
        Key: { id: { S: ID } },
        UpdateExpression: 'SET #0 = if_not_exists(#0, :0)',
        ExpressionAttributeNames: { '#0': 'outcome' },
        ExpressionAttributeValues: { ':0': { S: 'parked' } },
      },
    },
  ],
};

test.each<[string, Record<string, unknown>]>([
  ['TransactWriteItems', PARKED_BESIDE],
  ['PutItem', { TableName: 'Memory', Item: { id: { S: ID }, outcome: { S: 'parked' } } }],
])('P5: a parked item that %s makes names its record, whatever the name of the consumer', (operation, input) => {
  const { parked, accept } = watched();

  accept(operation, input);

  expect(parked).toEqual(['orders-2@4711']);
});

test('P6: what a redrive writes of it parks nothing, nor does an item of another table', () => {
  const { parked, accept } = watched();

  accept('UpdateItem', {
    TableName: 'Memory',
    Key: { id: { S: ID } },
    UpdateExpression: 'SET outcome = :done',
    ExpressionAttributeValues: { ':done': { S: 'done' } },
  });
  accept('PutItem', { TableName: 'Counters', Item: { id: { S: ID }, outcome: { S: 'parked' } } });

  expect(parked).toEqual([]);
});

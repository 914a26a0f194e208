import { DynamoDbEngine } from '../../../local/dynamodb/engine/engine';
import { MemoryWatch } from '../../../local/simulator/memory-watch';
import type { SimulatedFact } from '../../../local/simulator/topic';

const TableName = 'Claims';
const SEEN = { worker: 'w', sentAtMs: 90, atMs: 100 };

function watched() {
  const engine = new DynamoDbEngine();
  engine.execute('CreateTable', {
    TableName,
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  const watch = new MemoryWatch(engine, TableName);
  const put = (item: { id: string; status?: string; owner?: string; lease?: number; digest?: string }) => {
    const { id, status = 'INPROGRESS', owner = 'token', lease, digest = 'payload' } = item;
    const Item = {
      id: { S: id },
      status: { S: status },
      owner: { S: owner },
      payload_digest: { S: digest },
      ...(lease !== undefined && { in_progress_expiration: { N: String(lease) } }),
    };
    engine.execute('PutItem', { TableName, Item });
    return watch.look(SEEN);
  };
  return { watch, put };
}

const fact = (identity: string, payload = 'payload') => ({ identity, payload }) as SimulatedFact;

test('a new owner is a claim, another end of the lease a lease, a completion a mark', () => {
  const { put } = watched();

  expect(put({ id: 'a', lease: 500 })).toEqual([{ kind: 'claim', ...SEEN, identity: 'a', leaseUntilMs: 500 }]);
  expect(put({ id: 'a', lease: 900 })).toEqual([{ kind: 'lease', ...SEEN, identity: 'a', leaseUntilMs: 900 }]);
  expect(put({ id: 'a', owner: 'other', lease: 950 })).toEqual([
    { kind: 'claim', ...SEEN, identity: 'a', leaseUntilMs: 950 },
  ]);
  expect(put({ id: 'a', owner: 'other', status: 'COMPLETED' })).toEqual([{ kind: 'mark', ...SEEN, identity: 'a' }]);
});

test('a lease of 0 is a claim that was given back', () => {
  const { put } = watched();
  put({ id: 'a', lease: 500 });

  expect(put({ id: 'a', lease: 0 })).toMatchObject([{ kind: 'lease', leaseUntilMs: 0 }]);
});

test('a renewal that comes after the end that it asks for changes nothing', () => {
  const { put } = watched();
  put({ id: 'a', lease: 50 });

  expect(put({ id: 'a', lease: SEEN.atMs })).toEqual([]);
});

test('what did not change is not told', () => {
  const { watch, put } = watched();
  put({ id: 'a', lease: 500 });

  expect(put({ id: 'b', lease: 500 })).toMatchObject([{ identity: 'b' }]);
  expect(watch.look(SEEN)).toEqual([]);
});

test('a record is closed by a completed item of its identity and its payload', () => {
  const { watch, put } = watched();
  put({ id: 'a', lease: 500 });
  expect(watch.isClosed(fact('a'))).toBe(false);

  put({ id: 'a', status: 'COMPLETED' });

  expect(watch.isClosed(fact('a'))).toBe(true);
  expect(watch.isClosed(fact('a', 'another payload'))).toBe(false);
  expect(watch.isClosed(fact('b'))).toBe(false);
  expect(watch.payloadDigest(fact('a'))).toBe('payload');
});

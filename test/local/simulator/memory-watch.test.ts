import type { Item } from '../../../local/dynamodb/engine/attribute-value';
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
  const watch = new MemoryWatch(() => (engine.execute('Scan', { TableName }) as { Items?: Item[] }).Items ?? []);
  const put = (item: {
    id: string;
    status?: string;
    owner?: string;
    lease?: number;
    digest?: string;
    outcome?: string;
  }) => {
    const { id, status = 'INPROGRESS', owner = 'token', lease, digest = 'payload', outcome } = item;
    const Item = {
      id: { S: id },
      status: { S: status },
      owner: { S: owner },
      payload_digest: { S: digest },
      ...(lease !== undefined && { in_progress_expiration: { N: String(lease) } }),
      ...(outcome !== undefined && { outcome: { S: outcome } }),
    };
    engine.execute('PutItem', { TableName, Item });
    return watch.look({ ...SEEN, aheadMs: 0 });
  };
  const ledger = (special: { owner?: string; lease?: number; runs?: readonly number[]; aheadMs?: number }) => {
    const { owner = 'token', lease = 500, runs = [], aheadMs = 0 } = special;
    const Item = {
      id: { S: 'ledger#shop#u-1#1#orders#2' },
      owner: { S: owner },
      lease_until_ms: { N: String(lease) },
      runs: { B: Buffer.from(runs).toString('base64') },
    };
    engine.execute('PutItem', { TableName, Item });
    return watch.look({ ...SEEN, aheadMs });
  };
  return { watch, put, ledger };
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
  expect(watch.look({ ...SEEN, aheadMs: 0 })).toEqual([]);
});

test('a record is closed by a completed item of its identity and its payload', () => {
  const { watch, put } = watched();
  put({ id: 'a', lease: 500 });
  expect(watch.isIdentityClosed(fact('a'))).toBe(false);

  put({ id: 'a', status: 'COMPLETED' });

  expect(watch.isIdentityClosed(fact('a'))).toBe(true);
  expect(watch.isIdentityClosed(fact('a', 'another payload'))).toBe(false);
  expect(watch.isIdentityClosed(fact('b'))).toBe(false);
  expect(watch.payloadDigest(fact('a'))).toBe('payload');
});

describe('the ledger of a partition', () => {
  const partition = 2;
  // Skip 1, take 2; then skip 1, take 1.
  const [first, later] = [
    [1, 2],
    [1, 2, 1, 1],
  ];

  test('a new owner is a claim, new runs are a mark of what they close', () => {
    const { ledger } = watched();

    expect(ledger({})).toEqual([{ kind: 'claim', ...SEEN, partition, leaseUntilMs: 500 }]);
    expect(ledger({ runs: first, lease: 600 })).toEqual([
      { kind: 'mark', ...SEEN, partition, closes: [[1, 2]], leaseUntilMs: 600 },
    ]);
    expect(ledger({ runs: later, lease: 600 })).toMatchObject([{ kind: 'mark', closes: [[4, 4]] }]);
    expect(ledger({ owner: 'other', runs: later, lease: 900 })).toMatchObject([{ kind: 'claim', leaseUntilMs: 900 }]);
  });

  test('a mark that closes nothing moves the lease, or says nothing', () => {
    const { ledger } = watched();
    ledger({ runs: first });

    expect(ledger({ runs: first, lease: 0 })).toMatchObject([{ kind: 'mark', closes: [], leaseUntilMs: 0 }]);
    expect(ledger({ runs: first, lease: 0 })).toEqual([]);
  });

  test('a mark that lands after the end of the lease that it asks for gives nothing back', () => {
    const { ledger } = watched();
    ledger({});

    expect(ledger({ runs: first, lease: SEEN.atMs })).toEqual([{ kind: 'mark', ...SEEN, partition, closes: [[1, 2]] }]);
    expect(ledger({ runs: later, lease: SEEN.atMs + 5, aheadMs: 10 })).toEqual([
      { kind: 'mark', ...SEEN, partition, closes: [[4, 4]] },
    ]);
    expect(ledger({ runs: later, lease: SEEN.atMs - 5, aheadMs: -10 })).toMatchObject([
      { leaseUntilMs: SEEN.atMs - 5 },
    ]);
  });

  test('an offset is closed by a run of its own partition', () => {
    const { watch, ledger } = watched();
    ledger({});
    ledger({ runs: first });

    expect([0, 1, 2, 3].map((offset) => watch.isOffsetClosed({ partition, offset }))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(watch.isOffsetClosed({ partition: 0, offset: 1 })).toBe(false);
  });
});

test('P5: an item of a parked record is told once, by partition and offset', () => {
  const { watch, put } = watched();
  const id = 'parked#shop#u-1#1#orders#2#17';
  expect(watch.isParked({ partition: 2, offset: 17 })).toBe(false);

  expect(put({ id })).toEqual([{ kind: 'parked', ...SEEN, partition: 2, offset: 17 }]);
  expect(put({ id, owner: 'a redrive' })).toEqual([]);
  expect(watch.isParked({ partition: 2, offset: 17 })).toBe(true);
});

test('P6: and once more when it is done', () => {
  const { put } = watched();
  const id = 'parked#shop#u-1#1#orders#2#17';
  put({ id, outcome: 'redriving' });

  expect(put({ id, outcome: 'done' })).toEqual([{ kind: 'redriven', ...SEEN, partition: 2, offset: 17 }]);
  expect(put({ id, outcome: 'done', owner: 'a late copy' })).toEqual([]);
});

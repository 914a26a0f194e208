import { type BatchExecuteStatementCommand, BatchGetItemCommand, DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { ERROR_CODES, ERROR_SYMBOL } from '../../../contract/error-codes';
import { claimantOf } from '../../../handlers/ledger/claimant';
import { DynamoDbLedgerStore } from '../../../handlers/ledger/dynamodb-ledger-store';
import { EMPTY_LEDGER } from '../../../handlers/ledger/ledger-state';
import type { LedgerClaimRequest } from '../../../handlers/ledger/ledger-store';
import { DynamoDbEngine } from '../../../local/dynamodb/engine/engine';
import { putRaw, rawItem } from '../../support/stored-claim';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/test-dynamodb';
import { itemBytes } from './item-size';
import { START_MS } from './naive-ledger';

const LEASE_MS = 10_000;
const SKEW_MS = 1_000;

type Command = BatchExecuteStatementCommand | BatchGetItemCommand;
/** What happens to the n-th request, from 1: before it arrives, and before its answer does. */
type Meddle = (n: number, command: Command) => { before?(): Promise<void>; after?(): Promise<void> } | undefined;

let database: TestDynamoDb;
beforeAll(async () => {
  database = await startTestDynamoDb(new DynamoDbEngine({ memberItems: false }));
});
afterAll(() => database.stop());

let ids = 0;
const freshId = () => `ledger#shop#source#1#orders#${++ids}`;

function open(meddle: Meddle = () => undefined, nowMs = START_MS) {
  const sent: Command[] = [];
  const client = {
    send: async (command: Command) => {
      sent.push(command);
      const fault = meddle(sent.length, command);
      await fault?.before?.();
      const answer = await database.client.send(command as BatchGetItemCommand);
      await fault?.after?.();
      return answer;
    },
  } as never;
  const clock = { now: () => nowMs };
  const store = new DynamoDbLedgerStore({ client, table: database.table, clock, clockSkewMs: SKEW_MS });
  return { store, sent, names: () => sent.map((command) => command.constructor.name) };
}

const ask = (id: string, token: string, changes: Partial<LedgerClaimRequest> = {}): LedgerClaimRequest => ({
  id,
  token,
  leaseUntilMs: START_MS + LEASE_MS,
  first: 100n,
  last: 199n,
  ...changes,
});
const mark = (id: string, token: string, seq: number, leaseUntilMs: number | undefined = undefined) => ({
  id,
  token,
  seq,
  state: EMPTY_LEDGER,
  leaseUntilMs,
});
const fail = async () => {
  throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
};

async function givenBack(id: string, token = 'before'): Promise<void> {
  const { store } = open();
  await store.claim([ask(id, token)]);
  const state = { ...EMPTY_LEDGER, runs: [{ first: 0n, last: 99n }], high: 99n };
  await store.mark([{ ...mark(id, token, 1), state }]);
}

describe('requests', () => {
  test('25 partitions that are not new and not taken are claimed and read in one request, and marked in another', async () => {
    const partitions = Array.from({ length: 25 }, freshId);
    await Promise.all(partitions.map((id) => givenBack(id)));
    const { store, names } = open();

    const answers = await store.claim(partitions.map((id) => ask(id, 'me')));
    const marks = await store.mark(partitions.map((id) => mark(id, 'me', 3)));

    expect(names()).toEqual(['BatchExecuteStatementCommand', 'BatchExecuteStatementCommand']);
    expect(answers.map((answer) => answer.kind === 'claimed' && answer.claim.state.high)).toEqual(Array(25).fill(99n));
    expect(new Set(marks.map(({ kind }) => kind))).toEqual(new Set(['written']));
  });

  test('new partitions cost one read and one insert for all of them together', async () => {
    const { store, names } = open();

    const answers = await store.claim(Array.from({ length: 10 }, () => ask(freshId(), 'me')));

    expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(['claimed']));
    expect(names()).toEqual(['BatchExecuteStatementCommand', 'BatchGetItemCommand', 'BatchExecuteStatementCommand']);
  });

  test('a partition that is taken costs one read, which is consistent', async () => {
    const id = freshId();
    await open().store.claim([ask(id, 'other')]);
    const { store, sent, names } = open();

    await store.claim([ask(id, 'me')]);

    expect(names()).toEqual(['BatchExecuteStatementCommand', 'BatchGetItemCommand']);
    const [, read] = sent as [Command, BatchGetItemCommand];
    expect(read.input.RequestItems?.[database.table]?.ConsistentRead).toBe(true);
  });
});

describe('P5: requests of marks with parked items', () => {
  const parked = (offset: number) => [
    { id: `parked#shop#source#1#orders#0#${offset}`, attempts: 5, firstFailureMs: START_MS, lastFailureMs: START_MS },
  ];

  test('marks without them stay one batch of statements, also beside one that has some', async () => {
    const partitions = Array.from({ length: 10 }, freshId);
    await open().store.claim(partitions.map((id) => ask(id, 'me')));
    const { store, sent, names } = open();

    const answers = await store.mark(
      partitions.map((id, index) => ({ ...mark(id, 'me', 1), ...(index === 3 && { parked: parked(index) }) })),
    );

    expect(answers.map(({ kind }) => kind)).toEqual(partitions.map(() => 'written'));
    expect(names().sort()).toEqual(['BatchExecuteStatementCommand', 'TransactWriteItemsCommand']);
    const statements = sent.flatMap(({ input }) => ('Statements' in input ? (input.Statements ?? []) : []));
    expect(statements).toHaveLength(9);
  });

  test('an empty list of them is none', async () => {
    const id = freshId();
    await open().store.claim([ask(id, 'me')]);
    const { store, names } = open();

    await store.mark([{ ...mark(id, 'me', 1), parked: [] }]);

    expect(names()).toEqual(['BatchExecuteStatementCommand']);
  });

  test('L3: a lost answer costs the transaction again and two reads, and is recognised', async () => {
    const id = freshId();
    await open().store.claim([ask(id, 'me')]);
    const { store, names } = open((n) => (n === 1 ? { after: fail } : undefined));
    const sent = { ...mark(id, 'me', 1), parked: parked(77) };

    const answers = [...(await store.mark([sent])), ...(await store.mark([sent]))];

    expect(answers).toMatchObject([{ kind: 'unknown', reason: 'failed' }, { kind: 'written' }]);
    expect(names()).toEqual([
      'TransactWriteItemsCommand',
      'TransactWriteItemsCommand',
      'BatchGetItemCommand',
      'BatchGetItemCommand',
    ]);
  });
});

test('L: an item has the settled names and no other, above all no status and no expiration', async () => {
  const id = freshId();
  const { store } = open();
  await store.claim([ask(id, 'me')]);
  const afterClaim = Object.keys((await rawItem(database.client, database.table, id)) ?? {}).sort();
  await store.mark([{ ...mark(id, 'me', 1, START_MS), state: { ...EMPTY_LEDGER, suspect: 7n } }]);
  const afterMark = Object.keys((await rawItem(database.client, database.table, id)) ?? {}).sort();

  const claimed = ['claimants', 'delivered', 'id', 'lease_until_ms', 'owner', 'seq', 'unclean'];
  expect(afterClaim).toEqual(claimed);
  expect(afterMark).toEqual(
    [...claimed, ...['attempts', 'closed_by_bound', 'high', 'high_timestamp_ms', 'runs', 'samples', 'suspect']].sort(),
  );
});

describe('races and lost answers', () => {
  test('L1: two workers that insert at once: one has the partition, the other waits for it', async () => {
    const id = freshId();
    const { store } = open((n) =>
      n === 3 ? { before: async () => void (await open().store.claim([ask(id, 'other')])) } : undefined,
    );

    expect(await store.claim([ask(id, 'me')])).toEqual([{ kind: 'busy', leaseUntilMs: START_MS + LEASE_MS }]);
  });

  test('L1: an insert whose answer is lost is recognised when the claim is asked again', async () => {
    const id = freshId();
    const { store } = open((n) => (n === 3 ? { after: fail } : undefined));

    const [lost] = await store.claim([ask(id, 'me')]);
    const [again] = await store.claim([ask(id, 'me')]);

    expect(lost).toMatchObject({ kind: 'unknown', reason: 'failed' });
    expect(again).toMatchObject({ kind: 'claimed', claim: { seq: 1, state: { delivered: [], unclean: 1 } } });
  });

  test('L1: a lease that runs out between the claim and the read is taken over as it was read', async () => {
    const id = freshId();
    await open().store.claim([ask(id, 'other')]);
    let nowMs = START_MS + LEASE_MS;
    const client = {
      send: async (command: Command) => {
        nowMs += 2_000;
        return database.client.send(command as BatchGetItemCommand);
      },
    } as never;
    const clock = { now: () => nowMs };
    const store = new DynamoDbLedgerStore({ client, table: database.table, clock, clockSkewMs: SKEW_MS });

    const [answer] = await store.claim([ask(id, 'me', { leaseUntilMs: nowMs + LEASE_MS })]);

    expect(answer).toMatchObject({ kind: 'claimed', claim: { seq: 2, leaseUntilMs: START_MS + 2 * LEASE_MS } });
  });

  test('L1: what another worker takes over first is not taken from it', async () => {
    const id = freshId();
    await open().store.claim([ask(id, 'dead')]);
    const lateMs = START_MS + LEASE_MS + 2 * SKEW_MS + 1;
    const request = ask(id, 'me', { leaseUntilMs: lateMs + LEASE_MS });
    const winner = ask(id, 'winner', { leaseUntilMs: lateMs + LEASE_MS });
    // The claim comes a moment too early, so that it goes by way of a read; between that and the takeover comes another.
    let nowMs = lateMs - 1;
    let requests = 0;
    const client = {
      send: async (command: Command) => {
        requests += 1;
        nowMs = lateMs;
        if (requests === 3) await open(undefined, lateMs).store.claim([winner]);
        return database.client.send(command as BatchGetItemCommand);
      },
    } as never;
    const clock = { now: () => nowMs };
    const store = new DynamoDbLedgerStore({ client, table: database.table, clock, clockSkewMs: SKEW_MS });

    const [answer] = await store.claim([request]);

    expect(answer).toEqual({ kind: 'busy', leaseUntilMs: winner.leaseUntilMs });
    expect((await rawItem(database.client, database.table, id))?.owner).toEqual({ S: 'winner' });
  });

  test('an item that is deleted and made again under the claim is asked for again, not guessed', async () => {
    const id = freshId();
    await givenBack(id);
    const remove = () =>
      database.client.send(new DeleteItemCommand({ TableName: database.table, Key: { id: { S: id } } }));
    // Whenever the store has read that there is none, there is one.
    const { store } = open((_, command) =>
      command instanceof BatchGetItemCommand
        ? { before: async () => void (await remove()), after: () => givenBack(id) }
        : undefined,
    );
    await remove();

    const [answer] = await store.claim([ask(id, 'me')]);

    expect(answer).toMatchObject({ kind: 'unknown', reason: 'throttled' });
  });

  test('L3: a mark whose answer is lost is unknown, and recognised when it is sent again', async () => {
    const id = freshId();
    await open().store.claim([ask(id, 'me')]);
    const { store } = open((n) => (n === 1 ? { after: fail } : undefined));
    const sent = mark(id, 'me', 1, START_MS + LEASE_MS);

    expect(await store.mark([sent])).toMatchObject([{ kind: 'unknown', reason: 'failed' }]);
    expect(await store.mark([sent])).toEqual([{ kind: 'written' }]);
  });

  test('L3: a refused mark whose read fails is unknown, not lost', async () => {
    const id = freshId();
    await open().store.claim([ask(id, 'other')]);
    const { store } = open((n) => (n === 2 ? { before: fail } : undefined));

    expect(await store.mark([mark(id, 'me', 1)])).toMatchObject([{ kind: 'unknown', reason: 'failed' }]);
  });

  test('C8: of a batch whose read fails only those that had to be read are unknown', async () => {
    const [free, taken] = [freshId(), freshId()];
    await givenBack(free);
    await open().store.claim([ask(taken, 'other')]);
    const { store } = open((n) => (n === 2 ? { before: fail } : undefined));

    const answers = await store.claim([ask(taken, 'me'), ask(free, 'me')]);

    expect(answers.map(({ kind }) => kind)).toEqual(['unknown', 'claimed']);
  });
});

describe('bad input', () => {
  test('a worker after worker that dies before its first mark does not let the item grow', async () => {
    const id = freshId();
    let nowMs = START_MS;
    let largest = 0;
    let last: unknown;
    for (let worker = 1; worker <= 210; worker += 1) {
      nowMs += LEASE_MS + 2 * SKEW_MS + 1;
      const request = ask(id, `worker-${worker}`, {
        leaseUntilMs: nowMs + LEASE_MS,
        first: 10n ** 17n + BigInt(worker % 3),
        last: 10n ** 17n + 9_999n,
      });
      [last] = await open(undefined, nowMs).store.claim([request]);
      largest = Math.max(largest, itemBytes((await rawItem(database.client, database.table, id)) ?? {}));
    }

    expect(largest).toBeLessThan(10_000);
    expect(last).toMatchObject({
      kind: 'claimed',
      claim: { state: { unclean: 210, delivered: [{ first: 10n ** 17n, last: 10n ** 17n + 9_999n }] } },
    });
    const { seq } = (last as { claim: { seq: number } }).claim;
    expect(await open().store.mark([mark(id, 'worker-210', seq)])).toEqual([{ kind: 'written' }]);
  });

  test.each([
    ['whose runs are text', { runs: { S: 'all' } }],
    ['whose sequence is text, with which the service does not compute', { seq: { S: 'seven' } }],
    ['whose delivered arrays are text, to which the service appends nothing', { delivered: { S: 'all' } }],
    ['whose lease is text', { lease_until_ms: { S: 'tomorrow' } }],
  ])('an item %s is unreadable, and its neighbour in the batch is not', async (_, poison) => {
    const [poisoned, sound] = [freshId(), freshId()];
    await givenBack(poisoned);
    await givenBack(sound);
    const item = (await rawItem(database.client, database.table, poisoned)) ?? {};
    await putRaw(database.client, database.table, { ...item, ...poison });

    const answers = await open().store.claim([ask(poisoned, 'me'), ask(sound, 'me')]);

    expect(answers.map(({ kind }) => kind)).toEqual(['unreadable', 'claimed']);
    const [{ error }] = answers as unknown as [{ error: Error }];
    expect(error).toMatchObject({ [ERROR_SYMBOL]: ERROR_CODES.ledgerUnreadable });
    expect(error.message).toContain(poisoned);
  });

  test('a record of stock Powertools under the key of a ledger is unreadable, and untouched', async () => {
    const id = freshId();
    const stock = { id: { S: id }, status: { S: 'COMPLETED' }, expiration: { N: '1790000000' }, data: { S: '{}' } };
    await putRaw(database.client, database.table, stock);

    const [answer] = await open().store.claim([ask(id, 'me')]);

    expect(answer).toMatchObject({ kind: 'unreadable', error: { [ERROR_SYMBOL]: ERROR_CODES.ledgerUnreadable } });
    expect(await rawItem(database.client, database.table, id)).toEqual(stock);
  });

  test('a table that is not there is named, and asking again is of no use', async () => {
    const clock = { now: () => START_MS };
    const store = new DynamoDbLedgerStore({ client: database.client, table: 'Nowhere', clock, clockSkewMs: SKEW_MS });

    const answers = [...(await store.claim([ask(freshId(), 'me')])), ...(await store.mark([mark('x', 'me', 1)]))];

    for (const answer of answers) {
      expect(answer).toMatchObject({ kind: 'unknown', reason: 'refused' });
      expect(String((answer as { error: unknown }).error)).toContain('Nowhere');
    }
  });

  test('tokens that agree in what is remembered of them cost nothing but the claim', async () => {
    // claimantOf() of a token is 6 characters of a hash: here one that stands there by hand.
    const id = freshId();
    await givenBack(id);
    const item = (await rawItem(database.client, database.table, id)) ?? {};
    await putRaw(database.client, database.table, { ...item, claimants: { L: [{ S: claimantOf('me') }] } });

    const [mine] = await open().store.claim([ask(id, 'me')]);
    const [fresh] = await open().store.claim([ask(id, 'another')]);

    expect([mine, fresh]).toMatchObject([{ kind: 'unknown', reason: 'refused' }, { kind: 'claimed' }]);
  });
});

import { DeleteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import type { Claim, ClaimRequest, ClaimStore } from '../../../handlers/claims/claim-store';
import { DynamoDbClaimStore } from '../../../handlers/claims/dynamodb-claim-store';
import { DynamoDbEngine } from '../../../local/dynamodb/engine/engine';
import { type ClientFault, type Command, FaultyClient } from '../../support/faulty-client';
import { putRaw, type RawItem, rawItem } from '../../support/stored-claim';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/test-dynamodb';

const START = 1_790_000_000_000;
const LEASE = 30_000;
const REMEMBER = 1_209_600;

let database: TestDynamoDb;
beforeAll(async () => {
  database = await startTestDynamoDb(new DynamoDbEngine({ memberItems: false }));
});
afterAll(() => database.stop());

let names = 0;
const clock = { nowMs: START, now: () => clock.nowMs };
beforeEach(() => {
  clock.nowMs = START;
});

type Kind = 'insert' | 'update' | 'read';

/** What a request is for: a batch holds statements of one kind, as the adapter sends them. */
function kindOf({ constructor: { name }, input }: Command): Kind {
  if (name === 'BatchGetItemCommand') return 'read';
  const [first] = (input as { Statements: { Statement: string }[] }).Statements;
  return first?.Statement.startsWith('INSERT') ? 'insert' : 'update';
}

/** `faultOf` gets the kind of a request and how many of this kind were sent before. */
function open(faultOf: (kind: Kind, nth: number) => ClientFault | undefined = () => undefined) {
  const sent = { insert: 0, update: 0, read: 0 };
  const client = new FaultyClient(database.client, (_name, _nth, command) => {
    const kind = kindOf(command);
    sent[kind] += 1;
    return faultOf(kind, sent[kind] - 1);
  });
  return { client, store: storeOver(client), sent };
}

function storeOver(client: Pick<DynamoDBClient, 'send'>, table = database.table) {
  return new DynamoDbClaimStore({ client, table, clock, clockSkewMs: 1_000, rememberForSeconds: REMEMBER });
}

const asks = (changes: Partial<ClaimRequest> = {}): ClaimRequest => ({
  id: `shop#orders#${++names}`,
  token: `token-${++names}`,
  partition: 4,
  offset: 41,
  payloadDigest: 'digest',
  leaseUntilMs: clock.nowMs + LEASE,
  ...changes,
});

async function claimed(store: ClaimStore, request = asks()): Promise<Claim> {
  const [answer] = await store.claim([request]);
  if (answer?.kind !== 'claimed') throw new Error(`not claimed: ${answer?.kind}`);
  return answer.claim;
}

const item = (id: string) => rawItem(database.client, database.table, id);

describe('the item of a claim', () => {
  test('has the settled attribute names, with their units', async () => {
    const { store } = open();
    const claim = await claimed(store);

    expect(await item(claim.id)).toEqual({
      id: { S: claim.id },
      status: { S: 'INPROGRESS' },
      expiration: { N: String(START / 1_000 + 30 + REMEMBER) },
      in_progress_expiration: { N: String(START + LEASE) },
      owner: { S: claim.token },
      payload_digest: { S: 'digest' },
      attempts: { N: '0' },
      partition: { N: '4' },
      offset: { N: '41' },
    });
  });

  test('of a completed record keeps no lease, and says how it was closed', async () => {
    const { store } = open();
    const claim = await claimed(store);

    await store.complete([{ claim }]);

    const stored = await item(claim.id);
    expect(stored).toMatchObject({ status: { S: 'COMPLETED' }, outcome: { S: 'done' }, owner: { S: claim.token } });
    expect(stored).not.toHaveProperty('in_progress_expiration');
    expect(stored).not.toHaveProperty('data');
    expect(stored).not.toHaveProperty('validation');
  });

  test('of a failed record keeps its first failure and its last error', async () => {
    const { store } = open();
    const claim = await claimed(store);
    await store.fail([{ claim, error: 'TypeError', atMs: START + 5 }]);
    const again = await claimed(store, asks({ id: claim.id }));

    await store.fail([{ claim: again, error: 'RangeError', atMs: START + 900 }]);

    expect(await item(claim.id)).toMatchObject({
      status: { S: 'INPROGRESS' },
      in_progress_expiration: { N: '0' },
      attempts: { N: '2' },
      first_failure_ms: { N: String(START + 5) },
      last_error: { S: 'RangeError' },
    });
  });

  test('keeps nothing of an expired predecessor', async () => {
    const { store } = open();
    const first = await claimed(store);
    await store.fail([{ claim: first, error: 'TypeError', atMs: START }]);
    clock.nowMs = START + 2 * REMEMBER * 1_000;

    const claim = await claimed(store, asks({ id: first.id, payloadDigest: undefined }));

    const stored = await item(claim.id);
    expect(stored).toMatchObject({ attempts: { N: '0' }, owner: { S: claim.token } });
    for (const name of ['first_failure_ms', 'last_error', 'payload_digest', 'outcome']) {
      expect(stored).not.toHaveProperty(name);
    }
  });

  test('takes over a record of a stock layer and forgets its result', async () => {
    const { store } = open();
    const request = asks();
    await putRaw(database.client, database.table, {
      id: { S: request.id },
      status: { S: 'COMPLETED' },
      expiration: { N: String(START / 1_000 - 1) },
      data: { M: { charged: { BOOL: true } } },
      validation: { S: 'hash' },
    });

    await claimed(store, request);

    const stored = await item(request.id);
    expect(stored).not.toHaveProperty('data');
    expect(stored).not.toHaveProperty('validation');
  });
});

describe('C8: lost requests and answers', () => {
  const FAULTS: readonly ClientFault[] = ['request lost', 'answer lost', 'late copy'];
  const first = (wanted: Kind, fault: ClientFault) => (kind: Kind, nth: number) =>
    kind === wanted && nth === 0 ? fault : undefined;

  test.each(FAULTS)('a claim (%s) is unknown, and asked again with its token it is ours', async (fault) => {
    const { store, client } = open(first('insert', fault));
    const request = asks();

    const [unknown] = await store.claim([request]);
    const [answer] = await store.claim([request]);
    await client.deliverLate();

    expect(unknown).toMatchObject({ kind: 'unknown', reason: 'failed' });
    expect(answer).toEqual({ kind: 'claimed', claim: { ...request, attempts: 0 }, takeover: false });
    expect(await item(request.id)).toMatchObject({ owner: { S: request.token } });
  });

  test.each(FAULTS)('a takeover (%s) is unknown, and asked again with its token it is ours', async (fault) => {
    const old = await claimed(open().store);
    await open().store.fail([{ claim: old, error: 'E', atMs: START }]);
    const { store, client } = open(first('update', fault));
    const request = asks({ id: old.id });

    const [unknown] = await store.claim([request]);
    const [answer] = await store.claim([request]);
    await client.deliverLate();

    expect(unknown).toMatchObject({ kind: 'unknown', reason: 'failed' });
    expect(answer).toMatchObject({ kind: 'claimed', claim: { ...request, attempts: 1 } });
    expect(await item(request.id)).toMatchObject({ owner: { S: request.token }, attempts: { N: '1' } });
  });

  test.each(FAULTS)('the read after a refused write (%s) leaves the claim unknown, not absent', async (fault) => {
    const theirs = await claimed(open().store);
    const { store } = open(first('read', fault));
    const request = asks({ id: theirs.id });

    const [unknown] = await store.claim([request]);
    const [answer] = await store.claim([request]);

    expect(unknown?.kind).toBe('unknown');
    expect(answer?.kind).toBe('busy');
  });

  test.each(['complete', 'fail', 'release', 'renew'] as const)(
    'a lost %s recognises itself, and a copy that arrives late changes nothing',
    async (operation) => {
      for (const fault of FAULTS) {
        const claim = await claimed(open().store);
        const { store, client } = open(first('update', fault));
        const act = () =>
          ({
            complete: () => store.complete([{ claim }]),
            fail: () => store.fail([{ claim, error: 'E', atMs: START }]),
            release: () => store.release([{ claim }]),
            renew: () => store.renew([{ claim, leaseUntilMs: START + LEASE + 5_000 }]),
          })[operation]();

        const [unknown] = await act();
        const [answer] = await act();
        const settled = await item(claim.id);
        await client.deliverLate();

        expect([fault, unknown?.kind, answer?.kind]).toEqual([fault, 'unknown', 'written']);
        expect(await item(claim.id)).toEqual(settled);
      }
    },
  );

  test('a write that was throttled is told from one that failed, and both from one that is refused for good', async () => {
    const throttled = open(() => 'throttled').store;
    const missing = storeOver(database.client, 'no-such-table');

    const answers = [...(await throttled.claim([asks()])), ...(await missing.claim([asks()]))];

    expect(answers).toEqual([
      expect.objectContaining({ kind: 'unknown', reason: 'throttled' }),
      expect.objectContaining({ kind: 'unknown', reason: 'refused' }),
    ]);
  });

  test('a request that fails leaves the answers of the other requests as they are', async () => {
    const { store } = open((kind, nth) => (kind === 'insert' && nth === 1 ? 'request lost' : undefined));

    const answers = await store.claim(Array.from({ length: 60 }, () => asks()));

    expect(answers.map(({ kind }) => kind)).toEqual([
      ...Array.from({ length: 25 }, () => 'claimed'),
      ...Array.from({ length: 25 }, () => 'unknown'),
      ...Array.from({ length: 10 }, () => 'claimed'),
    ]);
  });
});

describe('C3: races between a read and a takeover', () => {
  /** Lets others act between the read and the takeover of one claim. */
  async function between(old: Claim, act: () => Promise<unknown>) {
    const racing = {
      send: (async (command: Command) => {
        if (kindOf(command) === 'update') await act();
        return database.client.send(command as never);
      }) as never,
    };
    const [answer] = await storeOver(racing).claim([asks({ id: old.id })]);
    return answer;
  }

  test('a claim that is renewed after it was read is not taken over', async () => {
    const { store } = open();
    const old = await claimed(store);
    clock.nowMs = START + LEASE + 2_001;

    const answer = await between(old, () => store.renew([{ claim: old, leaseUntilMs: clock.nowMs + LEASE }]));

    expect(answer).toEqual({ kind: 'busy', leaseUntilMs: clock.nowMs + LEASE });
  });

  test('a claim that is completed after it was read is closed', async () => {
    const { store } = open();
    const old = await claimed(store);
    clock.nowMs = START + LEASE + 2_001;

    const answer = await between(old, () => store.complete([{ claim: old }]));

    expect(answer).toEqual({ kind: 'closed', outcome: 'done' });
  });

  test('a claim that another took over, failed and gave back after it was read is taken with that failure', async () => {
    const { store } = open();
    const old = await claimed(store);
    await store.release([{ claim: old }]);
    let acted = false;

    const answer = await between(old, async () => {
      if (acted) return;
      acted = true;
      const other = await claimed(store, asks({ id: old.id }));
      await store.fail([{ claim: other, error: 'E', atMs: START }]);
    });

    expect(answer).toMatchObject({ kind: 'claimed', claim: { attempts: 1 } });
  });

  test('a claim that is always taken by another first is busy, not asked for without end', async () => {
    const { store } = open();
    const old = await claimed(store);
    await store.release([{ claim: old }]);

    const answer = await between(old, async () => {
      const other = await claimed(store, asks({ id: old.id }));
      await store.release([{ claim: other }]);
    });

    expect(answer?.kind).toBe('busy');
  });

  test('two workers that take over at once: one wins, the other sees its claim', async () => {
    const old = await claimed(open().store);
    clock.nowMs = START + LEASE + 2_001;

    const answers = await Promise.all(
      [open(), open(), open()].map(async ({ store }) => (await store.claim([asks({ id: old.id })]))[0]?.kind),
    );

    expect(answers.sort()).toEqual(['busy', 'busy', 'claimed']);
  });

  test('an item that is read as absent though it is there is not taken over', async () => {
    const old = await claimed(open().store);
    const vanishing = storeOver({
      send: (async (command: Command) =>
        kindOf(command) === 'read' ? {} : database.client.send(command as never)) as never,
    });

    const [answer] = await vanishing.claim([asks({ id: old.id })]);

    expect(answer?.kind).toBe('busy');
    expect((await open().store.complete([{ claim: old }]))[0]).toEqual({ kind: 'written' });
  });
});

describe('C3: races with a stock layer, whose records have no token', () => {
  const stock = (id: string, changes: RawItem = {}): RawItem => ({
    id: { S: id },
    status: { S: 'INPROGRESS' },
    expiration: { N: String(START / 1_000 + 3_600) },
    in_progress_expiration: { N: String(START - 60_000) },
    ...changes,
  });

  /** What a claim is told when a stock layer writes between its read and its takeover. */
  async function beside(changes: RawItem) {
    const request = asks();
    await putRaw(database.client, database.table, stock(request.id));
    const racing = {
      send: (async (command: Command) => {
        if (kindOf(command) === 'update') {
          await putRaw(database.client, database.table, stock(request.id, changes));
        }
        return database.client.send(command as never);
      }) as never,
    };
    return (await storeOver(racing).claim([request]))[0];
  }

  test('it completes its record, which stays as it was but for its status', async () => {
    expect(await beside({ status: { S: 'COMPLETED' } })).toEqual({ kind: 'closed', outcome: 'done' });
  });

  test('it claims the record anew within the same second, so only the lease differs', async () => {
    const leaseUntilMs = START + 9_000;

    const answer = await beside({ in_progress_expiration: { N: String(leaseUntilMs) } });

    expect(answer).toEqual({ kind: 'busy', leaseUntilMs });
  });
});

test('C5: a record that a stock layer completed over our claim is done, and stays as it is', async () => {
  const { store } = open();
  const claim = await claimed(store);
  await putRaw(database.client, database.table, { ...(await item(claim.id)), status: { S: 'COMPLETED' } });
  const before = await item(claim.id);

  const answers = [
    ...(await store.renew([{ claim, leaseUntilMs: START + 2 * LEASE }])),
    ...(await store.fail([{ claim, error: 'E', atMs: START }])),
    ...(await store.release([{ claim }])),
    ...(await store.complete([{ claim }])),
  ];

  // Completed it is, and nobody asks by whom.
  expect(answers.map(({ kind }) => kind)).toEqual(['lost', 'lost', 'lost', 'written']);
  expect(await item(claim.id)).toEqual(before);
});

describe('C2: reads', () => {
  const readsOf = (client: FaultyClient) =>
    client.sent
      .filter((command) => kindOf(command) === 'read')
      .map(({ input }) => (input as { RequestItems: Record<string, object> }).RequestItems[database.table]);

  test('what stands in the way is read consistently', async () => {
    const theirs = await claimed(open().store);
    const { client, store } = open();

    await store.claim([asks({ id: theirs.id })]);

    expect(readsOf(client)).toEqual([expect.objectContaining({ ConsistentRead: true })]);
  });

  test('a look-up is consistent, and no result of a stock layer travels with it', async () => {
    const { client, store } = open();
    const request = asks();
    await putRaw(database.client, database.table, {
      id: { S: request.id },
      status: { S: 'COMPLETED' },
      data: { S: 'x'.repeat(390_000) },
    });
    let received = '';
    const recording = storeOver({
      send: (async (command: Command) => {
        const answer = await client.send(command as never);
        received += JSON.stringify(answer);
        return answer;
      }) as never,
    });

    const answers = [...(await recording.lookUp([request])), ...(await recording.claim([request]))];

    expect(answers).toEqual(Array.from({ length: 2 }, () => ({ kind: 'closed', outcome: 'done' })));
    expect(received.length).toBeLessThan(5_000);
    expect(readsOf(client)).toEqual([
      expect.objectContaining({ ConsistentRead: true }),
      expect.objectContaining({ ConsistentRead: true }),
    ]);
    expect(await store.lookUp([asks()])).toEqual([{ kind: 'open' }]);
  });
});

describe('requests', () => {
  const many = (count: number) => Array.from({ length: count }, () => asks());

  test('1,000 records are claimed and completed in 80', async () => {
    const { client, store } = open();

    const answers = await store.claim(many(1_000));
    const written = await store.complete(
      answers.flatMap((answer) => (answer.kind === 'claimed' ? [{ claim: answer.claim }] : [])),
    );

    expect(written.filter(({ kind }) => kind === 'written')).toHaveLength(1_000);
    expect(client.sent).toHaveLength(80);
  });

  test('1,000 records are looked up in 10', async () => {
    const { client, store } = open();

    await store.lookUp(many(1_000));

    expect(client.sent).toHaveLength(10);
  });

  test('what is done already costs a claim its part of one read more, and nothing of it is written', async () => {
    const requests = many(100);
    const before = await open().store.claim(requests);
    await open().store.complete(before.map((answer) => ({ claim: (answer as { claim: Claim }).claim })));
    const { store, sent } = open();

    const answers = await store.claim(requests.map(({ id }) => asks({ id })));

    expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(['closed']));
    expect(sent).toEqual({ insert: 4, update: 0, read: 1 });
  });

  test('an empty batch sends nothing, and a key that stands twice neither', async () => {
    const { client, store } = open();
    const claim = await claimed(open().store);
    const twice = asks();

    await Promise.all([store.lookUp([]), store.claim([]), store.complete([]), store.release([])]);
    const answers = [...(await store.claim([twice, asks(), twice])), ...(await store.complete([{ claim }, { claim }]))];

    expect(client.sent).toEqual([]);
    expect(answers).toHaveLength(5);
    for (const answer of answers) {
      expect(answer).toMatchObject({ kind: 'unknown', reason: 'refused' });
      expect((answer as { error: Error }).error.message).toMatch(/^The key shop#orders#\d+ stands twice in a batch/);
    }
  });
});

describe('C3: the item vanishes, as TTL does it, between any two requests', () => {
  const remove = (id: string) =>
    database.client.send(new DeleteItemCommand({ TableName: database.table, Key: { id: { S: id } } }));

  /** Removes the item before the n-th request of a store. */
  function vanishing(id: string, before: number) {
    let requests = 0;
    return storeOver({
      send: (async (command: Command) => {
        if (requests++ === before) await remove(id);
        return database.client.send(command as never);
      }) as never,
    });
  }

  test.each([0, 1, 2])('before request %i of a claim that takes over what has expired', async (before) => {
    const old = await claimed(open().store);
    await open().store.fail([{ claim: old, error: 'E', atMs: START }]);
    clock.nowMs = START + 2 * REMEMBER * 1_000;
    const request = asks({ id: old.id });

    const [answer] = await vanishing(old.id, before).claim([request]);

    expect(answer).toMatchObject({ kind: 'claimed', claim: { ...request, attempts: 0 } });
    expect(await item(old.id)).toMatchObject({ owner: { S: request.token } });
  });

  test('before the read of a claim that meets what is done: what was forgotten begins anew', async () => {
    const old = await claimed(open().store);
    await open().store.complete([{ claim: old }]);

    const [answer] = await vanishing(old.id, 1).claim([asks({ id: old.id })]);

    expect(answer).toMatchObject({ kind: 'claimed', takeover: false });
  });

  test.each(['complete', 'fail', 'release', 'renew'] as const)(
    'before a %s: the claim is lost, and nothing is created',
    async (operation) => {
      const claim = await claimed(open().store);
      const store = vanishing(claim.id, 0);

      const [answer] = await {
        complete: () => store.complete([{ claim }]),
        fail: () => store.fail([{ claim, error: 'E', atMs: START }]),
        release: () => store.release([{ claim }]),
        renew: () => store.renew([{ claim, leaseUntilMs: START + 2 * LEASE }]),
      }[operation]();

      expect(answer).toEqual({ kind: 'lost' });
      expect(await item(claim.id)).toBeUndefined();
    },
  );
});

test('the name of an error is kept up to 256 characters: an item has a limit', async () => {
  const { store } = open();
  const claim = await claimed(store);

  const [answer] = await store.fail([{ claim, error: 'E'.repeat(500_000), atMs: START }]);

  expect(answer).toEqual({ kind: 'written' });
  expect((await item(claim.id))?.last_error).toEqual({ S: 'E'.repeat(256) });
});

describe('late copies', () => {
  type Step =
    | { readonly do: 'claim' | 'renew' | 'complete' | 'fail' | 'release'; readonly worker: number }
    | { readonly do: 'wait'; readonly ms: number };
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({
      do: fc.constantFrom('claim', 'claim', 'renew', 'complete', 'fail', 'fail', 'release'),
      worker: fc.nat(2),
    }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 10_000, 33_000) }),
  );

  test('no request that was sent before changes anything when a copy of it arrives later', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
        clock.nowMs = START;
        const { client, store } = open();
        const { id } = asks();
        const claims = new Map<number, Claim>();
        for (const given of steps) {
          if (given.do === 'wait') clock.nowMs += given.ms;
          else if (given.do === 'claim') {
            const [answer] = await store.claim([asks({ id, offset: given.worker })]);
            if (answer?.kind === 'claimed') claims.set(given.worker, answer.claim);
          } else {
            const claim = claims.get(given.worker);
            if (!claim) continue;
            if (given.do === 'fail') await store.fail([{ claim, error: 'E', atMs: clock.nowMs }]);
            else if (given.do === 'renew') await store.renew([{ claim, leaseUntilMs: clock.nowMs + LEASE }]);
            else await store[given.do]([{ claim }]);
          }
          const before: RawItem | undefined = await item(id);
          for (const command of client.sent) {
            if (kindOf(command) !== 'read') await client.deliverAgain(command);
          }
          expect(await item(id)).toEqual(before);
        }
      }),
      { numRuns: 60 },
    );
  });
});

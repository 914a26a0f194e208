import { ERROR_CODES } from '../../../contract/error-codes';
import { processRecords } from '../../../handlers';
import { json } from '../../../handlers/record/json';
import { EFFECTS, type SentCommand, TABLE, TableWorld, WAYS, type Way } from '../../support/table-world';
import { event, MAPPINGS } from '../../support/virtual-world';

const BATCH = event({ 0: [at(1, 'a'), at(2, 'b')], 1: [at(1, 'c')] });
const ALL = ['orders-0@1', 'orders-0@2', 'orders-1@1'];
const LEDGER = 'ledger#shop-orders#u-1#1#orders#0';
/** Base64 of SHA-256 of JSON.stringify('a'), by another program than the one under test. */
const IDENTITY_A = 'shop-orders#orders#rI2DQruyNi0T8KVZo2IbtAcBE2iJUWS2KKVPf8M/xDw=';

function at(offset: number, id: string, key?: string) {
  return { offset, value: { id }, timestamp: 1_789_999_000_000 + offset, ...(key && { key }) };
}

const effectsOf = (w: TableWorld) => Promise.all(['a', 'b', 'c'].map((id) => w.effects(id)));
const named = (name: string, message: string) => Object.assign(new Error(message), { name });

describe.each(WAYS)('%s', (way) => {
  let w: TableWorld;
  beforeEach(async () => {
    w = await TableWorld.start(way);
  });

  async function expectNothingRuns(open: string[] | 'died', code: string, text: string) {
    expect(open).toEqual(ALL);
    expect(await effectsOf(w)).toEqual([0, 0, 0]);
    expect(w.codes()).toContain(ERROR_CODES.storeUnavailable);
    expect(w.errors()).toContain(text);
    expect(w.errors()).toContain(code);
  }

  async function expectDone() {
    expect(await w.untilDone(BATCH)).toEqual([]);
    expect(await effectsOf(w)).toEqual([1, 1, 1]);
  }

  test.each([
    ['another name', [['pk', 'S', 'HASH']]],
    ['another type', [['id', 'N', 'HASH']]],
    [
      'a sort key',
      [
        ['id', 'S', 'HASH'],
        ['sk', 'S', 'RANGE'],
      ],
    ],
  ] as const)('a table whose key has %s: nothing runs, and the error says which key is needed', async (_, key) => {
    await w.createTable({
      TableName: 'Other',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: key.map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
      KeySchema: key.map(([AttributeName, , KeyType]) => ({ AttributeName, KeyType })),
    });

    const open = await w.deliver(BATCH, { table: 'Other' });

    await expectNothingRuns(
      open,
      'MSK_ONCE_TABLE_KEY_INVALID',
      'one partition key named id, a string, with no sort key',
    );
    await expectDone();
  });

  test('a table that is missing, or in another region: nothing runs, and the error says where it must be', async () => {
    const open = await w.deliver(BATCH, { table: 'Elsewhere' });

    await expectNothingRuns(
      open,
      'MSK_ONCE_TABLE_MISSING',
      "no idempotency table Elsewhere in the function's account and region",
    );
    await expectDone();
  });

  test('no permission at all: nothing runs, and the error names the action and the grant', async () => {
    const denied = (name: string) => {
      const action = name === 'BatchGetItemCommand' ? 'dynamodb:BatchGetItem' : 'dynamodb:PartiQLUpdate';
      return named(
        'AccessDeniedException',
        `User: arn:aws:sts::111122223333:assumed-role/Orders/fn is not authorized to perform: ${action} on resource: arn:aws:dynamodb:eu-west-1:111122223333:table/${TABLE} because no identity-based policy allows the ${action} action`,
      );
    };

    const open = await w.deliver(BATCH, { fateOf: denied });

    // The first that is asked: a look-up where identities are remembered alone, else the claim.
    const action = way === 'identity' ? 'dynamodb:BatchGetItem' : 'dynamodb:PartiQLUpdate';
    await expectNothingRuns(open, 'MSK_ONCE_TABLE_ACCESS_DENIED', `it lacks ${action} (`);
    expect(w.errors()).toContain('KafkaProcessor grants it in the statement ClaimRecords');
    await expectDone();
  });

  test('no permission to mark: the error names the action and the grant, nothing is lost', async () => {
    const text = (action: string) =>
      `User: x is not authorized to perform: ${action} on resource: arn:aws:dynamodb:eu-west-1:111122223333:table/${TABLE}`;
    const isMark = (name: string, nth: number) =>
      w.isTransaction() ? name === 'TransactWriteItemsCommand' : name === 'BatchExecuteStatementCommand' && nth === 1;
    const action = w.isTransaction() ? 'dynamodb:UpdateItem' : 'dynamodb:PartiQLUpdate';
    // A partition and its claim are there already: the second write is the mark.
    await w.deliver(event({ 0: [at(0, 'before')], 1: [at(0, 'beside')] }));

    const open = await w.deliver(BATCH, {
      fateOf: (name, nth) => (isMark(name, nth) ? named('AccessDeniedException', text(action)) : 'arrives'),
    });

    expect(open).toEqual(ALL);
    expect(w.errors()).toContain('MSK_ONCE_TABLE_ACCESS_DENIED');
    expect(w.errors()).toContain(`it lacks ${action} (`);
    expect(await w.untilDone(BATCH)).toEqual([]);
    // As for any effect without its mark: once more, but never in a transaction.
    for (const times of await effectsOf(w)) expect(times).toBeLessThanOrEqual(w.isTransaction() ? 1 : 2);
    for (const times of await effectsOf(w)) expect(times).toBeGreaterThanOrEqual(1);
  });

  test('no permission, said of each member of a batch: the same', async () => {
    const action = 'dynamodb:PartiQLUpdate';
    const Message = `User: x is not authorized to perform: ${action} on resource: arn:aws:dynamodb:eu-west-1:1:table/${TABLE}`;
    const denying = {
      send: (async (command: SentCommand) => {
        if (command.constructor.name !== 'BatchExecuteStatementCommand') return w.client.send(command as never);
        const { Statements } = command.input as { Statements: readonly object[] };
        return { Responses: Statements.map(() => ({ Error: { Code: 'AccessDenied', Message } })) };
      }) as never,
    };

    const open = await w.deliver(BATCH, { client: denying });

    await expectNothingRuns(open, 'MSK_ONCE_TABLE_ACCESS_DENIED', `it lacks ${action} (`);
    await expectDone();
  });

  test('a mapping without source: refused where offsets are remembered, before anything is asked', async () => {
    const mappings = { Orders: { consumer: 'shop-orders', generation: 1 } };
    const { worker, handler } = w.worker({ mappings });

    const answer = w.invoke(worker, handler, BATCH);

    if (way === 'identity') {
      expect(await answer).toEqual([]);
      return;
    }
    await expect(answer).rejects.toThrow(/consumer "shop-orders" in MSK_ONCE_MAPPINGS has no source/);
    expect(worker.sent).toEqual([]);
    expect(await effectsOf(w)).toEqual([0, 0, 0]);
    // Lambda fails the invocation, and the batch comes again.
    await expectDone();
  });

  test('a mapping that started at LATEST and is read from the beginning later: all of it runs once', async () => {
    const later = Array.from({ length: 6 }, (_, n) => at(1_000 + n, `late${n}`));
    expect(await w.deliver(event({ 0: later.slice(0, 3) }))).toEqual([]);
    expect(await w.deliver(event({ 0: later.slice(3) }))).toEqual([]);
    const history = Array.from({ length: 20 }, (_, n) => at(990 + n, n < 10 ? `old${n}` : `late${n - 10}`)).slice(
      0,
      16,
    );

    // From the beginning, through what was done and beyond it.
    expect(await w.untilDone(event({ 0: [...history, at(1_006, 'a'), at(1_007, 'b')], 1: [at(1, 'c')] }))).toEqual([]);

    for (const n of [0, 9]) expect(await w.effects(`old${n}`)).toBe(1);
    for (const n of [0, 5]) expect(await w.effects(`late${n}`)).toBe(1);
    expect(await effectsOf(w)).toEqual([1, 1, 1]);
  });
});

describe.each(WAYS.filter((way) => way !== 'identity'))('%s: a ledger item written by hand', (way) => {
  let w: TableWorld;
  /** Puts something else into an item that the runtime itself has written. */
  async function poison(odd: object) {
    expect(await w.deliver(event({ 0: [at(0, 'before')] }))).toEqual([]);
    const [good] = (await w.items()).filter(({ id }) => id?.S === LEDGER);
    expect(good).toMatchObject({ lease_until_ms: { N: '0' } });
    await w.put({ ...good, ...odd });
  }
  /** To the last byte that the service takes. */
  async function fill() {
    await poison({});
    const good = (await w.items()).find(({ id }) => id?.S === LEDGER);
    let taken = 0;
    for (let step = 256 * 1_024; step >= 1; step /= 2) {
      taken += await w.put({ ...good, note: { S: 'x'.repeat(taken + step) } }).then(
        () => step,
        () => 0,
      );
    }
  }
  const standing = async () => JSON.stringify((await w.items()).find(({ id }) => id?.S === LEDGER));
  beforeEach(async () => {
    w = await TableWorld.start(way);
  });

  test.each([
    ['its seq is no number', { seq: { S: 'seven' } }, 'seq'],
    ['its runs are text', { runs: { S: '0-1' } }, 'runs'],
    ['its runs are cut off', { runs: { B: Buffer.from([0x80]) } }, 'runs'],
    ['its lease is no number', { lease_until_ms: { S: 'tomorrow' } }, 'lease_until_ms'],
    ['its claimants are no list', { claimants: { S: 'me' } }, 'claimants'],
    ['its delivered is no list', { delivered: { N: '3' } }, 'delivered'],
    ['its high is below every offset', { high: { N: '-7' } }, 'high'],
    ['its attempts are no bytes', { attempts: { L: [] } }, 'attempts'],
  ])('%s: that partition stays open and is told by name, others go on', async (_, odd, attribute) => {
    await poison(odd);

    const open = await w.deliver(BATCH);

    expect(open).toEqual(['orders-0@1', 'orders-0@2']);
    expect(await effectsOf(w)).toEqual([0, 0, 1]);
    expect(w.codes()).toContain(ERROR_CODES.ledgerUnreadable);
    expect(w.errors()).toContain(LEDGER);
    expect(w.errors()).toContain(attribute);
    // The cure that the error names.
    await w.remove((item) => item.id?.S === LEDGER);
    expect(await w.untilDone(BATCH)).toEqual([]);
    expect(await effectsOf(w)).toEqual([1, 1, 1]);
  });

  test('a lease of a thousand years: its partition is open after a wait, others go on', async () => {
    await poison({ lease_until_ms: { N: String(w.time.nowMs + 1_000 * 365 * 86_400_000) } });
    const stood = await standing();
    const startedAtMs = w.time.nowMs;

    const open = await w.deliver(BATCH);

    expect(open).toEqual(['orders-0@1', 'orders-0@2']);
    expect(w.time.nowMs - startedAtMs).toBeLessThan(15_000);
    expect(await effectsOf(w)).toEqual([0, 0, 1]);
    expect(w.codes()).toContain(ERROR_CODES.partitionBusy);
    expect(await standing()).toBe(stood);
  });

  test('an item near 400 KB: its partition is open, others go on', async () => {
    await fill();

    const open = await w.deliver(BATCH);

    expect(open).toEqual(['orders-0@1', 'orders-0@2']);
    expect(await effectsOf(w)).toEqual([0, 0, 1]);
    expect(w.errors()).toMatch(/size/i);
    expect(w.errors()).toContain(LEDGER);
    // The cure.
    await w.remove((item) => item.id?.S === LEDGER);
    expect(await w.untilDone(BATCH)).toEqual([]);
    expect(await effectsOf(w)).toEqual([1, 1, 1]);
  });
});

describe.each(['identity', 'transaction with identity'] as const)('%s: an identity item in the table', (way) => {
  let w: TableWorld;
  let nowSeconds: number;
  beforeEach(async () => {
    w = await TableWorld.start(way);
    nowSeconds = Math.floor(w.time.nowMs / 1_000);
  });

  test.each([
    ['an unknown status', { status: { S: 'FINISHED' } }],
    ['a status of another type', { status: { N: '1' } }],
    ['no status at all', {}],
  ])('poisoned, %s: the record stays open until the item expires, others go on', async (_, odd) => {
    await w.put({ id: { S: IDENTITY_A }, expiration: { N: String(nowSeconds + 600) }, ...odd });
    const batch = event({ 0: [at(1, 'a', 'k'), at(2, 'b', 'l')], 1: [at(1, 'c')] });

    const open = await w.deliver(batch, { order: 'key' });

    expect(open).toEqual(['orders-0@1']);
    expect(await effectsOf(w)).toEqual([0, 1, 1]);
    expect(w.errors()).toContain('orders-0@1 stays open');
    await w.time.sleep(700_000);
    expect(await w.untilDone(batch, { order: 'key' })).toEqual([]);
    expect(await effectsOf(w)).toEqual([1, 1, 1]);
  });

  test('a stock Powertools record, completed: the record is a duplicate', async () => {
    await w.put({
      id: { S: IDENTITY_A },
      status: { S: 'COMPLETED' },
      expiration: { N: String(nowSeconds + 600) },
      data: { M: { result: { S: 'x'.repeat(300_000) } } },
    });

    expect(await w.deliver(BATCH)).toEqual([]);
    expect(await effectsOf(w)).toEqual([0, 1, 1]);
  });

  test('a stock Powertools record, completed and expired: the record runs', async () => {
    await w.put({ id: { S: IDENTITY_A }, status: { S: 'COMPLETED' }, expiration: { N: String(nowSeconds - 1) } });

    expect(await w.untilDone(BATCH)).toEqual([]);
    expect(await effectsOf(w)).toEqual([1, 1, 1]);
  });

  test('a stock Powertools record, expired, with a result that fills 400 KB: the record runs', async () => {
    const used = 2 + IDENTITY_A.length + 6 + 9 + 10 + 7 + 4 + 'data'.length;
    await w.put({
      id: { S: IDENTITY_A },
      status: { S: 'COMPLETED' },
      expiration: { N: String(nowSeconds - 1) },
      data: { S: 'x'.repeat(400 * 1_024 - used) },
    });

    expect(await w.untilDone(BATCH)).toEqual([]);
    expect(await effectsOf(w)).toEqual([1, 1, 1]);
  });

  test('a stock Powertools record in progress: its lease is waited for, and then the record runs', async () => {
    await w.put({
      id: { S: IDENTITY_A },
      status: { S: 'INPROGRESS' },
      expiration: { N: String(nowSeconds + 3_600) },
      in_progress_expiration: { N: String(w.time.nowMs + 5_000) },
    });
    const leaseEndsAtMs = w.time.nowMs + 5_000;
    const happenedBefore: number[] = [];

    for (let open: string[] | 'died' = ALL; open.length > 0; ) {
      open = await w.deliver(BATCH);
      if (w.time.nowMs < leaseEndsAtMs) happenedBefore.push(await w.effects('a'));
      await w.time.sleep(500);
    }

    expect(await effectsOf(w)).toEqual([1, 1, 1]);
    expect(happenedBefore.filter((times) => times > 0)).toEqual([]);
    expect(w.time.nowMs).toBeGreaterThan(leaseEndsAtMs);
  });

  test.each([0, 1, 2, 3])(
    'TTL deletes what has expired right before request %i: the effect happens once',
    async (n) => {
      await w.put({ id: { S: IDENTITY_A }, status: { S: 'COMPLETED' }, expiration: { N: String(nowSeconds - 1) } });
      let requests = 0;
      const { client } = w;
      const racing = {
        send: (async (command: never) => {
          requests += 1;
          if (requests === n + 1) await w.remove(({ expiration }) => Number(expiration?.N ?? nowSeconds) < nowSeconds);
          return client.send(command);
        }) as never,
      };

      expect(await w.untilDone(BATCH, { client: racing })).toEqual([]);
      expect(requests).toBeGreaterThan(n);
      expect(await effectsOf(w)).toEqual([1, 1, 1]);
    },
  );
});

test('a claim that is deleted while its record runs is not made again by its completion: the record is open, and told', async () => {
  const w = await TableWorld.start('identity');

  const open = await w.deliver(BATCH, {
    after: async ({ value }) => {
      if (value.id === 'a') await w.remove((item) => item.id?.S === IDENTITY_A);
    },
  });

  expect(open).toEqual(expect.arrayContaining(['orders-0@1']));
  expect((await w.items()).filter(({ id }) => id?.S === IDENTITY_A)).toEqual([]);
  expect(w.errors()).toContain('The effect of orders-0@1 happened, and its mark was not saved');
});

test.each(['transaction', 'transaction with identity'] as const)(
  '%s: no permission on the table of the effects: nothing is written, and the error names action, table and cure',
  async (way) => {
    const w = await TableWorld.start(way);
    const text = `User: x is not authorized to perform: dynamodb:UpdateItem on resource: arn:aws:dynamodb:eu-west-1:111122223333:table/${EFFECTS} because no identity-based policy allows it`;

    const open = await w.deliver(BATCH, {
      fateOf: (name) => (name === 'TransactWriteItemsCommand' ? named('AccessDeniedException', text) : 'arrives'),
    });

    expect(open).toEqual(ALL);
    expect(await effectsOf(w)).toEqual([0, 0, 0]);
    expect(w.errors()).toContain(`it lacks dynamodb:UpdateItem on the table ${EFFECTS}`);
    expect(w.errors()).toContain('table.grantWriteData(processor.function)');
    // Granted, and nothing was counted against the records meanwhile.
    const attempts: number[] = [];
    const before = ({ attempt }: { readonly attempt: number }) => void attempts.push(attempt);
    expect(await w.untilDone(BATCH, { before })).toEqual([]);
    expect(attempts).toEqual([1, 1, 1]);
    expect(await effectsOf(w)).toEqual([1, 1, 1]);
  },
);

describe('writes over 400 KB', () => {
  test.each(['transaction', 'transaction with identity'] as const)(
    '%s: the permanent error of their record alone; the others are committed',
    async (way) => {
      const w = await TableWorld.start(way);
      const blob = 'x'.repeat(410_000);
      const writes = ({ id }: { readonly id: string }) => ({
        Put: { TableName: EFFECTS, Item: { id, effects: 1, ...(id === 'b' && { blob }) } },
      });

      const open = await w.deliver(BATCH, { writes, order: 'none' });

      expect(open).toEqual(['orders-0@2']);
      expect(await effectsOf(w)).toEqual([1, 0, 1]);
      expect(w.codes()).toEqual([ERROR_CODES.writesTooLarge]);
      expect(w.errors()).toMatch(/orders-0@2 stays open.*409600/);
      expect(w.errors()).not.toContain('xxxx');
    },
  );
});

describe.each(['ledger', 'transaction'] as const)('%s: more holes than the ledger holds', (way) => {
  test('L6: an open record that the service gave up is told before its hole is closed, and others are no news', async () => {
    const w = await TableWorld.start(way);
    const giveUp = ({ value }: { readonly value: { readonly id: string } }) => {
      if (value.id === 'a') throw new Error('not now');
    };
    expect(await w.deliver(event({ 0: [at(0, 'a'), at(1, 'b')] }), { before: giveUp, order: 'none' })).toEqual([
      'orders-0@0',
    ]);

    // Deliveries, each with a gap of 9 below it that was never delivered: the narrowest hole is that of offset 0.
    const told: number[] = [];
    for (let n = 1; n <= 257; n += 1) {
      expect(await w.deliver(event({ 0: [at(10 * n, `n${n}`)] }))).toEqual([]);
      if (w.codes().includes(ERROR_CODES.abandoned) && told.length === 0) told.push(n);
    }

    // Below delivery n lie n gaps and offset 0.
    expect(told).toEqual([256]);
    expect(w.errors()).toContain('The offsets 0 to 0 of orders-0 were delivered, stayed open, and are far behind');
    expect(w.codes().filter((code) => code === ERROR_CODES.abandoned)).toHaveLength(1);
  });
});

test('an identity of 500 KB is remembered by its hash, and told from another one', async () => {
  const w = await TableWorld.start('identity');
  const long = 'i'.repeat(500_000);

  expect(await w.untilDone(event({ 0: [at(1, `${long}1`), at(2, `${long}2`), at(3, `${long}1`)] }))).toEqual([]);

  expect([await w.effects(`${long}1`), await w.effects(`${long}2`)]).toEqual([1, 1]);
});

describe('L8: the way of remembering changes between two deliveries of a batch', () => {
  const KINDS: Readonly<Record<Way, readonly string[]>> = {
    ledger: ['offsets'],
    identity: ['identities'],
    transaction: ['offsets'],
    'transaction with identity': ['offsets', 'identities'],
  };
  const changes = WAYS.flatMap((from) => WAYS.filter((to) => to !== from).map((to) => [from, to] as const));

  test.each(changes)('from %s to %s: done once where the two remember by the same, else again', async (from, to) => {
    const w = await TableWorld.start(from);
    expect(await w.deliver(BATCH)).toEqual([]);

    expect(await w.untilDone(BATCH, { way: to })).toEqual([]);

    const isKnown = KINDS[to].some((kind) => KINDS[from].includes(kind));
    expect(await effectsOf(w)).toEqual(isKnown ? [1, 1, 1] : [2, 2, 2]);
  });

  test.each(changes)('from %s to %s, drained before: what comes then runs once', async (from, to) => {
    const w = await TableWorld.start(from);
    expect(await w.deliver(event({ 0: [at(0, 'before')] }))).toEqual([]);

    expect(await w.untilDone(BATCH, { way: to })).toEqual([]);
    expect(await effectsOf(w)).toEqual([1, 1, 1]);
    expect(await w.effects('before')).toBe(1);
  });
});

describe('D5: POWERTOOLS_IDEMPOTENCY_DISABLED', () => {
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
  });
  const environment = {
    MSK_ONCE_TABLE: TABLE,
    MSK_ONCE_MAPPINGS: JSON.stringify(MAPPINGS),
    MSK_ONCE_REMEMBER_FOR_S: '3600',
    AWS_REGION: 'eu-west-1',
  };
  const declared = [
    ['ledger', {}],
    ['identity', { identity: ({ value }: { value: unknown }) => String(value) }],
    ['transaction', { transaction: true }],
  ] as const;

  test.each(declared)('set: the function does not start, and says what to remove (%s)', (_, more) => {
    process.env = { ...before, ...environment, POWERTOOLS_IDEMPOTENCY_DISABLED: 'true' };

    expect(() => processRecords({ value: json(), process: () => ({}), ...more } as never)).toThrow(
      /POWERTOOLS_IDEMPOTENCY_DISABLED is "true".*Remove the variable.*nothing is lost/,
    );
  });

  test.each(declared)('set to false: it starts (%s)', (_, more) => {
    process.env = { ...before, ...environment, POWERTOOLS_IDEMPOTENCY_DISABLED: 'false' };

    expect(typeof processRecords({ value: json(), process: () => ({}), ...more } as never)).toBe('function');
  });
});

import { type Codec, json, type ProcessRecordsOptions } from '../../handlers';
import { kafkaEvent, openRecords, READINGS, realTime, recordNames, TestClock, testProcessor } from '../../testing';

interface Order {
  readonly id: string;
}

const value = json() as Codec<Order>;
const event = kafkaEvent({ topic: 'orders', records: ['a', 'b', 'c'].map((id) => ({ value: { id } })) });
const identity = ({ value: { id } }: { readonly value: Order }) => id;

/** Effects that stand in for a database of the user's. */
function charging(options: Partial<ProcessRecordsOptions<Order>> = {}) {
  const charged: string[] = [];
  const orders = { value, process: ({ value: { id } }: { value: Order }) => void charged.push(id), ...options };
  return { charged, orders: orders as ProcessRecordsOptions<Order> };
}

describe.each([
  ['ledger', {}],
  ['identity', { identity }],
] as const)('by %s', (_, options) => {
  test('records are done, remembered and not run again', async () => {
    const { charged, orders } = charging(options);
    const processor = testProcessor(orders);

    const first = await processor.handle(event);
    const again = await processor.handle(event);

    expect([openRecords(first), openRecords(again)]).toEqual([[], []]);
    expect(charged).toEqual(['a', 'b', 'c']);
    expect(await processor.outcomes()).toEqual({ 'orders-0@0': 'done', 'orders-0@1': 'done', 'orders-0@2': 'done' });
  });

  test('what fails is open with its attempt, and so is what waits behind it, without one', async () => {
    const { orders } = charging({
      ...options,
      process: ({ value: { id } }) => {
        if (id === 'b') throw new Error('no');
      },
    });
    const processor = testProcessor(orders);

    const response = await processor.handle(event);

    expect(openRecords(response)).toEqual(['orders-0@1', 'orders-0@2']);
    expect(await processor.outcomeOf('orders-0@0')).toBe('done');
    expect(await processor.outcomeOf({ topic: 'orders', partition: 0, offset: 1 })).toBe('open');
    expect(await Promise.all(recordNames(event).map((name) => processor.attemptsOf(name)))).toEqual([0, 1, 0]);
  });

  test.each(READINGS)('a worker killed after an effect has it again, and loses none (%s)', async (reading) => {
    const { charged, orders } = charging(options);
    const processor = testProcessor(orders);
    processor.crashAfterEffect('orders-0@1');

    const deliveries = await processor.deliverUntilDone(event, { reading });

    expect(processor.crashes).toEqual(['after the effect of orders-0@1']);
    expect(deliveries.map(({ error }) => error !== undefined)).toEqual([true, false]);
    expect(charged.filter((id) => id === 'b')).toHaveLength(2);
    expect(new Set(charged)).toEqual(new Set(['a', 'b', 'c']));
    expect(processor.runs.filter(({ record }) => record === 'orders-0@1').map(({ ended }) => ended)).toEqual([
      'resolved',
      'resolved',
    ]);
  });

  test('a worker killed before an effect has not had it', async () => {
    const { charged, orders } = charging(options);
    const processor = testProcessor(orders);
    processor.crashBeforeEffect('orders-0@2');

    await expect(processor.handle(event)).rejects.toThrow('was killed before the effect of orders-0@2');
    const before = [...charged];
    await processor.deliverUntilDone(event);

    expect(before).toEqual(['a', 'b']);
    expect(charged.filter((id) => id === 'c')).toEqual(['c']);
    expect(processor.runs.filter(({ record }) => record === 'orders-0@2').map(({ ended }) => ended)).toEqual([
      'killed',
      'resolved',
    ]);
  });

  test('two runs of the same test are the same', async () => {
    const story = async () => {
      const { orders } = charging(options);
      const processor = testProcessor(orders);
      processor.crashAfterEffect('orders-0@1');
      await processor.deliverUntilDone(event);
      return [processor.runs, processor.logged];
    };

    expect(await story()).toEqual(await story());
  });

  test('in the mode throw an open record makes the handler fail', async () => {
    let isDown = true;
    const { orders } = charging({
      ...options,
      process: () => {
        if (isDown) throw new Error('no');
      },
    });
    const processor = testProcessor(orders, { mode: 'throw' });

    await expect(processor.handle(event)).rejects.toThrow('orders-0@0');
    isDown = false;

    expect(await processor.deliverUntilDone(event)).toHaveLength(1);
  });

  test('an invocation beside another one is a worker of its own, and waits for it', async () => {
    const { charged, orders } = charging(options);
    const processor = testProcessor(orders);

    const responses = await Promise.all([processor.handle(event), processor.handle(event)]);

    expect(responses.map(openRecords)).toEqual([[], []]);
    expect(charged).toEqual(['a', 'b', 'c']);
  });
});

test('by identity a producer duplicate is done and does not run', async () => {
  const { charged, orders } = charging({ identity });
  const processor = testProcessor(orders);
  const twice = kafkaEvent({ topic: 'orders', records: [{ value: { id: 'a' } }, { value: { id: 'a' } }] });

  await processor.handle(twice);

  expect(charged).toEqual(['a']);
  expect(await processor.outcomes()).toEqual({ 'orders-0@0': 'done', 'orders-0@1': 'done' });
});

test('by ledger the closed offsets are those of the partition', async () => {
  const processor = testProcessor(charging().orders);
  await processor.handle(kafkaEvent({ topic: 'orders', records: [{ value: {}, offset: 5 }, { value: {} }] }));

  expect(processor.closedOffsets('orders', 0)).toEqual([{ first: 5, last: 6 }]);
  expect(processor.closedOffsets('orders', 1)).toEqual([]);
});

describe('by transaction', () => {
  const put = ({ value: { id } }: { value: Order }) => ({ Put: { TableName: 'orders', Item: { id, cents: 10n } } });

  test('what was committed is seen in plain values, once, whenever the worker dies', async () => {
    const processor = testProcessor({ value, transaction: true, process: put });
    processor.crashAfterEffect('orders-0@1');
    processor.crashBeforeEffect('orders-0@2');

    await processor.deliverUntilDone(event);

    expect(processor.crashes).toHaveLength(2);
    expect(processor.written).toEqual(
      ['a', 'b', 'c'].map((id) => ({
        Put: { TableName: 'orders', Item: { id, cents: 10 } },
        onConditionFailed: 'transient',
      })),
    );
  });

  test('a condition that does not hold is that of its record', async () => {
    const processor = testProcessor(
      { value, transaction: true, process: (record) => ({ ...put(record), onConditionFailed: 'done' }) },
      { conditionHolds: ({ Put }) => Put?.Item?.id !== 'b' },
    );

    expect(openRecords(await processor.handle(event))).toEqual([]);
    expect(processor.written.map(({ Put }) => Put?.Item?.id)).toEqual(['a', 'c']);
  });
});

describe('time', () => {
  test('stands still while user code waits for something else than the clock', async () => {
    const clock = new TestClock();
    const { orders } = charging({ process: () => new Promise((resolve) => setTimeout(resolve, 20)) });
    const processor = testProcessor(orders, { clock, timeoutMs: 2_000 });
    const startedAtMs = clock.now();

    const response = await processor.handle(event);

    expect(openRecords(response)).toEqual([]);
    // The marks' own pause at most: a deadline in two seconds was not reached.
    expect(clock.now() - startedAtMs).toBeLessThan(1_000);
  });

  test('passes at once where user code sleeps on the clock: a deadline leaves records open', async () => {
    const clock = new TestClock();
    const { orders } = charging({
      process: async ({ signal }) => {
        await clock.sleep(60_000, signal);
        signal.throwIfAborted();
      },
    });
    const processor = testProcessor(orders, { clock, timeoutMs: 100_000 });

    const response = await processor.handle(event);

    expect(openRecords(response)).toEqual(['orders-0@1', 'orders-0@2']);
  });

  test('is turned by the test under code that never ends: the worker ends itself (A5)', async () => {
    const clock = new TestClock();
    const { orders } = charging({ process: () => new Promise(() => undefined) });
    const processor = testProcessor(orders, { clock });
    const outcome = processor.handle(event).catch((error: unknown) => String(error));

    await clock.advance(61_000);

    expect(await outcome).toMatch(/ended itself with code 1: .*orders-0@0/);
    expect(processor.runs).toMatchObject([{ record: 'orders-0@0', ended: 'killed' }]);
  });

  test('may be the real one', async () => {
    const { charged, orders } = charging();
    const processor = testProcessor(orders, { clock: realTime });

    await processor.handle(event);

    expect(charged).toEqual(['a', 'b', 'c']);
  });

  test('stands still while a codec waits', async () => {
    const clock = new TestClock();
    const later: Codec<Order> = {
      name: 'later',
      decode: async (bytes) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return JSON.parse(String(bytes)) as Order;
      },
    };
    const processor = testProcessor(charging({ value: later, identity }).orders, { clock, timeoutMs: 2_000 });

    expect(openRecords(await processor.handle(event))).toEqual([]);
  });
});

test('a lazy thenable is awaited once: an effect of a query builder is one effect', async () => {
  let started = 0;
  const processor = testProcessor({
    value,
    process: () => ({
      // biome-ignore lint/suspicious/noThenProperty: query builders have one
      then(resolve: (rows: number) => void) {
        started += 1;
        resolve(started);
      },
    }),
  });

  await processor.handle(kafkaEvent({ topic: 'orders', records: [{ value: {} }] }));

  expect(started).toBe(1);
});

test('options that processRecords would refuse are refused here', () => {
  expect(() => testProcessor({ value, process: () => undefined, concurrency: 0 })).toThrow('concurrency');
});

test('a record that was not delivered has no outcome, and the error says which were', async () => {
  const processor = testProcessor(charging().orders);
  await processor.handle(event);

  await expect(processor.outcomeOf('orders-0@7')).rejects.toThrow(
    'The record orders-0@7 was not delivered; delivered are orders-0@0, orders-0@1, orders-0@2',
  );
});

test('no payload is in what was logged', async () => {
  const { orders } = charging({
    process: () => {
      throw new Error('no');
    },
  });
  const processor = testProcessor(orders);

  await processor.handle(kafkaEvent({ topic: 'orders', records: [{ value: { id: 'SECRET' } }] }));

  expect(processor.logged.length).toBeGreaterThan(0);
  expect(JSON.stringify(processor.logged)).not.toContain('SECRET');
});

describe('dead letters', () => {
  const bad = kafkaEvent({
    topic: 'orders',
    records: [{ value: { id: 'a' } }, { value: 'no JSON' }, { value: { id: 'c' } }],
  });

  test.each([
    ['ledger', {}],
    ['identity', { identity }],
  ] as const)(
    'by %s a record that can never work is parked with a letter, and its lane goes on',
    async (_, options) => {
      const { charged, orders } = charging(options);
      const processor = testProcessor(orders);

      const response = await processor.handle(bad);

      expect(openRecords(response)).toEqual([]);
      expect(charged).toEqual(['a', 'c']);
      expect(await processor.outcomeOf('orders-0@1')).toBe('parked');
      expect(processor.letters).toEqual([
        expect.objectContaining({ mskOnce: 'letter/1', consumer: 'test', record: bad.records['orders-0']?.[1] }),
      ]);
    },
  );

  test('one that keeps failing is parked after its attempts, with the letter that a crash does not lose', async () => {
    const { orders } = charging({
      maxAttempts: 2,
      retries: 0,
      process: ({ value: { id } }) => {
        if (id === 'b') throw new Error('no');
      },
    });
    const processor = testProcessor(orders);

    const deliveries = await processor.deliverUntilDone(event);

    expect(deliveries.map(({ open }) => open)).toEqual([['orders-0@1', 'orders-0@2'], []]);
    expect(await processor.outcomes()).toEqual({ 'orders-0@0': 'done', 'orders-0@1': 'parked', 'orders-0@2': 'done' });
    expect(await processor.attemptsOf('orders-0@1')).toBe(2);
    expect(processor.letters.map(({ attempts }) => attempts)).toEqual([2]);
  });

  test('where there are none the record stays open', async () => {
    const processor = testProcessor(charging().orders, { deadLetters: false });

    expect(openRecords(await processor.handle(bad))).toEqual(['orders-0@1', 'orders-0@2']);
    expect(processor.letters).toEqual([]);
  });
});

test('the runner may fake its own timers: ours are taken before', async () => {
  jest.useFakeTimers();
  try {
    const clock = new TestClock();
    const processor = testProcessor(charging({ process: () => clock.sleep(1_000) }).orders, { clock });

    expect(openRecords(await processor.handle(event))).toEqual([]);
  } finally {
    jest.useRealTimers();
  }
});

test('a dead worker calls no more user code: a lane beside the crash stops where it is', async () => {
  const clock = new TestClock();
  const began: string[] = [];
  const sides = kafkaEvent({
    topic: 'orders',
    records: [{ value: { id: 'a' } }, ...['b', 'c'].map((id) => ({ value: { id }, partition: 1 }))],
  });
  const { orders } = charging({
    process: async ({ value: { id } }) => {
      began.push(id);
      await clock.sleep(id === 'a' ? 10 : 20);
    },
  });
  const processor = testProcessor(orders, { clock });
  processor.crashAfterEffect('orders-0@0');

  await expect(processor.handle(sides)).rejects.toThrow('MSK_ONCE_TEST_WORKER_ENDED');
  await clock.advance(60_000);

  expect(began).toEqual(['a', 'b']);
  expect(processor.runs.map(({ ended }) => ended)).toEqual(['resolved', 'killed']);
});

test('what a worker held is waited for on the clock, and taken over', async () => {
  const clock = new TestClock();
  const { charged, orders } = charging({ leaseMs: 10_000 });
  const processor = testProcessor(orders, { clock });
  processor.crashBeforeEffect();
  const startedAtMs = clock.now();

  await processor.deliverUntilDone(event);

  expect(charged).toEqual(['a', 'b', 'c']);
  expect(clock.now() - startedAtMs).toBeGreaterThan(10_000);
});

test('an identity in conflict is not done, though its identity is', async () => {
  const processor = testProcessor(charging({ identity }).orders, { deadLetters: false });
  const other = kafkaEvent({ topic: 'orders', records: [{ value: { id: 'a' } }, { value: { id: 'a', cents: 1 } }] });

  await processor.handle(other);

  expect(await processor.outcomes()).toEqual({ 'orders-0@0': 'done', 'orders-0@1': 'open' });
});

test('what a worker had done and not marked runs again, and what it had not begun runs once', async () => {
  const records = ['a', 'b', 'c'].map((id, partition) => ({ value: { id }, partition }));
  const { charged, orders } = charging();
  const processor = testProcessor(orders);
  processor.crashAfterEffect('orders-1@0');

  await processor.deliverUntilDone(kafkaEvent({ topic: 'orders', records }));

  expect(charged).toEqual(['a', 'b', 'a', 'b', 'c']);
});

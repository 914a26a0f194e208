import { ERROR_CODES } from '../../contract/error-codes';
import type { KafkaEvent } from '../../contract/event';
import { type Cell, GUARANTEES, linesOf } from '../support/guarantees';
import { type Fate, type SentCommand, TableWorld, WAYS, type WorkerOptions } from '../support/table-world';
import { event, MAPPINGS } from '../support/virtual-world';

// Each test is one line of docs/guarantees.md: the schedule is here, what happens to the effect is said there.

const SAID = new Map(linesOf(GUARANTEES).map(({ point, cells }) => [point, cells]));
const HOUR_MS = 3_600_000;
const LEASE_MS = 30_000;

/** The batch under test: `a` is the record that the schedule is about, `b` is behind it, `c` in another partition. */
const BATCH = event({ 0: [at(1, 'a'), at(2, 'b')], 1: [at(1, 'c')] });
/** A batch before it, so that tables and partitions are not new. */
const EARLIER = event({ 0: [at(0, 'before')], 1: [at(0, 'beside')] });

function at(offset: number, id: string, timestamp = 1_789_999_000_000 + offset) {
  return { offset, value: { id }, timestamp };
}

const isA = ({ value }: { readonly value: { readonly id: string } }) => value.id === 'a';

/** Whether the request is the first claim, or the first mark, of a worker in that way. */
const isClaim = (name: string, nth: number) => name === 'BatchExecuteStatementCommand' && nth === 0;
const isMarkOf =
  ({ way }: TableWorld) =>
  (name: string, nth: number, { input }: SentCommand) =>
    way.startsWith('transaction')
      ? name === 'TransactWriteItemsCommand' && JSON.stringify(input).includes('{"id":{"S":"a"}}')
      : name === 'BatchExecuteStatementCommand' && nth === 1;

const on =
  (
    is: (name: string, nth: number, command: SentCommand) => boolean,
    fate: Fate,
  ): NonNullable<WorkerOptions['fateOf']> =>
  (...request) =>
    is(...request) ? fate : 'arrives';

const RUNS = [
  ...WAYS.map((way) => ({ name: way, way, independent: false })),
  ...(['transaction', 'transaction with identity'] as const).map((way) => ({
    name: `${way}, independent`,
    way,
    independent: true,
  })),
];

describe.each(RUNS)('$name', ({ way, independent }) => {
  let w: TableWorld;
  beforeEach(async () => {
    w = await TableWorld.start(way, independent);
    expect(await w.deliver(EARLIER)).toEqual([]);
  });

  /** The effect of one record, in the words of the document. */
  async function outcomeOf(id: string): Promise<Cell | string> {
    const times = await w.effects(id);
    return times === 1 ? 'once' : times === 2 ? 'again' : `${times} times`;
  }

  /** Delivers until all is done, once more for good measure, and holds the line of the document to it. */
  async function expectSaid(point: string, batch: KafkaEvent = BATCH, options: WorkerOptions = {}) {
    expect(await w.untilDone(batch, options)).toEqual([]);
    expect(await w.untilDone(batch, options)).toEqual([]);
    expect([point, await outcomeOf('a')]).toEqual([point, SAID.get(point)?.[way]]);
    // Nothing of the batch is lost, and no neighbour is worse off than the record itself.
    for (const id of ['b', 'c']) expect(await w.effects(id)).toBeGreaterThanOrEqual(1);
  }

  const dying = async (options: WorkerOptions) => expect(await w.deliver(BATCH, options)).toBe('died');

  test('before the claim', async () => {
    await dying({ fateOf: () => 'dead before' });

    await expectSaid('before the claim');
  });

  test('claim sent, no answer', async () => {
    await dying({ fateOf: on(isClaim, 'dead after') });

    expect(await w.effects('a')).toBe(0);
    await expectSaid('claim sent, no answer');
  });

  test('claimed, before the start', async () => {
    // At the first line of process(), before anything of the record's own.
    await dying({ before: (_, worker) => worker.die() });

    expect(await w.effects('a')).toBe(0);
    await expectSaid('claimed, before the start');
  });

  test('running', async () => {
    await dying({
      before: async (record, worker) => {
        await w.time.sleep(2_000);
        if (isA(record)) await worker.die();
      },
    });

    expect(await w.effects('a')).toBe(0);
    await expectSaid('running');
  });

  test('effect sent, not accepted', async () => {
    // In a transaction the effect is the request of the commit.
    await dying(
      w.isTransaction()
        ? { fateOf: on(isMarkOf(w), 'dead before') }
        : { before: (record, worker) => (isA(record) ? worker.die() : undefined) },
    );

    expect(await w.effects('a')).toBe(0);
    await expectSaid('effect sent, not accepted');
  });

  test('effect happened, before the mark', async () => {
    // In a transaction there is no such moment: the nearest is a commit that has just taken effect.
    await dying(
      w.isTransaction()
        ? { fateOf: on(isMarkOf(w), 'dead after') }
        : { after: (record, worker) => (isA(record) ? worker.die() : undefined) },
    );

    expect(await w.effects('a')).toBe(1);
    await expectSaid('effect happened, before the mark');
  });

  test('mark sent, no answer', async () => {
    await dying({ fateOf: on(isMarkOf(w), 'dead after') });

    expect(await w.effects('a')).toBe(1);
    await expectSaid('mark sent, no answer');
  });

  test('mark sent, its answer lost, and the worker lives', async () => {
    let isFirst = true;
    const isFirstMark: ReturnType<typeof isMarkOf> = (...request) => {
      const isIt = isFirst && isMarkOf(w)(...request);
      if (isIt) isFirst = false;
      return isIt;
    };

    const open = await w.deliver(BATCH, { fateOf: on(isFirstMark, 'answer lost') });

    expect(open).toEqual([]);
    await expectSaid('mark sent, its answer lost, and the worker lives');
  });

  test('mark durable, before the answer', async () => {
    const { worker, handler } = w.worker();
    // The worker has its answer ready, and dies with it.
    expect(await w.invoke(worker, handler, BATCH)).toEqual([]);
    void worker.die();

    await expectSaid('mark durable, before the answer');
  });

  test('after the answer, before the commit of the offset', async () => {
    expect(await w.deliver(BATCH)).toEqual([]);

    // Another poller begins at the last commit, and cuts its batches elsewhere.
    expect(await w.deliver(event({ 0: [at(0, 'before'), at(1, 'a')], 1: [at(0, 'beside')] }))).toEqual([]);
    expect(await w.deliver(event({ 0: [at(2, 'b'), at(3, 'd')], 1: [at(1, 'c')] }))).toEqual([]);
    expect(await w.effects('d')).toBe(1);
    await expectSaid('after the answer, before the commit of the offset');
  });

  test('time-out', async () => {
    // The effect has happened, and process() goes on without looking at its signal.
    const open = await w.deliver(
      BATCH,
      { after: (record) => (isA(record) ? new Promise(() => undefined) : undefined) },
      20_000,
    );

    expect(open).toBe('died');
    await expectSaid('time-out');
  });

  test('frozen and thawed past its lease', async () => {
    const { worker, handler } = w.worker({ before: (record, self) => (isA(record) ? self.freeze() : undefined) });
    const frozen = w.invoke(worker, handler, BATCH, 600_000);
    await w.time.sleep(2 * LEASE_MS);
    expect(await w.untilDone(BATCH)).toEqual([]);
    expect(await w.effects('a')).toBe(1);

    worker.thaw();
    // What it had started stands or is refused; its marks are refused.
    expect(await frozen).toContain('orders-0@1');
    await expectSaid('frozen and thawed past its lease');
  });

  test('rebalance while the first worker runs', async () => {
    const first = w.deliver(BATCH, { before: () => w.time.sleep(3_000) });
    await w.time.sleep(1_000);
    const second = w.deliver(BATCH);

    expect([await first, await second]).toEqual([[], []]);
    await expectSaid('rebalance while the first worker runs');
  });

  test('late copy of an old request', async () => {
    const { worker, handler } = w.worker();
    await w.invoke(worker, handler, BATCH);
    const more = event({ 0: [at(3, 'd')], 1: [at(2, 'e')] });
    expect(await w.deliver(more)).toEqual([]);
    // Longer than the service knows a request by its token.
    await w.time.sleep(11 * 60_000);
    const stood = JSON.stringify(await w.items());

    for (const command of [...worker.sent, ...worker.sent])
      await w.client.send(command as never).catch(() => undefined);

    expect(JSON.stringify(await w.items())).toBe(stood);
    await expectSaid('late copy of an old request');
    expect(await w.untilDone(more)).toEqual([]);
    expect([await w.effects('d'), await w.effects('e')]).toEqual([1, 1]);
  });

  test('late copy while another worker runs', async () => {
    // Dies between effect and mark; in a transaction with the commit unsent.
    const { worker, handler } = w.worker(
      w.isTransaction() ? { fateOf: on(isMarkOf(w), 'dead before') } : { after: (_, self) => self.die() },
    );
    expect(await w.invoke(worker, handler, BATCH)).toBe('died');
    const happenedBefore = await w.effects('a');
    await w.time.sleep(2 * LEASE_MS);

    const second = w.deliver(BATCH, { before: () => w.time.sleep(2_000) });
    await w.time.sleep(1_000);
    for (const command of worker.sent) await w.client.send(command as never).catch(() => undefined);

    expect(await second).toEqual([]);
    expect((await w.effects('a')) - happenedBefore).toBe(1);
    await expectSaid('late copy while another worker runs');
  });

  test('table down from the start', async () => {
    const open = await w.deliver(BATCH, { fateOf: () => 'lost' });

    expect(open).toEqual(['orders-0@1', 'orders-0@2', 'orders-1@1']);
    expect(w.codes()).toContain(ERROR_CODES.storeUnavailable);
    expect(await w.effects('a')).toBe(0);
    await expectSaid('table down from the start');
  });

  test('table down while a record runs', async () => {
    let isDown = false;
    const open = await w.deliver(BATCH, {
      before: () => {
        isDown = true;
      },
      fateOf: () => (isDown ? 'lost' : 'arrives'),
    });

    expect(open).toEqual(['orders-0@1', 'orders-0@2', 'orders-1@1']);
    // Told where an effect is left without its mark; in a transaction there is no such effect.
    expect(w.errors().includes('The effect of orders-0@1 happened, and its mark was not saved')).toBe(
      !w.isTransaction(),
    );
    await expectSaid('table down while a record runs');
  });

  test('producer duplicate', async () => {
    const twice = event({ 0: [at(1, 'a'), at(2, 'b'), at(3, 'a')], 1: [at(1, 'c')] });

    expect(await w.untilDone(twice)).toEqual([]);
    await expectSaid('producer duplicate', twice);
  });

  test('topic recreated', async () => {
    await w.untilDone(event({ 0: [at(1, 'x'), at(2, 'y')], 1: [at(1, 'z')] }));
    // Other records at the same offsets, newer than all before, and a partition that had none.
    const now = w.time.nowMs;
    const recreated = event({ 0: [at(1, 'a', now), at(2, 'b', now)], 2: [at(0, 'c', now)] });

    const open = await w.untilDone(recreated);

    const waits = way !== 'identity';
    expect(SAID.get('topic recreated')?.[way]).toBe(waits ? 'waits' : 'once');
    expect(open).toEqual(waits ? ['orders-0@1', 'orders-0@2'] : []);
    expect(await w.effects('a')).toBe(waits ? 0 : 1);
    expect(await w.effects('c')).toBe(1);
    if (waits) expect(w.errors()).toMatch(/MSK_ONCE_LEDGER_MISMATCH.*raise generation/);
    // The cure.
    const mappings = { Orders: { ...MAPPINGS.Orders, consumer: 'shop-orders', generation: 2 } };
    expect(await w.untilDone(recreated, { mappings })).toEqual([]);
    expect(await w.effects('a')).toBe(1);
    // Identities hold across the new generation; offsets begin anew.
    expect(await w.effects('c')).toBe(way === 'ledger' || way === 'transaction' ? 2 : 1);
  });

  test('topic refilled with older timestamps where no sample is hit', async () => {
    const old = Array.from({ length: 40 }, (_, n) => at(1 + n, `old${n}`));
    expect(await w.untilDone(event({ 0: old }))).toEqual([]);
    const refilled = event({ 0: [at(10, 'a', 1_000), at(11, 'b', 1_000)] });

    expect(await w.untilDone(refilled)).toEqual([]);

    const skipped = (await w.effects('a')) === 0;
    expect(skipped ? 'skipped' : await outcomeOf('a')).toBe(
      SAID.get('topic refilled with older timestamps where no sample is hit')?.[way],
    );
  });

  test('a filter of the mapping loosened, then a rewind', async () => {
    // A filter holds back what stands between two records of one array.
    const filtered = event({ 0: [at(1, 'kept'), at(3, 'b')], 1: [at(1, 'c')] });
    const next = event({ 1: [at(3, 'later')] });
    const whole = event({
      0: [at(1, 'kept'), at(2, 'a'), at(3, 'b')],
      1: [at(1, 'c'), at(2, 'between two batches'), at(3, 'later')],
    });
    expect(await w.untilDone(filtered)).toEqual([]);
    expect(await w.untilDone(next)).toEqual([]);
    expect(await w.effects('a')).toBe(0);

    expect(await w.untilDone(whole)).toEqual([]);
    expect(await w.untilDone(whole)).toEqual([]);

    const said = SAID.get('a filter of the mapping loosened, then a rewind')?.[way];
    const skipped = (await w.effects('a')) === 0;
    expect(skipped ? 'skipped' : await outcomeOf('a')).toBe(said);
    // Nobody is told.
    expect(w.errors()).toBe('');
    for (const id of ['kept', 'b', 'c', 'between two batches', 'later']) expect(await w.effects(id)).toBe(1);
    // The cure.
    const mappings = { Orders: { ...MAPPINGS.Orders, consumer: 'shop-orders', generation: 2 } };
    expect(await w.untilDone(whole, { mappings })).toEqual([]);
    expect(await w.effects('a')).toBe(1);
    // It begins anew for all offsets; identities hold across it.
    expect(await w.effects('b')).toBe(way === 'ledger' || way === 'transaction' ? 2 : 1);
  });

  test('LATEST start read from the beginning later', async () => {
    // The mapping began at the end: what it delivered lies far above.
    expect(await w.deliver(event({ 0: [at(1_000, 'late1'), at(1_001, 'late2')], 1: [at(500, 'late3')] }))).toEqual([]);

    await expectSaid('LATEST start read from the beginning later');
  });

  test('redelivered after rememberFor', async () => {
    expect(await w.deliver(BATCH)).toEqual([]);
    await w.time.sleep(2 * HOUR_MS);
    // What TTL does, as late as it likes.
    const nowSeconds = w.time.nowMs / 1_000;
    await w.remove((item) => item.expiration !== undefined && Number(item.expiration.N) < nowSeconds);

    await expectSaid('redelivered after rememberFor');
  });

  test('redelivered after rememberFor, before TTL has deleted anything', async () => {
    expect(await w.deliver(BATCH)).toEqual([]);
    await w.time.sleep(2 * HOUR_MS);

    await expectSaid('redelivered after rememberFor, before TTL has deleted anything');
  });

  test('producer duplicate after rememberFor', async () => {
    expect(await w.deliver(BATCH)).toEqual([]);
    await w.time.sleep(2 * HOUR_MS);

    await expectSaid('producer duplicate after rememberFor', event({ 0: [at(3, 'a'), at(4, 'b')], 1: [at(2, 'c')] }));
  });

  test('clocks differ by clockSkewMs', async () => {
    const first = w.deliver(BATCH, { aheadMs: -1_000, before: () => w.time.sleep(40_000) }, 120_000);
    await w.time.sleep(5_000);
    const second = w.deliver(BATCH, { aheadMs: 1_000 }, 100_000);

    await Promise.all([first, second]);
    await expectSaid('clocks differ by clockSkewMs');
  });

  test('clocks differ by more than a lease', async () => {
    const first = w.deliver(BATCH, { before: () => w.time.sleep(4_000) });
    await w.time.sleep(1_000);
    const second = w.deliver(BATCH, { aheadMs: 10 * 60_000 });

    await Promise.all([first, second]);
    await expectSaid('clocks differ by more than a lease');
  });

  test('restored table', async () => {
    const backup = await w.items();
    expect(await w.deliver(BATCH)).toEqual([]);

    await w.remove(() => true);
    for (const item of backup) await w.put(item);

    await expectSaid('restored table');
  });

  test('another consumer of the same topic, in the same table', async () => {
    const mappings = { Orders: { ...MAPPINGS.Orders, consumer: 'another', source: 'u-1', generation: 1 } };
    expect(await w.untilDone(BATCH, { mappings })).toEqual([]);

    await expectSaid('another consumer of the same topic, in the same table');
  });
});

describe.each(RUNS)('$name, at every request of a batch', ({ way, independent }) => {
  const FATES = [
    ['the worker dies before it', 'dead before'],
    ['the worker dies behind it', 'dead after'],
    ['it is lost', 'lost'],
    ['its answer is lost', 'answer lost'],
  ] as const;

  test.each(FATES)(
    '%s: nothing is lost, and nothing repeated but by a death outside of a transaction',
    async (_, fate) => {
      for (let n = 0, isOver = false; !isOver; n += 1) {
        const w = await TableWorld.start(way, independent);
        let requests = 0;
        const fateOf = (): Fate => {
          requests += 1;
          return requests === n + 1 ? fate : 'arrives';
        };

        const open = await w.deliver(BATCH, { fateOf });

        isOver = requests <= n;
        // A worker that lives goes on by itself.
        if (!fate.startsWith('dead')) expect([n, open]).toEqual([n, []]);
        expect([n, await w.untilDone(BATCH)]).toEqual([n, []]);
        for (const id of ['a', 'b', 'c']) {
          const times = await w.effects(id);
          const most = fate.startsWith('dead') && !w.isTransaction() ? 2 : 1;
          expect([n, id, times >= 1 && times <= most]).toEqual([n, id, true]);
        }
        // At the least: a claim, and a mark.
        if (isOver) expect(n).toBeGreaterThanOrEqual(2);
      }
    },
  );
});

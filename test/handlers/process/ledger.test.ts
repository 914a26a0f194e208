import { ERROR_CODES } from '../../../contract/error-codes';
import { createProcessor } from '../../../handlers/create-processor';
import type { LedgerStore } from '../../../handlers/ledger/ledger-store';
import { settingsOf } from '../../../handlers/options';
import { MortalStore } from '../../support/faulty-store';
import { event, failures, ids, ledger, ProcessEnded, type World, world } from '../../support/virtual-world';

const LEASE = 10_000;
const SKEW = 1_000;

const idOf = (partition: number) => `ledger#shop-orders#u-1#1#orders#${partition}`;
const stored = (w: World, partition = 0) => w.all.ledger.items.get(idOf(partition));
const runs = (w: World, partition = 0) =>
  stored(w, partition)
    ?.state.runs.map(({ first, last }) => `${first}-${last}`)
    .join(' ');
const numbered = (count: number) => ids(...Array.from({ length: count }, (_, n) => `n${n}`));
const codes = (w: World) => w.logged.flatMap(({ fields }) => fields.code ?? []);

/** Another worker owns the partition. */
async function foreign(w: World, partition: number, leaseMs: number) {
  const leaseUntilMs = w.time.nowMs + leaseMs;
  const request = { id: idOf(partition), token: 'foreign', leaseUntilMs, first: 0n, last: 0n };
  const [answer] = await w.all.ledger.claim([request]);
  if (answer?.kind !== 'claimed') throw new Error(`not claimed: ${answer?.kind}`);
  return answer.claim;
}

describe('L1: the claim of a partition', () => {
  test('each record runs once, and a redelivery is skipped', async () => {
    const w = world();
    const ran: string[] = [];
    const handler = w.handler(ledger(({ value, partition }) => void ran.push(`${value.id}@${partition}`)));
    const batch = event({ 0: ids('a', 'b', 'a'), 1: ids('a') });

    const first = await handler(batch, w.context());
    const again = await handler(batch, w.context());

    expect([failures(first), failures(again)]).toEqual([[], []]);
    // A producer duplicate has an offset of its own.
    expect(ran.sort()).toEqual(['a@0', 'a@0', 'a@1', 'b@0']);
    expect(w.logged.at(-1)?.fields).toMatchObject({ records: 4, done: 0, duplicate: 4 });
    expect([runs(w, 0), runs(w, 1)]).toEqual(['0-2', '0-0']);
  });

  test('of 60 partitions is one request, and so is their last mark', async () => {
    const w = world();
    const partitions = Object.fromEntries(Array.from({ length: 60 }, (_, partition) => [partition, ids('a', 'b')]));
    let effects = 0;

    const answer = await w.handler(
      ledger(() => {
        effects += 1;
      }),
    )(event(partitions), w.context());

    expect(failures(answer)).toEqual([]);
    expect(effects).toBe(120);
    expect(w.store.batches.map(({ operation, ids: { length } }) => [operation, length])).toEqual([
      ['claimPartition', 60],
      ['mark', 60],
    ]);
  });

  test('a live foreign lease is waited for at most about a lease; other partitions go on, nothing is counted', async () => {
    const w = world();
    const startedAtMs = w.time.nowMs;
    const claim = await foreign(w, 0, 600_000);
    const ran: string[] = [];
    const handler = w.handler(
      ledger(({ value, attempt }) => {
        ran.push(`${value.id}${attempt} ${Math.floor((w.time.nowMs - startedAtMs) / 1_000)}`);
      }),
    );

    const answer = await handler(event({ 0: ids('a', 'b'), 1: ids('c', 'd') }), w.context(300_000));
    const waitedMs = w.time.nowMs - startedAtMs;
    await w.all.ledger.mark([
      { id: idOf(0), token: 'foreign', seq: claim.seq, state: claim.state, leaseUntilMs: undefined },
    ]);
    const again = await handler(event({ 0: ids('a', 'b') }), w.context());

    expect([failures(answer), failures(again)]).toEqual([['orders-0@0', 'orders-0@1'], []]);
    expect(waitedMs).toBeGreaterThan(LEASE);
    expect(waitedMs).toBeLessThanOrEqual(LEASE + 3 * SKEW);
    expect(ran.slice(0, 2)).toEqual(['c1 0', 'd1 0']);
    expect(ran.slice(2).map((one) => one.split(' ')[0])).toEqual(['a1', 'b1']);
    expect(codes(w)).toEqual([ERROR_CODES.partitionBusy]);
  });

  test('a live foreign lease is not waited for past the deadline', async () => {
    const w = world();
    const startedAtMs = w.time.nowMs;
    await foreign(w, 0, 600_000);
    const process = jest.fn();

    const answer = await w.handler(ledger(process))(event({ 0: ids('a') }), w.context(8_000));

    expect(failures(answer)).toEqual(['orders-0@0']);
    expect(process).not.toHaveBeenCalled();
    expect(w.time.nowMs - startedAtMs).toBeLessThanOrEqual(7_000);
  });

  test('a partition that is given back meanwhile brings what was closed meanwhile', async () => {
    const w = world();
    const claim = await foreign(w, 0, LEASE);
    const ran: string[] = [];
    const state = { ...claim.state, runs: [{ first: 0n, last: 1n }], high: 1n, highTimestampMs: 2 ** 42 };
    void w.time
      .sleep(3_000)
      .then(() =>
        w.all.ledger.mark([{ id: idOf(0), token: 'foreign', seq: claim.seq, state, leaseUntilMs: undefined }]),
      );

    const answer = await w.handler(ledger(({ value }) => void ran.push(value.id)))(
      event({ 0: ids('a', 'b', 'c') }),
      w.context(),
    );

    expect(failures(answer)).toEqual([]);
    expect(ran).toEqual(['c']);
  });

  test('a crashed worker is taken over after its lease and 2 skews, never before', async () => {
    const w = world();
    const mortal = new MortalStore(w.store);
    const dying = w.handler(
      ledger(() => {
        mortal.dead = true;
        return new Promise(() => undefined);
      }),
      { store: mortal, exit: () => new Promise(() => undefined) as never },
    );
    const startedAtMs = w.time.nowMs;
    void dying(event({ 0: ids('a') }), w.context(20_000)).catch(() => undefined);
    while (!mortal.dead) await w.time.sleep(1);
    const starts: number[] = [];

    const answer = await w.handler(ledger(() => void starts.push(w.time.nowMs - startedAtMs)))(
      event({ 0: ids('a') }),
      w.context(),
    );

    expect(failures(answer)).toEqual([]);
    expect(starts).toHaveLength(1);
    expect(starts[0]).toBeGreaterThan(LEASE + 2 * SKEW);
    expect(starts[0]).toBeLessThanOrEqual(LEASE + 3 * SKEW);
  });

  test.each(['request lost', 'answer lost', 'late copy', 'throttled'] as const)(
    'a claim that meets %s is asked again under its token: nobody waits for a lease, and a late copy takes nothing',
    async (fault) => {
      const w = world({
        faultOf: ({ operation, nth }) => (operation === 'claimPartition' && nth < 2 ? fault : undefined),
      });
      const startedAtMs = w.time.nowMs;
      const ran: string[] = [];
      const handler = () => w.handler(ledger(({ value }) => void ran.push(value.id)));

      const first = await handler()(event({ 0: ids('a') }), w.context());
      await w.store.deliverLate();
      const second = await handler()(event({ 0: ids('a', 'b') }), w.context());

      expect([failures(first), failures(second)]).toEqual([[], []]);
      expect(ran).toEqual(['a', 'b']);
      expect(w.time.nowMs - startedAtMs).toBeLessThan(1_000);
    },
  );

  test('two workers on one partition: the second waits, and finds everything done', async () => {
    const w = world({ latencyMs: () => 5 });
    const ran: string[] = [];
    const handler = (name: string) =>
      w.handler(
        ledger(async ({ value }) => {
          ran.push(`${name} ${value.id}`);
          await w.time.sleep(2_000);
        }),
      );
    const batch = event({ 0: ids('a', 'b', 'c') });

    const answers = await Promise.all([handler('1')(batch, w.context()), handler('2')(batch, w.context())]);

    expect(answers.map(failures)).toEqual([[], []]);
    expect(ran).toEqual(['1 a', '1 b', '1 c']);
  });

  test('a mapping without a source is refused before anything runs', async () => {
    const w = world();
    const process = jest.fn();
    const settings = settingsOf(ledger(process));
    const handler = createProcessor(settings, { Orders: { consumer: 'shop-orders', generation: 1 } }, w.ports);

    await expect(handler(event({ 0: ids('a') }), w.context())).rejects.toThrow(ERROR_CODES.ledgerSourceMissing);

    expect(process).not.toHaveBeenCalled();
  });
});

describe('L2: marks', () => {
  /** The instants at which marks were sent, in ms since the start. */
  const marks = (w: World, startedAtMs: number, partition = 0) =>
    w.store.calls
      .filter((call) => call.operation === 'mark' && call.partition === partition)
      .map(({ atMs }) => atMs - startedAtMs);

  test('go by time: what has ended waits at most one checkpoint, and instant records go in one mark', async () => {
    const w = world();
    const startedAtMs = w.time.nowMs;

    await w.handler(ledger(() => w.time.sleep(100)))(event({ 0: numbered(10), 1: ids('a') }), w.context());
    await w.handler(ledger(() => undefined))(event({ 2: numbered(500) }), w.context());

    // Records end at 100, 200, … ; the first unmarked ones at 100, 400 and 700; the last one gives the partition back.
    expect(marks(w, startedAtMs)).toEqual([350, 650, 950, 1_000]);
    expect(marks(w, startedAtMs, 1)).toEqual([100]);
    expect(marks(w, startedAtMs, 2)).toEqual([1_000]);
  });

  test('go every third of a lease at least, however far the checkpoint is', async () => {
    const w = world();
    const startedAtMs = w.time.nowMs;

    await w.handler(ledger(() => w.time.sleep(100), { checkpointMs: 60_000 }))(event({ 0: numbered(80) }), w.context());

    const sent = marks(w, startedAtMs);
    expect(sent).toEqual([3_334, 6_668, 8_000]);
  });

  test('of a partition go one at a time, however slow the store', async () => {
    const w = world({ latencyMs: ({ operation }) => (operation === 'mark' ? 700 : 0) });
    const startedAtMs = w.time.nowMs;

    const answer = await w.handler(ledger(() => w.time.sleep(100)))(event({ 0: numbered(30) }), w.context());

    const sent = marks(w, startedAtMs);
    expect(failures(answer)).toEqual([]);
    expect(sent.length).toBeGreaterThan(3);
    sent.slice(1).forEach((atMs, index) => {
      expect(atMs - (sent[index] as number)).toBeGreaterThanOrEqual(700);
    });
  });

  test('renew the lease every third of it while a slow record runs, against a second worker', async () => {
    const w = world();
    const startedAtMs = w.time.nowMs;
    let leastMs = Number.POSITIVE_INFINITY;
    const long = w.handler(
      ledger(async () => {
        for (let second = 0; second < 60; second += 1) {
          await w.time.sleep(1_000);
          leastMs = Math.min(leastMs, (stored(w)?.leaseUntilMs ?? 0) - w.time.nowMs);
        }
      }),
    )(event({ 0: ids('a') }), w.context(600_000));
    await w.time.sleep(5_000);
    const process = jest.fn();

    const second = await w.handler(ledger(process))(event({ 0: ids('a') }), w.context());
    const answer = await long;

    expect([failures(answer), failures(second)]).toEqual([[], ['orders-0@0']]);
    expect(process).not.toHaveBeenCalled();
    expect(leastMs).toBeGreaterThanOrEqual((2 * LEASE) / 3 - 1);
    const sent = marks(w, startedAtMs);
    expect(sent.length).toBeGreaterThanOrEqual(60_000 / (LEASE / 3) - 1);
    expect(sent.length).toBeLessThanOrEqual(60_000 / (LEASE / 3) + 2);
  });

  test('that close the crashed worker’s records hold: only what ended since the last one runs again', async () => {
    const w = world();
    const mortal = new MortalStore(w.store);
    const ran: string[] = [];
    const dying = w.handler(
      ledger(async ({ value }) => {
        await w.time.sleep(100);
        ran.push(value.id);
        if (value.id === 'n5') mortal.dead = true;
      }),
      { store: mortal, exit: () => new Promise(() => undefined) as never },
    );
    void dying(event({ 0: numbered(8) }), w.context(20_000)).catch(() => undefined);
    while (!mortal.dead) await w.time.sleep(1);
    const before = runs(w);

    await w.time.sleep(LEASE + 3 * SKEW);
    const again: string[] = [];
    const answer = await w.handler(ledger(({ value }) => void again.push(value.id)))(
      event({ 0: numbered(8) }),
      w.context(),
    );

    // Ended at 100, 200, 300 and marked at 350; 400, 500 and 600 were to be marked at 650.
    expect(before).toBe('0-2');
    expect(failures(answer)).toEqual([]);
    expect(again).toEqual(['n3', 'n4', 'n5', 'n6', 'n7']);
  });

  test.each(['request lost', 'answer lost', 'late copy', 'throttled'] as const)(
    'that meet %s are sent again; a late copy changes nothing',
    async (fault) => {
      const w = world({ faultOf: ({ operation, nth }) => (operation === 'mark' && nth % 3 === 0 ? fault : undefined) });
      const ran: string[] = [];
      const handler = w.handler(
        ledger(async ({ value }) => {
          ran.push(value.id);
          await w.time.sleep(400);
        }),
      );

      const first = await handler(event({ 0: numbered(6) }), w.context());
      const item = stored(w);
      await w.store.deliverLate();

      expect(failures(first)).toEqual([]);
      expect(ran).toHaveLength(6);
      expect([runs(w), stored(w)]).toEqual(['0-5', item]);
    },
  );
});

describe('L3: a mark that is refused', () => {
  const steal = (w: World, partition = 0) => {
    const item = stored(w, partition);
    if (item === undefined) throw new Error('nobody has claimed it');
    const leaseUntilMs = w.time.nowMs + LEASE;
    w.all.ledger.items.set(idOf(partition), { ...item, owner: 'thief', seq: item.seq + 1, leaseUntilMs });
  };

  test('nothing more starts on the partition, signals are aborted, what is unmarked is open, other partitions go on', async () => {
    const w = world();
    const ran: string[] = [];
    const reasons: unknown[] = [];
    const handler = w.handler(
      ledger(
        async ({ value, signal }) => {
          ran.push(value.id);
          if (value.id === 'a') await w.time.sleep(400);
          if (value.id === 'b') {
            await w.time.sleep(100);
            steal(w);
          }
          if (value.id === 'long') {
            await w.time.sleep(60_000, signal);
            reasons.push(signal.reason);
            signal.throwIfAborted();
          }
          if (value.id === 'x') await w.time.sleep(5_000);
        },
        { order: 'key' },
      ),
    );
    const record = (key: string, id: string) => ({ key, value: { id } });

    const answer = await handler(
      event({
        0: [record('k', 'a'), record('k', 'b'), record('k', 'c'), record('l', 'long'), record('l', 'm')],
        1: [record('k', 'x'), record('k', 'y')],
      }),
      w.context(),
    );

    // a was marked at 650 ms at the latest; b ends at 500 and steals: its mark is refused.
    expect(ran).toEqual(['a', 'long', 'x', 'b', 'c', 'y']);
    expect(failures(answer)).toEqual(['orders-0@0', 'orders-0@1', 'orders-0@2', 'orders-0@3', 'orders-0@4']);
    expect(reasons).toEqual([expect.objectContaining({ code: ERROR_CODES.partitionLost })]);
    const unsaved = w.logged.filter(({ message }) => message.includes('its mark was not saved'));
    expect(unsaved.map(({ message }) => message.match(/orders-\d@\d/)?.[0])).toEqual([
      'orders-0@0',
      'orders-0@1',
      'orders-0@2',
    ]);
    expect(stored(w)?.owner).toBe('thief');
  });

  test('an effect that ends after its partition was lost is reported, and its record is open', async () => {
    const w = world();
    const handler = w.handler(
      ledger(async ({ value }) => {
        if (value.id === 'a') return steal(w);
        // Ignores its signal.
        await w.time.sleep(2_000);
      }),
    );

    const answer = await handler(event({ 0: ids('a', 'b', 'c') }), w.context());

    expect(failures(answer)).toEqual(['orders-0@0', 'orders-0@1', 'orders-0@2']);
    expect(w.logged.flatMap(({ message }) => message.match(/effect of (\S+) happened/)?.[1] ?? [])).toEqual([
      'orders-0@0',
      'orders-0@1',
    ]);
  });

  test('the loss counts no attempt of anything', async () => {
    const w = world();
    const handler = w.handler(
      ledger(async ({ value, signal }) => {
        if (value.id === 'a') return steal(w);
        await w.time.sleep(60_000, signal);
        signal.throwIfAborted();
      }),
    );
    await handler(event({ 0: ids('a', 'b') }), w.context());

    expect(stored(w)?.state.attempts).toEqual([]);
  });

  test('an earlier write of our own is adopted, and the rest is written on top of it', async () => {
    const w = world();
    let marks = 0;
    const { inner } = w.store;
    const overtaking: LedgerStore = {
      claim: (batch) => inner.ledger.claim(batch),
      mark: async (batch) => {
        marks += 1;
        // A write of ours with less in it, which was given up, has come before this one.
        const earlier = batch.map((one) => ({ ...one, state: { ...one.state, runs: [{ first: 0n, last: 0n }] } }));
        if (marks === 1)
          await inner.ledger.mark(earlier.map((one) => ({ ...one, leaseUntilMs: w.time.nowMs + LEASE })));
        return inner.ledger.mark(batch);
      },
    };
    const ran: string[] = [];
    const handler = w.handler(
      ledger(({ value }) => void ran.push(value.id)),
      { store: { ...w.all, ledger: overtaking } },
    );

    const answer = await handler(event({ 0: ids('a', 'b', 'c') }), w.context());

    expect(failures(answer)).toEqual([]);
    expect([ran, marks, runs(w)]).toEqual([['a', 'b', 'c'], 2, '0-2']);
    expect(stored(w)?.leaseUntilMs).toBe(0);
  });
});

describe('L4: the lease before each start', () => {
  test('once it has run out, less the skew, nothing starts', async () => {
    const w = world({ faultOf: ({ operation }) => (operation === 'mark' ? 'throttled' : undefined) });
    const startedAtMs = w.time.nowMs;
    const starts: number[] = [];
    const handler = w.handler(
      ledger(async () => {
        starts.push(w.time.nowMs - startedAtMs);
        await w.time.sleep(3_000);
      }),
    );

    const answer = await handler(event({ 0: numbered(6) }), w.context(30_000));

    expect(starts).toEqual([0, 3_000, 6_000]);
    expect(failures(answer)).toHaveLength(6);
    expect(codes(w)).toContain(ERROR_CODES.leaseOver);
  });

  test.each([
    ['nobody came meanwhile goes on under a renewed lease', 0, ['a', 'b', 'c'], []],
    ['another worker came meanwhile starts nothing', 3 * SKEW, ['a'], ['orders-0@0', 'orders-0@1', 'orders-0@2']],
  ])('a sandbox that was frozen for its lease: where %s', async (_, longerMs, expected, open) => {
    const w = world();
    const ran: string[] = [];
    const handler = w.handler(
      ledger(async ({ value }) => {
        ran.push(value.id);
        if (value.id !== 'a') return;
        // The process stands still, timers and all, and the wall clock goes on.
        w.time.nowMs += LEASE + longerMs;
        if (longerMs > 0) await foreign(w, 0, 60_000);
      }),
    );

    const answer = await handler(event({ 0: ids('a', 'b', 'c') }), w.context());

    expect([ran, failures(answer)]).toEqual([expected, open]);
  });
});

describe('L5: giving back', () => {
  test('goes with the last mark of a partition, while others still run', async () => {
    const w = world();
    const long = w.handler(ledger(({ partition }) => w.time.sleep(partition === 0 ? 100 : 60_000)))(
      event({ 0: ids('a'), 1: ids('b') }),
      w.context(600_000),
    );
    await w.time.sleep(200);
    const startedAtMs = w.time.nowMs;

    const answer = await w.handler(ledger(() => undefined))(event({ 0: ids('a', 'c') }), w.context());
    const tookMs = w.time.nowMs - startedAtMs;

    expect(failures(answer)).toEqual([]);
    expect(tookMs).toBeLessThan(50);
    expect(stored(w, 1)?.leaseUntilMs).toBeGreaterThan(w.time.nowMs);
    expect(failures(await long)).toEqual([]);
    expect(stored(w, 1)).toMatchObject({ leaseUntilMs: 0, state: { unclean: 0 } });
  });

  test('also when every record of it is open: the next delivery does not wait', async () => {
    const w = world();
    const startedAtMs = w.time.nowMs;
    const handler = w.handler(
      ledger(() => {
        throw new Error('no');
      }),
    );

    for (let delivery = 0; delivery < 4; delivery += 1) await handler(event({ 0: ids('a', 'b') }), w.context());

    expect(w.time.nowMs - startedAtMs).toBeLessThan(1_000);
    expect(stored(w)).toMatchObject({ leaseUntilMs: 0, state: { runs: [], unclean: 0 } });
  });

  test('A5: a partition in which something has not settled is marked and not given back; the others are', async () => {
    const w = world();
    const startedAtMs = w.time.nowMs;
    const handler = w.handler(
      ledger(async ({ value, partition, signal }) => {
        if (value.id === 'stuck') return new Promise(() => undefined);
        if (partition === 2) {
          await w.time.sleep(60_000, signal);
          await w.time.sleep(450);
        }
      }),
    );

    await expect(
      handler(event({ 0: ids('a', 'stuck', 'b'), 1: ids('c'), 2: ids('late', 'd') }), w.context(15_000)),
    ).rejects.toThrow(ProcessEnded);

    expect(w.time.nowMs - startedAtMs).toBeLessThan(15_000);
    expect([runs(w, 0), runs(w, 1), runs(w, 2)]).toEqual(['0-0', '0-0', '0-0']);
    expect(stored(w, 0)?.leaseUntilMs).toBeGreaterThan(w.time.nowMs);
    expect([stored(w, 1)?.leaseUntilMs, stored(w, 2)?.leaseUntilMs]).toEqual([0, 0]);
  });
});

describe('L6, O2: offsets', () => {
  test('gaps between neighbours are closed, gaps between deliveries and open records are not', async () => {
    const w = world();
    const handler = w.handler(
      ledger(
        ({ value }) => {
          if (value.id === 'x') throw new Error('no');
        },
        { order: 'none' },
      ),
    );
    const at = (offset: number, id: string) => ({ offset, value: { id } });

    await handler(event({ 0: [at(10, 'a'), at(13, 'x'), at(20, 'b')] }), w.context());
    await handler(event({ 0: [at(30, 'c'), at(32, 'd')] }), w.context());

    expect(runs(w)).toBe('10-12 14-20 30-32');
  });

  test('a batch that is read from the beginning later runs: what lies below is no history', async () => {
    const w = world();
    const ran: number[] = [];
    const handler = w.handler(ledger(({ offset }) => void ran.push(offset)));

    await handler(event({ 0: [{ offset: 1_000, value: { id: 'new' } }] }), w.context());
    const answer = await handler(event({ 0: ids('a', 'b') }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(ran).toEqual([1_000, 0, 1]);
  });

  test('an array that starts above a known open offset is counted as orderGap', async () => {
    const w = world();
    const handler = w.handler(
      ledger(({ value }) => {
        if (value.id === 'b') throw new Error('no');
      }),
    );
    const later = { 0: [{ offset: 7, value: { id: 'z' } }] };

    await handler(event({ 0: ids('a', 'b', 'c') }), w.context());
    expect(w.logged.at(-1)?.fields).toMatchObject({ orderGap: 0 });
    await handler(event(later), w.context());
    expect(w.logged.at(-1)?.fields).toMatchObject({ orderGap: 1 });
  });

  test('offsets up to 2^53-1 are remembered exactly', async () => {
    const w = world();
    const ran: number[] = [];
    const handler = w.handler(ledger(({ offset }) => void ran.push(offset)));
    const last = Number.MAX_SAFE_INTEGER;
    const batch = event({ 0: [last - 2, last - 1, last].map((offset) => ({ offset, value: { id: 'a' } })) });

    await handler(batch, w.context());
    const again = await handler(batch, w.context());

    expect(failures(again)).toEqual([]);
    expect(ran).toEqual([last - 2, last - 1, last]);
    expect(runs(w)).toBe(`${last - 2}-${last}`);
  });
});

describe('L6: the bound of 256 holes below an array', () => {
  /** One record in each delivery, with a gap to the one before. */
  async function gaps(w: World, count: number, from: number, step: number) {
    const handler = w.handler(ledger(() => undefined));
    for (let n = 0; n < count; n += 1) {
      await handler(event({ 0: [{ offset: from + n * step, value: { id: 'a' } }] }), w.context());
    }
  }
  const noticed = (w: World) => w.logged.map(({ fields }) => fields.holesClosed).filter((count) => Number(count) > 0);

  test('the narrowest is closed and counted, without an alarm where nothing was delivered in it', async () => {
    const w = world();

    // Below offset 0 there is no hole; each later delivery leaves one of 1 offset.
    await gaps(w, 257, 0, 2);
    expect(noticed(w)).toEqual([]);
    await gaps(w, 2, 514, 2);

    expect(noticed(w)).toEqual([1, 1]);
    expect(runs(w)?.split(' ')[0]).toBe('0-4');
    expect(w.logged.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('where a record was delivered in it, the service gave it up: an error line before the write that closes it', async () => {
    const w = world();
    const failing = w.handler(
      ledger(({ value }) => {
        if (value.id === 'b') throw new Error('no');
      }),
    );
    await failing(event({ 0: ids('a', 'b', 'c').map((record, offset) => ({ ...record, offset })) }), w.context());
    // c has not run: it comes again, b never does.
    await gaps(w, 1, 2, 1);
    await gaps(w, 255, 10, 10);
    expect(codes(w)).not.toContain(ERROR_CODES.abandoned);
    const marksBefore = w.store.requests('mark');
    let atAlarm = -1;
    const log = {
      info: () => undefined,
      error: () => {
        atAlarm = w.store.requests('mark');
      },
    };

    await w.handler(
      ledger(() => undefined),
      { log },
    )(event({ 0: [{ offset: 100_000, value: { id: 'z' } }] }), w.context());

    expect(atAlarm).toBe(marksBefore);
    expect(runs(w)?.split(' ')[0]).toBe('0-2');
    expect(stored(w)?.state.attempts).toEqual([]);
  });
});

describe('L7: an offset that comes again as another record', () => {
  const first = event({ 0: ids('a', 'b', 'c'), 1: ids('d') });
  const recreated = (timestamp: number) =>
    event({
      0: [
        { offset: 0, value: { id: 'other' }, timestamp },
        ...ids('x', 'y').map((one, n) => ({ ...one, offset: 3 + 3 * n })),
      ],
      1: [{ offset: 1, value: { id: 'e' } }],
    });

  test.each([
    ['is older and differs from its sample', 1],
    ['is newer than everything that was closed', 1_999_999_999_999],
  ])(
    'and %s: its partition stays open, no attempt is counted, others go on, the error names the cure',
    async (_, timestamp) => {
      const w = world();
      const ran: string[] = [];
      const handler = w.handler(ledger(({ value, attempt }) => void ran.push(`${value.id}${attempt}`)));
      await handler(first, w.context());

      const answers = [
        failures(await handler(recreated(timestamp), w.context())),
        failures(await handler(recreated(timestamp), w.context())),
      ];

      expect(answers).toEqual([
        ['orders-0@0', 'orders-0@3', 'orders-0@6'],
        ['orders-0@0', 'orders-0@3', 'orders-0@6'],
      ]);
      expect(ran.sort()).toEqual(['a1', 'b1', 'c1', 'd1', 'e1']);
      expect(codes(w)).toEqual([ERROR_CODES.ledgerMismatch, ERROR_CODES.ledgerMismatch]);
      const line = w.logged.find(({ fields }) => fields.code === ERROR_CODES.ledgerMismatch);
      expect(line?.fields.reason).toMatch(/generation/);
      expect(stored(w)).toMatchObject({ leaseUntilMs: 0 });
    },
  );

  test('a mismatch changes nothing of what is remembered', async () => {
    const w = world();
    const handler = w.handler(ledger(() => undefined));
    await handler(first, w.context());
    const { claimants: _, ...before } = stored(w)?.state ?? {};

    await handler(recreated(1), w.context());

    expect(stored(w)?.state).toMatchObject(before);
  });
});

describe('values', () => {
  test("tombstones: 'skip' closes them as done, and process never sees them", async () => {
    const w = world();
    const ran: string[] = [];
    const handler = w.handler(ledger(({ value }) => void ran.push(value.id), { tombstones: 'skip' } as object));
    const batch = event({ 0: [{}, ...ids('a'), {}].map((one, offset) => ({ ...one, offset })) });

    const answers = [failures(await handler(batch, w.context()))];
    expect(w.logged.at(-1)?.fields).toMatchObject({ done: 3, open: 0 });
    answers.push(failures(await handler(batch, w.context())));

    expect(answers).toEqual([[], []]);
    expect(ran).toEqual(['a']);
    expect(runs(w)).toBe('0-2');
  });

  test('an undecodable value is open with an attempt, and stops its lane alone', async () => {
    const w = world();
    const ran: string[] = [];
    const handler = w.handler(ledger(({ value }) => void ran.push(value.id), { order: 'key' }));
    const batch = event({
      0: [
        { key: 'k', bytes: Buffer.from('{') },
        { key: 'k', value: { id: 'behind' } },
        { key: 'l', value: { id: 'beside' } },
      ],
    });

    await handler(batch, w.context());
    const answer = await handler(batch, w.context());

    expect(failures(answer)).toEqual(['orders-0@0', 'orders-0@1']);
    expect(ran).toEqual(['beside']);
    expect(codes(w)).toEqual([ERROR_CODES.valueUndecodable, ERROR_CODES.valueUndecodable]);
    expect(stored(w)?.state.attempts).toEqual([
      expect.objectContaining({ offset: 0n, count: 2, lastError: ERROR_CODES.valueUndecodable }),
    ]);
  });

  test('writes that are returned without transaction are refused, and their record is open', async () => {
    const w = world();
    const process = () => ({ Put: { TableName: 'orders', Item: { id: 'a' } } });

    const answer = await w.handler(ledger(process))(event({ 0: ids('a', 'b') }), w.context());

    expect(failures(answer)).toEqual(['orders-0@0', 'orders-0@1']);
    expect(new Set(codes(w))).toEqual(new Set([ERROR_CODES.writesUndeclared]));
    expect(stored(w)?.state.attempts).toEqual([]);
  });

  test('whatever else process returns is nothing to us', async () => {
    const w = world();
    for (const returned of [null, 0, 'Put', [], [1], {}, { Put: undefined }, { Put: 'x' }, { Item: {} }]) {
      const answer = await w.handler(ledger(() => returned))(event({ 0: ids('a') }), w.context());

      expect(failures(answer)).toEqual([]);
    }
  });
});

describe('D1: the end of an invocation', () => {
  test('a mark that got no answer before the end is open, and reported', async () => {
    const w = world({ faultOf: ({ operation }) => (operation === 'mark' ? 'hang' : undefined) });
    const startedAtMs = w.time.nowMs;

    const answer = await w.handler(ledger(() => undefined))(event({ 0: ids('a') }), w.context(20_000));

    expect(failures(answer)).toEqual(['orders-0@0']);
    expect(w.time.nowMs - startedAtMs).toBeLessThan(20_000);
    expect(w.logged).toContainEqual(
      expect.objectContaining({
        level: 'error',
        message: 'The effect of orders-0@0 happened, and its mark was not saved',
      }),
    );
  });

  test('a claim whose answer comes past the deadline is given back', async () => {
    const w = world({ latencyMs: ({ operation, nth }) => (operation === 'claimPartition' && nth === 0 ? 9_300 : 0) });
    const process = jest.fn();

    const first = await w.handler(ledger(process))(event({ 0: ids('a') }), w.context(10_000));
    const item = stored(w);
    const second = await w.handler(ledger(process))(event({ 0: ids('a') }), w.context(10_000));

    expect([failures(first), failures(second)]).toEqual([['orders-0@0'], []]);
    expect(item?.leaseUntilMs).toBe(0);
    expect(process).toHaveBeenCalledTimes(1);
  });

  test('an outage in the middle: nothing more starts, what is unmarked is open and told, nothing is counted', async () => {
    const w = world();
    const ran: string[] = [];
    const handler = w.handler(
      ledger(async ({ value }) => {
        ran.push(value.id);
        await w.time.sleep(1_000);
        if (value.id === 'n1') w.store.faults = { faultOf: () => 'request lost' };
      }),
    );

    const answer = await handler(event({ 0: numbered(6) }), w.context(60_000));
    w.store.faults = {};
    await w.time.sleep(LEASE + 3 * SKEW);

    // n0 is marked at 1 250; n1 ends at 2 000, its mark fails at 2 250, when n2 runs.
    expect(ran).toEqual(['n0', 'n1', 'n2']);
    expect(failures(answer)).toEqual([1, 2, 3, 4, 5].map((offset) => `orders-0@${offset}`));
    expect(runs(w)).toBe('0-0');
    expect(stored(w)?.state.attempts).toEqual([]);
    expect(w.logged.flatMap(({ message }) => message.match(/effect of (\S+) happened/)?.[1] ?? [])).toEqual([
      'orders-0@1',
      'orders-0@2',
    ]);
  });
});

test('O1: order and concurrency hold without identities too', async () => {
  const w = world();
  const startedAtMs = w.time.nowMs;
  const ends: string[] = [];
  let running = 0;
  let most = 0;
  const handler = w.handler(
    ledger(
      async ({ value }) => {
        running += 1;
        most = Math.max(most, running);
        await w.time.sleep(value.id.startsWith('slow') ? 1_000 : 10);
        running -= 1;
        ends.push(`${value.id} ${w.time.nowMs - startedAtMs}`);
      },
      { order: 'key', concurrency: 2 },
    ),
  );
  const record = (key: string, id: string) => ({ key, value: { id } });

  await handler(
    event({ 0: [record('k', 'slow1'), record('k', 'slow2'), record('l', 'a'), record('m', 'b'), record('l', 'c')] }),
    w.context(),
  );

  expect(most).toBe(2);
  expect(ends.map((end) => end.split(' ')[0])).toEqual(['a', 'b', 'c', 'slow1', 'slow2']);
});

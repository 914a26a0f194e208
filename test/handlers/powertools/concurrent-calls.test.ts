import * as fc from 'fast-check';
import { type Bench, freshId, gate, idempotent, moveClock, openBench } from './support';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());
afterEach(() => jest.restoreAllMocks());

const IN_PROGRESS = { name: 'IdempotencyAlreadyInProgressError' };

const statusOf = async (id: string) => (await bench.item(id))?.status?.S;
const idsWith = async (prefix: string) =>
  (await bench.items()).map(({ id }) => id?.S ?? '').filter((id) => id.startsWith(`${prefix}#`));

describe('C12: tokens live per call, never per key', () => {
  const twice = (shape: 'equal payloads' | 'the same payload' | 'strings') => {
    const id = freshId();
    if (shape === 'strings') return [id, id] as const;
    const payload = { id };
    return [payload, shape === 'the same payload' ? payload : { id }] as const;
  };

  test.each(['equal payloads', 'the same payload', 'strings'] as const)(
    'of two calls with one key at a time one runs, the other is in progress: %s',
    async (shape) => {
      const charging = gate<{ charged: true }>();
      const run = jest.fn((_payload: unknown) => charging.opened);
      const config = { eventKeyJmesPath: shape === 'strings' ? '' : 'id' };
      const charge = idempotent(bench.once(), run, { config });
      const [first, second] = twice(shape);

      const calls = [charge(first), charge(second)];
      await expect(Promise.race(calls)).rejects.toMatchObject(IN_PROGRESS);
      charging.open({ charged: true });
      const outcomes = await Promise.allSettled(calls);

      expect(run).toHaveBeenCalledTimes(1);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      await expect(charge(first)).resolves.toEqual({ charged: true });
      expect(run).toHaveBeenCalledTimes(1);
    },
  );

  test('fifty calls of one payload: one runs, and the others are in progress', async () => {
    const charging = gate<string>();
    const run = jest.fn((_payload: unknown) => charging.opened);
    const charge = idempotent(bench.once(), run);
    const payload = { id: freshId() };

    const calls = Array.from({ length: 50 }, () => charge(payload));
    let refused = 0;
    for (const call of calls) call.catch(() => ++refused);
    await until(() => refused === 49);
    charging.open('charged');

    const outcomes = await Promise.allSettled(calls);
    expect(run).toHaveBeenCalledTimes(1);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toEqual([
      { status: 'fulfilled', value: 'charged' },
    ]);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(IN_PROGRESS);
    }
  });

  test.each(['equal payloads', 'the same payload', 'strings'] as const)(
    'a call whose claim another call of this process took over completes nothing, whichever ends first: %s',
    async (shape) => {
      for (const firstEnds of ['before', 'after'] as const) {
        const [one, other] = twice(shape);
        const layer = bench.once();
        const prefix = freshId('prefix');
        const gates = [gate<string>(), gate<string>()] as const;
        let calls = 0;
        const run = async (_payload: unknown) => gates[calls++]?.opened;
        const config = { eventKeyJmesPath: shape === 'strings' ? '' : 'id' };
        const charge = idempotent(layer, run, { config, keyPrefix: prefix });

        const stale = charge(one);
        await until(() => calls === 1);
        moveClock(120_000);
        const owner = charge(other);
        await until(() => calls === 2);
        const settled = Promise.allSettled([stale, owner]);
        const ends = [
          { end: () => gates[0].open('stale'), call: stale },
          { end: () => gates[1].open('owner'), call: owner },
        ];
        for (const { end, call } of firstEnds === 'before' ? ends : ends.reverse()) {
          end();
          await call.catch(() => undefined);
        }
        const [staleEnd, ownerEnd] = await settled;
        jest.restoreAllMocks();

        expect(staleEnd).toMatchObject({
          status: 'rejected',
          reason: { cause: { code: 'MSK_ONCE_CLAIM_LOST' } },
        });
        expect(ownerEnd).toEqual({ status: 'fulfilled', value: 'owner' });
        const [id] = await idsWith(prefix);
        expect(await bench.item(id as string)).toMatchObject({ status: { S: 'COMPLETED' }, data: { S: 'owner' } });
        expect(layer.counts.lostClaims).toBe(1);
      }
    },
  );

  test('two functions on one event at a time: each completes its own record with its own result', async () => {
    const layer = bench.once();
    const [charging, mailing] = [gate<string>(), gate<string>()];
    const [one, other] = [freshId('charge'), freshId('mail')];
    const charge = idempotent(layer, (_event: object) => charging.opened, { keyPrefix: one });
    const mail = idempotent(layer, (_event: object) => mailing.opened, { keyPrefix: other });
    const event = { id: freshId() };

    const [charged, mailed] = [charge(event), mail(event)];
    await until(async () => (await idsWith(one)).length + (await idsWith(other)).length === 2);
    mailing.open('mailed');
    expect(await mailed).toBe('mailed');
    charging.open('charged');
    expect(await charged).toBe('charged');

    const [[chargeId = ''], [mailId = '']] = [await idsWith(one), await idsWith(other)];
    expect(await bench.item(chargeId)).toMatchObject({ data: { S: 'charged' } });
    expect(await bench.item(mailId)).toMatchObject({ data: { S: 'mailed' } });
  });

  test.each(['inner', 'outer'] as const)(
    'a function that hands its event on to another and does not wait: each record is its own, %s ends first',
    async (first) => {
      const layer = bench.once();
      const [innerEnds, outerEnds] = [gate<string>(), gate<string>()];
      const [outerPrefix, innerPrefix] = [freshId('outer'), freshId('inner')];
      let innerResult: Promise<string> | undefined;
      const inner = idempotent(layer, (_event: object) => innerEnds.opened, { keyPrefix: innerPrefix });
      const outer = idempotent(
        layer,
        (event: object) => {
          // In the same turn as its own start, and left to itself.
          innerResult = inner(event);
          return outerEnds.opened;
        },
        { keyPrefix: outerPrefix },
      );

      const outerResult = outer({ id: freshId() });
      await until(async () => (await idsWith(innerPrefix)).length === 1);
      const order = first === 'inner' ? [innerEnds, outerEnds] : [outerEnds, innerEnds];
      order[0]?.open(first);
      await (first === 'inner' ? innerResult : outerResult);
      const second = first === 'inner' ? 'outer' : 'inner';
      const [secondId] = await idsWith(second === 'inner' ? innerPrefix : outerPrefix);
      expect(await statusOf(secondId as string)).toBe('INPROGRESS');
      order[1]?.open(second);

      expect(await Promise.all([outerResult, innerResult])).toEqual(['outer', 'inner']);
      const [outerId] = await idsWith(outerPrefix);
      const [innerId] = await idsWith(innerPrefix);
      expect(await bench.item(outerId as string)).toMatchObject({ data: { S: 'outer' } });
      expect(await bench.item(innerId as string)).toMatchObject({ data: { S: 'inner' } });
    },
  );

  test('a failing call gives back its own claim only', async () => {
    const layer = bench.once();
    const charging = gate<string>();
    const [one, other] = [freshId('charge'), freshId('mail')];
    const charge = idempotent(layer, (_event: object) => charging.opened, { keyPrefix: one });
    const mail = idempotent(layer, async (_event: object) => Promise.reject(new Error('no mail')), {
      keyPrefix: other,
    });
    const event = { id: freshId() };

    const charged = charge(event);
    await expect(mail(event)).rejects.toThrow('no mail');

    const [chargeId] = await idsWith(one);
    const [mailId] = await idsWith(other);
    expect(await bench.item(chargeId as string)).toMatchObject({ status: { S: 'INPROGRESS' }, attempts: { N: '0' } });
    expect(Number((await bench.item(chargeId as string))?.in_progress_expiration?.N)).toBeGreaterThan(Date.now());
    expect(await bench.item(mailId as string)).toMatchObject({
      attempts: { N: '1' },
      in_progress_expiration: { N: '0' },
    });
    charging.open('charged');
    await charged;
  });

  test('any calls of few payloads, starting and ending in any order: every record ends as its own call did', async () => {
    const step = fc.record({
      payload: fc.integer({ min: 0, max: 2 }),
      prefix: fc.integer({ min: 0, max: 2 }),
      parent: fc.boolean(),
      lasts: fc.integer({ min: 0, max: 4 }),
      fails: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const layer = bench.once();
        const run = freshId('run');
        const payloads = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];
        const results = new Map<string, string[]>();
        let calls = 0;
        let next = 0;
        const functions = [0, 1, 2].map((prefix) =>
          idempotent(
            layer,
            async (payload: { id: string }, { lasts, fails }: { lasts: number; fails: boolean }) => {
              const result = `${prefix}/${payload.id}/${++calls}`;
              // Nested calls are made before the first wait and after it.
              const before = steps[next]?.parent ? start() : undefined;
              for (let turn = 0; turn < lasts; turn += 1) await new Promise((resolve) => setImmediate(resolve));
              const after = steps[next]?.parent ? start() : undefined;
              if (lasts % 2 === 0) await Promise.all([before, after]);
              if (fails) throw new Error(`failed ${result}`);
              const key = `${run}-${prefix}#${payload.id}`;
              results.set(key, [...(results.get(key) ?? []), result]);
              return result;
            },
            { keyPrefix: `${run}-${prefix}` },
          ),
        );
        const all: Promise<unknown>[] = [];
        const start = (): Promise<unknown> | undefined => {
          const step = steps[next++];
          if (!step) return undefined;
          const called = functions[step.prefix]?.(payloads[step.payload] as { id: string }, step).catch(
            (error: Error) => {
              if (error.name !== IN_PROGRESS.name && !error.message.startsWith('failed ')) throw error;
            },
          );
          all.push(called as Promise<unknown>);
          return called;
        };
        while (next < steps.length) {
          void start();
          if (next % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
        }
        for (let settled = 0; settled < all.length; settled += 1) await all[settled];

        const items = (await bench.items()).filter(({ id }) => id?.S?.startsWith(`${run}-`));
        const completed = items.filter(({ status }) => status?.S === 'COMPLETED').map(({ data }) => data?.S);
        // Each function that returned has its record, and each has returned at most once.
        expect(completed.sort()).toEqual([...results.values()].map(([result]) => result).sort());
        for (const returned of results.values()) expect(returned).toHaveLength(1);
        // No claim is left behind by a call that has ended.
        for (const item of items) {
          if (item.status?.S === 'INPROGRESS') expect(item.in_progress_expiration).toEqual({ N: '0' });
        }
      }),
      { numRuns: 60 },
    );
  });
});

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 2));
}

import { ERROR_CODES } from '../../../contract/error-codes';
import type { ErrorClass } from '../../../handlers/errors';
import { event, failures, ids, ledger, orders, put, transactions, world } from '../../support/virtual-world';

/** Fails so often for each record, and then works. */
function failing(times: number, error: () => unknown = () => new Error('not now')) {
  const calls: { readonly id: string; readonly attempt: number; readonly atMs: number }[] = [];
  const made =
    (w: ReturnType<typeof world>) =>
    (record: { readonly value: { readonly id: string }; readonly attempt: number }) => {
      calls.push({ id: record.value.id, attempt: record.attempt, atMs: w.time.nowMs });
      if (calls.filter(({ id }) => id === record.value.id).length <= times) throw error();
      return put(record.value);
    };
  return { calls, made };
}

const WAYS = {
  ledger: (process: never, options: object) => ledger(process, { retries: 3, ...options }),
  identity: (process: never, options: object) => orders(process, { retries: 3, ...options }),
  transaction: (process: never, options: object) => transactions(process, { retries: 3, ...options }),
};

describe.each(Object.entries(WAYS))('P1: retries within an invocation, remembering by %s', (name, options) => {
  const done = (made: unknown) =>
    (name === 'transaction' ? made : (record: never) => void (made as (record: never) => unknown)(record)) as never;

  test('a record whose error passes is done in the same invocation, as one attempt', async () => {
    const w = world();
    const { calls, made } = failing(3);

    const answer = await w.handler(options(done(made(w)), {}))(event({ 0: ids('a', 'b') }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(calls.map(({ id, attempt }) => `${id}${attempt}`)).toEqual(['a1', 'a1', 'a1', 'a1', 'b1', 'b1', 'b1', 'b1']);
  });

  test('after the last try it is open with one attempt, and its lane stops', async () => {
    const w = world();
    const { calls, made } = failing(100);
    const handler = w.handler(options(done(made(w)), {}));

    for (let delivery = 1; delivery <= 2; delivery += 1) {
      expect(failures(await handler(event({ 0: ids('a', 'b') }), w.context()))).toEqual(['orders-0@0', 'orders-0@1']);
    }

    expect(calls.map(({ id, attempt }) => `${id}${attempt}`)).toEqual(['a1', 'a1', 'a1', 'a1', 'a2', 'a2', 'a2', 'a2']);
  });

  test('a pause is at most 100 ms and twice as long each time, with full jitter', async () => {
    const w = world();
    const { calls, made } = failing(3);
    const startedAtMs = w.time.nowMs;

    await w.handler(options(done(made(w)), {}))(event({ 0: ids('a') }), w.context());

    // Half of 100, 200 and 400 ms: the worlds' random numbers are 0.5.
    expect(calls.map(({ atMs }) => atMs - startedAtMs)).toEqual([0, 50, 150, 350]);
  });

  test('it waits as long as the error asks for', async () => {
    const w = world();
    const { calls, made } = failing(1, () => Object.assign(new Error('busy'), { retryAfterMs: 2_222 }));
    const startedAtMs = w.time.nowMs;

    await w.handler(options(done(made(w)), {}))(event({ 0: ids('a') }), w.context());

    expect(calls.map(({ atMs }) => atMs - startedAtMs)).toEqual([0, 2_222]);
  });

  test('a pause that would reach the deadline is not waited for', async () => {
    const w = world();
    const { calls, made } = failing(1, () => Object.assign(new Error('busy'), { retryAfterMs: 59_000 }));
    const startedAtMs = w.time.nowMs;

    const answer = await w.handler(options(done(made(w)), {}))(event({ 0: ids('a') }), w.context(60_000));

    expect(failures(answer)).toEqual(['orders-0@0']);
    expect(calls).toHaveLength(1);
    expect(w.time.nowMs - startedAtMs).toBeLessThan(1_000);
  });

  test('a record that pauses holds no slot: other keys go on', async () => {
    const w = world();
    const ran: string[] = [];
    const process = (record: { readonly value: { readonly id: string } }) => {
      ran.push(record.value.id);
      if (record.value.id === 'a') throw Object.assign(new Error('busy'), { retryAfterMs: 3_000 });
      return put(record.value);
    };

    const records = ids('a', 'b', 'c', 'd').map((record) => ({ ...record, key: record.value.id }));
    await w.handler(options(done(process), { order: 'key', concurrency: 1, retries: 1 }))(
      event({ 0: records }),
      w.context(),
    );

    expect(ran).toEqual(['a', 'b', 'c', 'd', 'a']);
  });

  test.each<[ErrorClass, number]>([
    ['transient', 4],
    ['permanent', 1],
    ['outage', 1],
  ])('classify says what an error means: %s is tried %d times', async (errorClass, tries) => {
    const w = world();
    const { calls, made } = failing(100);

    await w.handler(options(done(made(w)), { classify: () => errorClass }))(event({ 0: ids('a') }), w.context());

    expect(calls).toHaveLength(tries);
  });

  test('a classify that throws changes nothing, and is told', async () => {
    const w = world();
    const { calls, made } = failing(100);
    const classify = () => {
      throw new Error('my own mistake');
    };

    const answer = await w.handler(options(done(made(w)), { classify }))(event({ 0: ids('a') }), w.context());

    expect(failures(answer)).toEqual(['orders-0@0']);
    expect(calls).toHaveLength(4);
    expect(w.logged.some(({ message }) => message.includes(ERROR_CODES.classifyThrew))).toBe(true);
  });

  test('an outage that the user declares starts nothing more and counts no attempt', async () => {
    const w = world();
    const { calls, made } = failing(100);
    const handler = w.handler(options(done(made(w)), { order: 'none', concurrency: 1, classify: () => 'outage' }));

    for (let delivery = 1; delivery <= 3; delivery += 1) {
      expect(failures(await handler(event({ 0: ids('a', 'b') }), w.context()))).toEqual(['orders-0@0', 'orders-0@1']);
    }

    expect(calls.map(({ id, attempt }) => `${id}${attempt}`)).toEqual(['a1', 'a1', 'a1']);
  });
});

import { ERROR_CODES } from '../../../contract/error-codes';
import { claimId } from '../../../handlers/core/identity';
import { MortalStore, type Operation } from '../../support/faulty-store';
import { event, failures, ids, orders, type World, world } from '../../support/virtual-world';

const numbered = (count: number, from = 0) => ids(...Array.from({ length: count }, (_, n) => `n${from + n}`));
const idOf = (id: string) => claimId('shop-orders', 'orders', id);
const sizes = (w: World, wanted: Operation) =>
  w.store.batches.filter(({ operation }) => operation === wanted).map((batch) => batch.ids.length);

describe('C2: the look-up', () => {
  test('asks for at most 100 keys, spread over the batch, and for no more where none of them is done', async () => {
    const w = world();

    await w.handler(orders(() => undefined))(event({ 0: numbered(1_000) }), w.context());

    expect(sizes(w, 'lookUp')).toEqual([100]);
    const asked = w.store.batches[0]?.ids ?? [];
    const places = asked.map((id) => numbered(1_000).findIndex(({ value }) => idOf(value.id) === id));
    expect(places[0]).toBeLessThan(10);
    expect(places.at(-1)).toBeGreaterThanOrEqual(990);
  });

  test('asks for all of them where one is done, and nothing is claimed that is done', async () => {
    const w = world();
    const process = jest.fn();
    const handler = w.handler(orders(process));
    await handler(event({ 0: numbered(950) }), w.context());
    const calls = w.store.calls.length;

    const answer = await handler(event({ 0: numbered(1_000) }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(process).toHaveBeenCalledTimes(1_000);
    expect(sizes(w, 'lookUp').slice(1)).toEqual([100, 900]);
    const claimed = w.store.calls.slice(calls).filter(({ operation }) => operation === 'claim');
    expect(claimed).toHaveLength(50);
  });

  test('a duplicate that the probe does not see is found by its claim', async () => {
    const w = world();
    const ran: string[] = [];
    const handler = w.handler(orders(({ value }) => void ran.push(value.id)));
    // Of 300 keys every third is looked up, beginning with the first.
    await handler(event({ 9: numbered(1, 100) }), w.context());
    const batch = numbered(300);

    const answer = await handler(event({ 0: batch }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(ran).toHaveLength(300);
    expect(new Set(ran).size).toBe(300);
  });

  test('an expired item counts as absent', async () => {
    const w = world();
    const attempts: number[] = [];
    const handler = w.handler(orders(({ attempt }) => void attempts.push(attempt)));
    await handler(event({ 0: ids('a') }), w.context());
    const item = w.memory.items.get(idOf('a'));
    if (item) w.memory.items.set(idOf('a'), { ...item, expiration: Math.floor(w.time.nowMs / 1_000) - 1 });

    const answer = await handler(event({ 0: ids('a') }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(attempts).toEqual([1, 1]);
  });

  test('C7: another payload that stands there is a conflict, looked up or not', async () => {
    const w = world();
    const process = jest.fn();
    const handler = w.handler(orders(process));
    await handler(event({ 0: [{ value: { id: 'x', amount: 1 } }, { value: { id: 'y' } }] }), w.context());

    const answer = await handler(
      event({ 0: [{ value: { id: 'x', amount: 2 }, offset: 7 }], 1: [{ value: { id: 'y' }, offset: 8 }] }),
      w.context(),
    );

    expect(failures(answer)).toEqual(['orders-0@7']);
    expect(process).toHaveBeenCalledTimes(2);
  });

  test.each(['request lost', 'throttled'] as const)(
    'that meets %s holds up nobody: the claim is the judge, and each effect happens once',
    async (fault) => {
      const w = world({
        faultOf: ({ operation, id }) => (operation === 'lookUp' && id === idOf('a') ? fault : undefined),
      });
      const startedAtMs = w.time.nowMs;
      const ran: string[] = [];
      const handler = w.handler(orders(({ value }) => void ran.push(value.id)));
      const batch = event({ 0: ids('a', 'b'), 1: ids('c') });

      const answers = [
        failures(await handler(batch, w.context(10_000))),
        failures(await handler(batch, w.context(10_000))),
      ];

      expect(answers).toEqual([[], []]);
      expect(ran.sort()).toEqual(['a', 'b', 'c']);
      expect(w.time.nowMs - startedAtMs).toBeLessThan(1_000);
    },
  );
});

describe('completions', () => {
  test('of records that end at once go 25 in a request', async () => {
    const w = world();

    await w.handler(orders(() => undefined))(event({ 0: numbered(60) }), w.context());

    expect(sizes(w, 'complete')).toEqual([25, 25, 10]);
  });

  test('wait at most a checkpoint; the rest goes with the end of the work', async () => {
    const w = world();
    const startedAtMs = w.time.nowMs;

    await w.handler(orders(() => w.time.sleep(100)))(event({ 0: numbered(8) }), w.context());

    const sent = w.store.calls.filter(({ operation }) => operation === 'complete');
    // 100, 200 and 300 at 350; 400, 500 and 600 at 650; 700 and 800 at the end.
    expect(sent.map(({ offset, atMs }) => [offset, atMs - startedAtMs])).toEqual(
      [350, 350, 350, 650, 650, 650, 800, 800].map((atMs, offset) => [offset, atMs]),
    );
  });

  test('checkpointMs is the user’s', async () => {
    const w = world();
    const startedAtMs = w.time.nowMs;

    await w.handler(orders(() => w.time.sleep(100), { checkpointMs: 1 }))(event({ 0: numbered(3) }), w.context());

    const sent = w.store.calls.filter(({ operation }) => operation === 'complete');
    expect(sent.map(({ atMs }) => atMs - startedAtMs)).toEqual([101, 201, 300]);
  });

  test('a crash runs again what ended since the last of them, and nothing before', async () => {
    const w = world();
    const mortal = new MortalStore(w.store);
    const dying = w.handler(
      orders(async ({ value }) => {
        await w.time.sleep(100);
        if (value.id === 'n5') mortal.dead = true;
      }),
      { store: mortal, exit: () => new Promise(() => undefined) as never },
    );
    void dying(event({ 0: numbered(8) }), w.context(20_000)).catch(() => undefined);
    while (!mortal.dead) await w.time.sleep(1);
    await w.time.sleep(40_000);
    const again: string[] = [];

    const answer = await w.handler(orders(({ value }) => void again.push(value.id)))(
      event({ 0: numbered(8) }),
      w.context(),
    );

    expect(failures(answer)).toEqual([]);
    expect(again).toEqual(['n3', 'n4', 'n5', 'n6', 'n7']);
  });

  test('one that is refused leaves its record open, and those around it closed', async () => {
    const w = world();
    const handler = w.handler(
      orders(({ value }) => {
        if (value.id !== 'n2') return;
        const item = w.memory.items.get(idOf('n2'));
        if (item) w.memory.items.set(idOf('n2'), { ...item, owner: 'thief' });
      }),
    );

    const answer = await handler(event({ 0: numbered(5) }), w.context());

    // The lane had gone on: n3 and n4 are done, and stay done.
    expect(failures(answer)).toEqual(['orders-0@2']);
    expect(w.logged.filter(({ message }) => message.includes('its mark was not saved'))).toHaveLength(1);
  });

  test('leases are renewed until the completion is there', async () => {
    const w = world({
      faultOf: ({ operation, nth }) => (operation === 'complete' && nth < 60 ? 'throttled' : undefined),
    });

    const answer = await w.handler(orders(() => undefined))(event({ 0: ids('a') }), w.context(300_000));

    expect(failures(answer)).toEqual([]);
    expect(w.store.requests('renew')).toBeGreaterThan(0);
  });
});

test.each<[string, unknown]>([
  ['one', { Put: { TableName: 'orders', Item: { id: 'a' } } }],
  ['a list', [{ Delete: { TableName: 'orders', Key: { id: 'a' } } }]],
  ['a promise', Promise.resolve({ Update: { TableName: 'orders', Key: { id: 'a' }, UpdateExpression: 'SET a = b' } })],
])('writes that are returned without transaction (%s) are refused, and their record is open', async (_, returned) => {
  const w = world();

  const answer = await w.handler(orders(() => returned))(event({ 0: ids('a', 'b') }), w.context());

  expect(failures(answer)).toEqual(['orders-0@0', 'orders-0@1']);
  const codes = w.logged.flatMap(({ fields }) => fields.code ?? []);
  expect(new Set(codes)).toEqual(new Set([ERROR_CODES.writesUndeclared]));
  expect(w.memory.items.get(idOf('a'))).toMatchObject({ status: 'INPROGRESS', attempts: 0 });
});

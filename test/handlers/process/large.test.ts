import type { Order as LaneOrder } from '../../../handlers';
import { event, failures, orders, world } from '../../support/virtual-world';

const RECORDS = 10_000;

describe('the largest batch of the service', () => {
  test.each<LaneOrder>(['partition', 'key', 'none'])(
    'of 10,000 records is done by %s, each record once, with two writes for each and a probe of 100 keys',
    async (order) => {
      const w = world();
      let effects = 0;
      const handler = w.handler(
        orders(
          () => {
            effects += 1;
          },
          { order },
        ),
      );
      const partitions = Object.fromEntries(
        [0, 1, 2, 3].map((partition) => [
          partition,
          Array.from({ length: RECORDS / 4 }, (_, n) => ({
            key: `k${n % 500}`,
            value: { id: `${partition}-${n}` },
          })),
        ]),
      );
      const batch = event(partitions);

      const answer = await handler(batch, w.context(600_000));
      const asked = (...names: readonly string[]) => w.store.calls.filter(({ operation }) => names.includes(operation));
      const writes = asked('claim', 'complete').length;
      const calls = w.store.calls.length;
      const again = await handler(batch, w.context(600_000));

      expect([failures(answer), failures(again)]).toEqual([[], []]);
      expect(effects).toBe(RECORDS);
      expect([writes, calls]).toEqual([2 * RECORDS, 2 * RECORDS + 100]);
      // C2: what was delivered before is found by reading alone.
      expect([asked('lookUp').length, w.store.calls.length]).toEqual([100 + RECORDS, calls + RECORDS]);
    },
  );

  test('of one partition and one key is done', async () => {
    const w = world();
    const handler = w.handler(orders(() => undefined, { order: 'key' }));
    const records = Array.from({ length: RECORDS }, (_, n) => ({ key: 'k', value: { id: String(n) } }));

    expect(failures(await handler(event({ 0: records }), w.context(600_000)))).toEqual([]);
  });

  test('of one identity is one effect', async () => {
    const w = world();
    let effects = 0;
    const handler = w.handler(
      orders(
        () => {
          effects += 1;
        },
        { order: 'none' },
      ),
    );

    const answer = await handler(
      event({ 0: Array.from({ length: RECORDS }, () => ({ value: { id: 'x' } })) }),
      w.context(600_000),
    );

    expect(failures(answer)).toEqual([]);
    expect(effects).toBe(1);
  });
});

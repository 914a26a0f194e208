import fc from 'fast-check';
import { planLanes } from '../../../handlers/core/lanes';
import { previousTwins } from '../../../handlers/core/twins';
import { Headers } from '../../../handlers/record/headers';

describe('O3: twins', () => {
  test('each record waits for the nearest record before it with the same identity, and for no other', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.constantFrom('x', 'y', 'z'), { nil: undefined })), (ids) => {
        const records = ids.map((id) => ({ id }));

        const twins = previousTwins(records);

        records.forEach(({ id }, index) => {
          const before = records.slice(0, index).filter((other) => other.id === id);
          expect(twins[index]).toBe(id === undefined ? undefined : before[before.length - 1]);
        });
      }),
    );
  });

  test('a record without an identity has no twin', () => {
    expect(previousTwins([{ id: undefined }, { id: undefined }])).toEqual([undefined, undefined]);
  });

  test.each(['partition', 'key', 'none'] as const)('waiting for twins inside lanes by %s never deadlocks', (order) => {
    const events = fc.array(
      fc.record({
        partition: fc.nat(2),
        key: fc.constantFrom('k', 'l', undefined),
        id: fc.constantFrom('x', 'y', 'z'),
      }),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(events, (given) => {
        const states = given
          .map(({ partition, key, id }, offset) => ({
            id,
            record: {
              topic: 't',
              partition,
              offset,
              timestamp: 0,
              timestampType: 'CREATE_TIME' as const,
              key: key === undefined ? undefined : Buffer.from(key),
              value: null,
              headers: new Headers([]),
            },
          }))
          .sort((a, b) => a.record.partition - b.record.partition || a.record.offset - b.record.offset);
        const twins = previousTwins(states);
        const lanes = [0, 1, 2].flatMap((partition) =>
          planLanes(
            states.filter(({ record }) => record.partition === partition),
            order,
          ),
        );

        // Runs whatever may run, until nothing can: the worst scheduler there is would do no better.
        const settled = new Set<unknown>();
        for (let moved = true; moved; ) {
          moved = false;
          for (const lane of lanes) {
            const next = lane.find((state) => !settled.has(state));
            if (!next) continue;
            const twin = twins[states.indexOf(next)];
            if (twin !== undefined && !settled.has(twin)) continue;
            settled.add(next);
            moved = true;
          }
        }

        expect(settled.size).toBe(states.length);
      }),
    );
  });
});

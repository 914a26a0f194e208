import fc from 'fast-check';
import { type Order, planLanes } from '../../../handlers/core/lanes';
import { Headers } from '../../../handlers/record/headers';
import type { RawRecord } from '../../../handlers/record/parse-event';

interface State {
  readonly record: RawRecord;
}

function state(partition: number, offset: number, key: string | undefined): State {
  const delivered = { topic: 'orders', partition, offset, timestamp: 0, timestampType: 'CREATE_TIME' } as const;
  return {
    record: {
      ...delivered,
      delivered,
      key: key === undefined ? undefined : Buffer.from(key),
      value: null,
      headers: new Headers([]),
    },
  };
}

const nameOf = ({ record: { topic, partition, offset } }: State) => `${topic}-${partition}@${offset}`;

/** The records of one partition. */
const array = fc
  .array(fc.option(fc.constantFrom('', 'a', 'b', ' ', 'ab'), { nil: undefined }), { minLength: 1, maxLength: 12 })
  .map((keys) => keys.map((key, offset) => state(0, offset, key)));

describe('O1: lanes', () => {
  test.each<Order>(['partition', 'key', 'none'])('under %s every record is in exactly one lane', (order) => {
    fc.assert(
      fc.property(array, (states) => {
        const lanes = planLanes(states, order);

        expect(lanes.flat().map(nameOf).sort()).toEqual(states.map(nameOf).sort());
        expect(lanes.every((lane) => lane.length > 0)).toBe(true);
      }),
    );
  });

  test.each<Order>(['partition', 'key', 'none'])('under %s a lane keeps the order of the partition', (order) => {
    fc.assert(
      fc.property(array, (states) => {
        const lanes = planLanes(states, order);

        for (const lane of lanes) {
          const places = lane.map((one) => states.indexOf(one));
          expect(places).toEqual([...places].sort((a, b) => a - b));
        }
      }),
    );
  });

  test('under partition all records of a partition share one lane', () => {
    fc.assert(fc.property(array, (states) => expect(planLanes(states, 'partition')).toEqual([states])));
  });

  test('under key two records share a lane exactly when they have the same key, or both have none', () => {
    fc.assert(
      fc.property(array, (states) => {
        const lanes = planLanes(states, 'key');
        const keys = (lane: readonly State[]) => new Set(lane.map(({ record }) => record.key?.toString() ?? null));

        for (const lane of lanes) expect(keys(lane).size).toBe(1);
        expect(lanes.length).toBe(keys(states).size);
      }),
    );
  });

  test('under key the keyless records of a partition share one lane, which an empty key does not join', () => {
    const states = [state(0, 0, undefined), state(0, 1, ''), state(0, 2, 'a'), state(0, 3, undefined), state(0, 4, '')];

    const lanes = planLanes(states, 'key');

    expect(lanes.map((lane) => lane.map(({ record }) => record.offset))).toEqual([[0, 3], [1, 4], [2]]);
  });

  test('keys that are not text, or that look like base64 of each other, do not meet', () => {
    const binary = { ...state(0, 0, '') };
    const states = [
      { record: { ...binary.record, key: Buffer.from([0xff, 0xfe]) } },
      { record: { ...binary.record, offset: 1, key: Buffer.from([0xff, 0xfd]) } },
      { record: { ...binary.record, offset: 2, key: Buffer.from(Buffer.from([0xff, 0xfe]).toString('base64')) } },
    ];

    const lanes = planLanes(states, 'key');

    expect(lanes).toHaveLength(3);
  });

  test('under none every record is a lane of its own', () => {
    fc.assert(
      fc.property(array, (states) => {
        const lanes = planLanes(states, 'none');

        expect(lanes).toEqual(states.map((one) => [one]));
      }),
    );
  });
});

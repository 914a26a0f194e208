import fc from 'fast-check';
import { type Order, planLanes } from '../../../handlers/core/lanes';
import { Headers } from '../../../handlers/record/headers';
import type { RawRecord } from '../../../handlers/record/parse-event';

interface State {
  readonly record: RawRecord;
}

function state(partition: number, offset: number, key: string | undefined, topic = 'orders'): State {
  return {
    record: {
      topic,
      partition,
      offset,
      timestamp: 0,
      timestampType: 'CREATE_TIME',
      key: key === undefined ? undefined : Buffer.from(key),
      value: null,
      headers: new Headers([]),
    },
  };
}

const nameOf = ({ record: { topic, partition, offset } }: State) => `${topic}-${partition}@${offset}`;

const event = fc
  .array(fc.array(fc.option(fc.constantFrom('', 'a', 'b', ' ', 'ab'), { nil: undefined }), { maxLength: 12 }), {
    maxLength: 4,
  })
  .map((partitions) =>
    partitions.flatMap((keys, partition) => keys.map((key, offset) => state(partition, offset, key))),
  );

describe('O1: lanes', () => {
  test.each<Order>(['partition', 'key', 'none'])('under %s every record is in exactly one lane', (order) => {
    fc.assert(
      fc.property(event, (states) => {
        const lanes = planLanes(states, order);

        expect(lanes.flat().map(nameOf).sort()).toEqual(states.map(nameOf).sort());
        expect(lanes.every((lane) => lane.length > 0)).toBe(true);
      }),
    );
  });

  test.each<Order>(['partition', 'key', 'none'])('under %s a lane keeps the order of the event', (order) => {
    fc.assert(
      fc.property(event, (states) => {
        const lanes = planLanes(states, order);

        for (const lane of lanes) {
          const places = lane.map((one) => states.indexOf(one));
          expect(places).toEqual([...places].sort((a, b) => a - b));
        }
      }),
    );
  });

  test('under partition two records share a lane exactly when they share their partition', () => {
    fc.assert(
      fc.property(event, (states) => {
        const lanes = planLanes(states, 'partition');

        for (const lane of lanes) expect(new Set(lane.map(({ record }) => record.partition)).size).toBe(1);
        expect(lanes.length).toBe(new Set(states.map(({ record }) => record.partition)).size);
      }),
    );
  });

  test('under key the keyless records of a partition share one lane, which an empty key does not join', () => {
    const states = [state(0, 0, undefined), state(0, 1, ''), state(0, 2, 'a'), state(0, 3, undefined), state(0, 4, '')];

    const lanes = planLanes(states, 'key');

    expect(lanes.map((lane) => lane.map(({ record }) => record.offset))).toEqual([[0, 3], [1, 4], [2]]);
  });

  test('under key the same key in two partitions is two lanes', () => {
    const lanes = planLanes([state(0, 0, 'a'), state(1, 0, 'a'), state(1, 1, undefined)], 'key');

    expect(lanes.map((lane) => lane.map(nameOf))).toEqual([['orders-0@0'], ['orders-1@0'], ['orders-1@1']]);
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
      fc.property(event, (states) => {
        const lanes = planLanes(states, 'none');

        expect(lanes).toEqual(states.map((one) => [one]));
      }),
    );
  });

  test('topics whose names end in a number do not share lanes', () => {
    const lanes = planLanes([state(0, 0, undefined, 'a-1'), state(10, 0, undefined, 'a')], 'partition');

    expect(lanes).toHaveLength(2);
  });
});

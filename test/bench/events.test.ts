import { Events, withoutTail } from '../../bench/measure/events';
import type { KafkaEvent } from '../../contract/event';
import { parseEvent } from '../../handlers/record/parse-event';

const shape = ({ records }: KafkaEvent) =>
  Object.fromEntries(Object.entries(records).map(([name, array]) => [name, array.map(({ offset }) => offset)]));

describe('the events of the benchmarks', () => {
  test('hold ten partitions, each going on where it ended', () => {
    const events = new Events('order');

    const [first, second] = [events.next(20), events.next(100)];

    expect(Object.keys(first.records)).toEqual(Array.from({ length: 10 }, (_, partition) => `orders-${partition}`));
    expect(shape(first)).toMatchObject({ 'orders-0': [0, 1], 'orders-9': [0, 1] });
    expect(shape(second)['orders-4']).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  test.each([1, 20, 99, 1_000, 10_000])('hold exactly %d records that the runtime reads', (records) => {
    const arrays = parseEvent(new Events('order').next(records));

    expect(arrays.reduce((sum, array) => sum + array.records.length, 0)).toBe(records);
  });

  test('hold orders of about 200 bytes, no id twice', () => {
    const events = new Events('order');
    const values = [events.next(500), events.next(500)]
      .flatMap(({ records }) => Object.values(records).flat())
      .map(({ value }) => Buffer.from(value ?? '', 'base64').toString());

    const lengths = values.map((value) => value.length);

    expect(new Set(values.map((value) => JSON.parse(value).id)).size).toBe(1_000);
    expect(Math.min(...lengths)).toBeGreaterThan(180);
    expect(Math.max(...lengths)).toBeLessThan(230);
  });
});

describe('what was done before a redelivery', () => {
  test.each([
    [100, 1],
    [1_000, 10],
    [5_000, 50],
  ])('of %d records is all but the last %d, spread over the partitions', (records, rest) => {
    const event = new Events('order').next(records);

    const done = withoutTail(event, rest);

    const taken = Object.entries(event.records).map(([name, array]) => {
      const kept = done.records[name] ?? [];
      expect(array.slice(0, kept.length)).toEqual(kept);
      return array.length - kept.length;
    });
    expect(taken.reduce((sum, each) => sum + each)).toBe(rest);
    expect(Math.max(...taken)).toBe(Math.ceil(rest / 10));
  });
});

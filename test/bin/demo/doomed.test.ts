import { DOOMED, doomOf, withDoomed } from '../../../bin/demo/doomed';
import { factsOf, loadFlights, messagesOf } from '../../../bin/demo/flights';
import { MOVING_PARTITION, STAYING_PARTITION } from '../../../bin/demo/partitions';
import { scriptOf } from '../../../bin/demo/script';
import type { TopicRecord } from '../../../local/broker/broker';

const NOW_MS = Date.parse('2026-11-22T00:00:00Z');
const FLIGHT = { date: '2001/01/01 00:47', delay: 66, distance: 1_750, origin: 'DTW', destination: 'LAS' };
const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

test.each<[string, Buffer | null, number | undefined]>([
  ['a flight counts', bytes(FLIGHT), undefined],
  ['a flight of this century that is over counts', bytes({ ...FLIGHT, date: '2026/11/21 00:47' }), undefined],
  ['a tombstone cannot be read', null, 1],
  ['half of a flight cannot be read', bytes(JSON.stringify(FLIGHT).slice(0, 40)), 1],
  ['a flight without a number of minutes cannot be read', bytes({ ...FLIGHT, delay: 'late' }), 1],
  ['null cannot be read', bytes('null'), 1],
  ['a flight that is still to come fails as often as it may', bytes({ ...FLIGHT, date: '2101/01/01 00:47' }), 5],
])('%s', (_, value, attempts) => {
  expect(doomOf({ value }, NOW_MS)?.attempts).toBe(attempts);
});

const placeOf = ({ partition, offset }: { partition: number; offset: number }) => `${partition}@${offset}`;

/** The topic as it lies after the producer, without a broker. */
function topicOf(size: number, seed: number): TopicRecord[] {
  const lengths = new Map<number, number>();
  return withDoomed(messagesOf(loadFlights(size), 'flights', seed), seed).map((message): TopicRecord => {
    const { partition, key, value, headers = [] } = message;
    const offset = lengths.get(partition) ?? 0;
    lengths.set(partition, offset + 1);
    return { topic: 'flights', partition, offset, timestamp: 0, timestampType: 'CREATE_TIME', key, value, headers };
  });
}

describe.each([
  [500, 20],
  [20_000, 1],
])('among %d flights', (size, seeds) => {
  const topics = Array.from({ length: seeds }, (_, seed) => {
    const topic = topicOf(size, seed);
    const isDoomed = topic.map((record) => doomOf(record, NOW_MS) !== undefined);
    return { seed, topic, doomed: topic.filter((_record, place) => isDoomed[place]), isDoomed };
  });

  test('some records can never take effect, and everything else is as it was', () => {
    for (const { seed, topic, doomed, isDoomed } of topics) {
      expect(doomed.map((record) => doomOf(record, NOW_MS)?.attempts).sort()).toEqual([1, 1, 1, 1, 5, 5]);
      expect(doomed).toHaveLength(DOOMED);
      const innocent = topic.filter((_, place) => !isDoomed[place]).map(({ value }) => String(value));
      expect(innocent).toEqual(messagesOf(loadFlights(size), 'flights', seed).map(({ value }) => String(value)));
    }
  });

  test('each lies under the key of the flight before it, with others of its partition behind it', () => {
    for (const { topic, doomed } of topics) {
      for (const { partition, offset, key } of doomed) {
        const [before, behind] = [-1, 1].map((step) =>
          topic.find((one) => one.partition === partition && one.offset === offset + step),
        );
        expect(String(before?.key)).toBe(String(key));
        expect(behind).toBeDefined();
      }
    }
  });

  test.each(['transaction', 'identity'] as const)(
    '%s: one worker dies behind the letter of one of them, and no other fault befalls their partitions but failures',
    (remember) => {
      for (const { seed, topic, doomed } of topics) {
        const faults = scriptOf(factsOf(topic, 'group-1'), seed, remember);
        const letters = faults.filter(({ name }) => name === 'crash-letter').map(placeOf);
        expect(letters).toHaveLength(1);
        const unreadable = doomed.filter((record) => doomOf(record, NOW_MS)?.because === 'cannot be read').map(placeOf);
        expect(unreadable).toContain(letters[0]);
        const others = faults.filter(({ name }) => name !== 'crash-letter' && name !== 'failing-record');
        const taken = new Set([MOVING_PARTITION, STAYING_PARTITION, ...others.map(({ partition }) => partition)]);
        for (const { partition } of doomed) expect([...taken]).not.toContain(partition);
      }
    },
  );
});

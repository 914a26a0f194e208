import { type FlightFact, factsOf, loadFlights, messagesOf } from '../../../bin/demo/flights';
import { type Fault, scriptOf } from '../../../bin/demo/script';
import type { TopicRecord } from '../../../local/broker/broker';

/** The topic as it lies after the producer, without a broker. */
function topicOf(size: number, seed: number): FlightFact[] {
  const lengths = new Map<number, number>();
  const records = messagesOf(loadFlights(size), 'flights', seed).map(({ partition, key, value }): TopicRecord => {
    const offset = lengths.get(partition) ?? 0;
    lengths.set(partition, offset + 1);
    return { topic: 'flights', partition, offset, timestamp: 0, timestampType: 'CREATE_TIME', key, value, headers: [] };
  });
  return factsOf(records, 'group-1');
}

const placeOf = ({ partition, offset }: Pick<Fault, 'partition' | 'offset'>) => `${partition}@${offset}`;
const only = (faults: readonly Fault[], name: Fault['name']) => faults.find((fault) => fault.name === name);

const SCRIPTED = {
  identity: ['crash', 'failing-record', 'failing-record', 'failing-record', 'rebalance', 'time-out'],
  ledger: ['crash', 'failing-record', 'failing-record', 'failing-record', 'rebalance', 'time-out'],
  transaction: ['crash', 'crash-before', 'failing-record', 'failing-record', 'failing-record', 'rebalance', 'time-out'],
};

describe.each([
  ['identity', 500, 60],
  ['ledger', 500, 20],
  ['transaction', 500, 60],
  ['transaction', 777, 20],
  ['identity', 5_000, 5],
  ['transaction', 5_000, 5],
  ['transaction', 20_000, 2],
] as const)('by %s, %d flights, under %d seeds', (remember, size, seeds) => {
  const runs = Array.from({ length: seeds }, (_, seed) => {
    const topic = topicOf(size, seed);
    return { seed, topic, faults: scriptOf(topic, seed, remember) };
  });

  test('every fault is placed, and none has happened', () => {
    for (const { faults } of runs) {
      expect(faults.map(({ name }) => name).sort()).toEqual(SCRIPTED[remember]);
      expect(faults.some(({ happened }) => happened)).toBe(false);
    }
  });

  test('each at a record of its own, which is the first copy of its flight', () => {
    for (const { topic, faults } of runs) {
      expect(new Set(faults.map(placeOf)).size).toBe(SCRIPTED[remember].length);
      for (const fault of faults) {
        const record = topic.find((fact) => placeOf(fact) === placeOf(fault));
        const copies = topic.filter(({ identity }) => identity === record?.identity);
        expect(Math.min(...copies.map(({ offset }) => offset))).toBe(fault.offset);
      }
    }
  });

  test('each further poller up to the sixth moves the partition of the rebalance, and none that of the time-out', () => {
    for (const { faults } of runs) {
      const upheavals = (['crash', 'time-out', 'rebalance', 'crash-before'] as const).map((name) => only(faults, name));
      const [, timeOut, rebalance] = upheavals;
      // The n-th member of a group takes every n-th partition.
      const owners = (fault: Fault | undefined) =>
        [1, 2, 3, 4, 5, 6].map((members) => (fault?.partition ?? 0) % members);
      const moves = owners(rebalance);
      expect(moves.slice(1).every((owner, index) => owner !== moves[index])).toBe(true);
      expect(new Set(owners(timeOut))).toEqual(new Set([0]));
      const partitions = upheavals.flatMap((fault) => (fault ? [fault.partition] : []));
      expect(new Set(partitions).size).toBe(partitions.length);
    }
  });

  test('the same seed places them again', () => {
    const [first] = runs;
    const again = scriptOf(topicOf(size, 0), 0, remember);

    expect(again).toEqual(first?.faults);
  });
});

test('other seeds place them elsewhere', () => {
  const topic = topicOf(500, 1);

  const places = new Set(
    Array.from({ length: 20 }, (_, seed) => scriptOf(topic, seed, 'identity').map(placeOf).join()),
  );

  expect(places.size).toBeGreaterThan(15);
});

test('on a topic of a few records no two faults meet, under many seeds', () => {
  const topic = topicOf(500, 1).filter(({ offset }) => offset < 5);

  for (let seed = 0; seed < 300; seed += 1) {
    const faults = scriptOf(topic, seed, 'transaction');
    expect(new Set(faults.map(placeOf)).size).toBe(faults.length);
    expect(faults.length).toBe(7);
  }
});

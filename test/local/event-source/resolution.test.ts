import { type ObservedPoller, resolutionOf } from '../../../local/event-source/resolution';
import { topicRecord } from './topic-records';

interface Given {
  readonly resolved?: Readonly<Record<number, number>>;
  readonly blocked?: readonly number[];
  readonly inFlight?: readonly (readonly [partition: number, offset: number])[];
}

const poller = ({ resolved = {}, blocked = [], inFlight = [] }: Given): ObservedPoller => ({
  resolvedUpTo: (partition) => resolved[partition],
  blocked: new Set(blocked),
  inFlight: inFlight.map(([partition, offset]) => topicRecord(partition, offset)),
});

const ENDS = new Map([
  [0, 5],
  [1, 3],
]);
const committed = (...offsets: readonly (readonly [number, number])[]) => new Map(offsets);

describe('a mapping is resolved', () => {
  test.each<[string, ReadonlyMap<number, number>, Given[]]>([
    ['when all of it is committed, whoever did it', committed([0, 5], [1, 4]), []],
    [
      'when the owners have read past it and resolved it',
      committed(),
      [{ resolved: { 0: 5 } }, { resolved: { 1: 9 } }],
    ],
    ['when one partition is committed and the other read past', committed([0, 5]), [{ resolved: { 0: 2, 1: 3 } }]],
    ['whatever runs with what came later', committed([0, 5], [1, 3]), [{ inFlight: [[0, 5]] }]],
  ])('%s', (_, commits, pollers) => {
    expect(resolutionOf(ENDS, commits, pollers.map(poller))).toBe('resolved');
  });

  test('when there is nothing', () => {
    expect(resolutionOf(new Map([[0, 0]]), committed(), [poller({})])).toBe('resolved');
  });
});

describe('a mapping is open', () => {
  test.each<[string, ReadonlyMap<number, number>, Given[]]>([
    ['while a partition is neither', committed([0, 5]), [{ resolved: { 0: 5, 1: 2 } }]],
    ['while nobody owns a partition', committed([0, 5]), [{}]],
    [
      'while an invocation with one of its records runs, an old owner’s too',
      committed([0, 5], [1, 3]),
      [{ inFlight: [[1, 2]] }],
    ],
    ['while only one of two open partitions is blocked', committed(), [{ blocked: [0] }]],
    ['while something runs beside what is blocked', committed([1, 3]), [{ blocked: [0], inFlight: [[1, 0]] }]],
  ])('%s', (_, commits, pollers) => {
    expect(resolutionOf(ENDS, commits, pollers.map(poller))).toBe('open');
  });
});

test('a mapping is blocked when every partition that is open is', () => {
  expect(resolutionOf(ENDS, committed([1, 3]), [poller({ blocked: [0] })])).toBe('blocked');
  expect(resolutionOf(ENDS, committed(), [poller({ blocked: [0] }), poller({ blocked: [1] })])).toBe('blocked');
});

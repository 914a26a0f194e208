/** When a run is over: everything is closed and committed, but for what cannot be. */
import type { MemoryWatch } from '../../../local/simulator/memory-watch';
import type { Plan } from '../../../local/simulator/plan';
import { Resolution } from '../../../local/simulator/resolution';
import { factsOf, type SimulatedFact } from '../../../local/simulator/topic';
import { plainPlan } from './plans';

function resolutionOf(special: Partial<Plan>) {
  const closed = new Set<string>();
  const offsets = new Set<string>();
  const parked = new Set<string>();
  const digests = new Map<string, string>();
  const watch = {
    isIdentityClosed: ({ partition, offset }: SimulatedFact) => closed.has(`${partition}@${offset}`),
    isOffsetClosed: ({ partition, offset }: SimulatedFact) => offsets.has(`${partition}@${offset}`),
    isParked: ({ partition, offset }: SimulatedFact) => parked.has(`${partition}@${offset}`),
    payloadDigest: ({ planned }: SimulatedFact) => digests.get(planned.id),
  } as unknown as MemoryWatch;
  const plan = plainPlan(special);
  const resolution = new Resolution(plan, watch);
  resolution.expect(factsOf(plan));
  const pending = () => resolution.pending().map(({ partition, offset }) => `${partition}@${offset}`);
  const deliver = (...names: readonly string[]) =>
    resolution.delivered(
      names.map((name) => name.split('@').map(Number)).map(([partition = 0, offset = 0]) => ({ partition, offset })),
    );
  return { resolution, closed, offsets, parked, digests, pending, deliver, facts: factsOf(plan) };
}

const record = (id: string, special: object = {}) => ({ id, amount: 1, ...special });

test('a record waits for its mark, and then for its commit', () => {
  const { resolution, closed, pending } = resolutionOf({ partitions: [[record('a'), record('b')]] });
  expect(pending()).toEqual(['0@0', '0@1']);

  closed.add('0@0').add('0@1');
  resolution.committed(0, 1);
  expect(pending()).toEqual(['0@1']);

  resolution.committed(0, 2);
  expect(pending()).toEqual([]);
});

test('an offset that was set back waits again', () => {
  const { resolution, closed, pending } = resolutionOf({ partitions: [[record('a'), record('b')]] });
  closed.add('0@0').add('0@1');
  resolution.committed(0, 2);

  resolution.committed(0, 0);

  expect(pending()).toEqual(['0@0', '0@1']);
});

describe('what can never be closed is not waited for', () => {
  test.each<[string, Partial<Plan>]>([
    ['a record that always fails', { partitions: [[record('a')]], work: { a: { failures: -1 } } }],
    ['one that cannot be decoded', { partitions: [[record('a', { isGarbage: true })]] }],
  ])('%s', (_, special) => {
    const { pending, deliver } = resolutionOf(special);
    deliver('0@0');

    expect(pending()).toEqual([]);
  });

  test('another payload than the one that its identity stands for', () => {
    const { pending, deliver, digests, facts } = resolutionOf({
      partitions: [[record('a'), record('a', { amount: 2 })]],
      order: 'none',
    });
    deliver('0@0', '0@1');
    digests.set('a', facts[0]?.payload ?? '');

    expect(pending()).toEqual(['0@0']);
  });

  test('one that fails a few times is waited for', () => {
    const { pending } = resolutionOf({ partitions: [[record('a')]], work: { a: { failures: 3 } } });

    expect(pending()).toEqual(['0@0']);
  });
});

describe('what is behind such a record', () => {
  const partitions = [[record('bad', { key: 'k' }), record('b', { key: 'k' }), record('c', { key: 'l' }), record('d')]];
  const work = { bad: { failures: -1 } };
  const delivered = ['0@0', '0@1', '0@2', '0@3'];

  test.each<[Plan['order'], readonly string[]]>([
    ['partition', []],
    ['key', ['0@2', '0@3']],
    ['none', ['0@1', '0@2', '0@3']],
  ])('order %s: only what shares its lane is not waited for', (order, expected) => {
    const { pending, deliver } = resolutionOf({ partitions, work, order });
    deliver(...delivered);

    expect(pending()).toEqual(expected);
  });

  test('what the last delivery of its partition did not hold is not waited for: its batch is retried on and on', () => {
    const { pending, deliver } = resolutionOf({ partitions, work, order: 'none' });
    deliver(...delivered);
    deliver('0@0', '0@1');

    expect(pending()).toEqual(['0@1']);
  });

  test('commits are not waited for: they cannot pass it', () => {
    const { pending, deliver, closed } = resolutionOf({ partitions, work, order: 'none' });
    deliver(...delivered);
    closed.add('0@1').add('0@2').add('0@3');

    expect(pending()).toEqual([]);
  });
});

test('records from before the start are nobody’s concern', () => {
  const { resolution, pending, facts } = resolutionOf({ partitions: [[record('a'), record('b')]] });
  resolution.expect(facts.slice(1));

  expect(pending()).toEqual(['0@1']);
});

describe('by the way of remembering', () => {
  const partitions = [[record('a'), record('a')]];

  test.each(['ledger', 'transaction'] as const)('%s: each offset waits for its own mark', (remember) => {
    const { resolution, closed, offsets, pending } = resolutionOf({ partitions, remember, identity: false });
    resolution.committed(0, 2);
    closed.add('0@0').add('0@1');
    expect(pending()).toEqual(['0@0', '0@1']);

    offsets.add('0@0').add('0@1');
    expect(pending()).toEqual([]);
  });

  test.each(['refused', 'invalid', 'colliding'] as const)(
    'writes that never can be committed (%s) are not waited for, but where nothing is written',
    (writes) => {
      const pendingOf = (remember: Plan['remember']) => {
        const work = { a: { writes } };
        const { pending, deliver } = resolutionOf({ partitions, work, remember, identity: false, order: 'none' });
        deliver('0@0', '0@1');
        return pending();
      };

      expect(pendingOf('transaction')).toEqual([]);
      expect(pendingOf('ledger')).toEqual(['0@0', '0@1']);
    },
  );

  test('without an identity another payload is nobody’s conflict', () => {
    const partitions = [[record('a'), record('a', { amount: 2 })]];
    const { pending, digests, facts } = resolutionOf({ partitions, remember: 'ledger', identity: false });
    digests.set('a', facts[0]?.payload ?? '');

    expect(pending()).toEqual(['0@0', '0@1']);
  });
});

test('a group that is set back to before its start has more to do', () => {
  const { resolution, pending, facts } = resolutionOf({ partitions: [[record('a'), record('b')], [record('c')]] });
  resolution.expect(facts.slice(2));

  resolution.expectFrom(0, 1);

  expect(pending()).toEqual(['0@1', '1@0']);
});

describe('with dead letters whatever cannot work is waited for: it is parked', () => {
  const deadLetters = { retries: 0, maxAttempts: 2 };
  const work = { a: { failures: -1 }, b: { kills: -1 }, c: { hangs: -1 } };
  const partitions = [[record('a'), record('b'), record('c'), record('d', { isGarbage: true })]];

  test('and without them it is not', () => {
    const pendingOf = (special: Partial<Plan>) => {
      const { pending, deliver } = resolutionOf({ partitions, work, order: 'none', ...special });
      deliver('0@0', '0@1', '0@2', '0@3');
      return pending();
    };

    expect(pendingOf({})).toEqual([]);
    expect(pendingOf({ deadLetters })).toEqual(['0@0', '0@1', '0@2', '0@3']);
  });

  test('P5: where identities are remembered a parked item closes its record alone', () => {
    const { resolution, parked, pending } = resolutionOf({ partitions, work, deadLetters });
    resolution.committed(0, 4);
    for (const name of ['0@0', '0@1', '0@2', '0@3']) parked.add(name);

    expect(pending()).toEqual([]);
  });

  test('P5: where offsets are remembered the closing mark has to stand too', () => {
    const { resolution, parked, offsets, pending } = resolutionOf({
      partitions: [[record('a')]],
      work,
      deadLetters,
      remember: 'ledger',
      identity: false,
    });
    resolution.committed(0, 1);
    parked.add('0@0');
    expect(pending()).toEqual(['0@0']);

    offsets.add('0@0');
    expect(pending()).toEqual([]);
  });
});

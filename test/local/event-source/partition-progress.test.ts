import fc from 'fast-check';
import { PartitionProgress } from '../../../local/event-source/partition-progress';
import { topicRecord } from './topic-records';

type Step =
  | { readonly kind: 'take'; readonly gaps: readonly number[] }
  /** Of the offsets taken so far: which of them, resolved or not. */
  | { readonly kind: 'resolve'; readonly picks: readonly number[] };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('take' as const),
      gaps: fc.array(fc.integer({ min: 1, max: 500 }), { maxLength: 8 }),
    }),
    fc.record({ kind: fc.constant('resolve' as const), picks: fc.array(fc.nat(1_000), { maxLength: 8 }) }),
  ),
  { maxLength: 40 },
);

describe('the offset to commit', () => {
  test('is the lowest unresolved one, else the one after the last taken, whatever is resolved in whatever order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), steps, (start, given) => {
        const progress = new PartitionProgress();
        const taken: { readonly offset: number; resolved: boolean }[] = [];
        let next = start;
        let before = start;

        for (const step of given) {
          if (step.kind === 'take') {
            const offsets = step.gaps.map((gap) => {
              next += gap;
              return next - 1;
            });
            progress.take(offsets.map((offset) => topicRecord(0, offset)));
            taken.push(...offsets.map((offset) => ({ offset, resolved: false })));
          } else if (taken.length > 0) {
            const picked = step.picks.map((pick) => taken[pick % taken.length] as (typeof taken)[number]);
            for (const { offset } of picked) progress.resolve(topicRecord(0, offset));
            for (const one of picked) one.resolved = true;
          }

          const { commitOffset } = progress;
          const unresolved = taken.filter(({ resolved }) => !resolved);
          expect(progress.unresolved).toBe(unresolved.length);
          expect(commitOffset).toBe(unresolved[0]?.offset ?? (taken.length === 0 ? undefined : next));
          for (const { offset } of unresolved) expect(offset).toBeGreaterThanOrEqual(commitOffset ?? 0);
          expect(commitOffset ?? before).toBeGreaterThanOrEqual(before);
          before = commitOffset ?? before;
        }
      }),
    );
  });

  test('by hand: a hole in the offsets, the middle record open, then closed', () => {
    const progress = new PartitionProgress();
    const [first, middle, last] = [topicRecord(0, 10), topicRecord(0, 14), topicRecord(0, 15)];

    progress.take([first, middle, last]);
    for (const record of [last, first]) progress.resolve(record);
    const held = progress.commitOffset;
    progress.resolve(middle);

    expect(held).toBe(14);
    expect(progress.commitOffset).toBe(16);
  });

  test('there is none before anything was taken', () => {
    const progress = new PartitionProgress();

    progress.take([]);
    progress.resolve(topicRecord(0, 3));

    expect(progress.commitOffset).toBeUndefined();
    expect(progress.unresolved).toBe(0);
  });
});

/** The laws of ClaimStore about claims that nobody gave back (protocol P2 and P3). */
import type { Claim } from '../../handlers/claims/claim-store';
import {
  another,
  ask,
  claimed,
  failing,
  type Law,
  type LawWorld,
  LEASE_MS,
  REMEMBER_FOR_SECONDS,
  SKEW_MS,
  START_MS,
  write,
} from './claim-law-world';

const DIED = 'MSK_ONCE_PROCESS_DIED';
const UNSETTLED = 'MSK_ONCE_UNSETTLED';
/** From a claim until nobody doubts any more that it is over. */
const OVER_MS = LEASE_MS + 60 * SKEW_MS;

/** Whoever held it is gone, and another worker takes over. */
async function takenOver(world: LawWorld, claim: Claim): Promise<Claim> {
  world.clock.nowMs += OVER_MS;
  return claimed(world, another(world, claim));
}

/** A claim after one that nobody gave back. */
async function afterUnclean(world: LawWorld): Promise<Claim> {
  return takenOver(world, await claimed(world));
}

async function ended(world: LawWorld, how: (typeof ENDS)[number], claim: Claim): Promise<void> {
  const { store, clock } = world;
  const [answer] = await {
    complete: () => store.complete([{ claim }]),
    park: () => store.park([{ claim, parked: failing() }]),
    fail: () => store.fail([{ claim, error: 'TypeError', atMs: clock.nowMs }]),
    release: () => store.release([{ claim, hasRun: true }]),
  }[how]();
  expect(answer?.kind).toBe('written');
}

const ENDS = ['complete', 'park', 'fail', 'release'] as const;

export const DEATH_LAWS: readonly Law[] = [
  {
    name: 'P3: each takeover of a claim that nobody gave back counts one unclean end',
    async holds(world) {
      let claim = await claimed(world);
      expect(claim.unclean ?? 0).toBe(0);
      for (const unclean of [1, 2, 3]) {
        claim = await takenOver(world, claim);

        expect(claim).toMatchObject({ unclean, attempts: 0 });
        expect(await world.stored(claim.id)).toMatchObject({ unclean, attempts: 0 });
      }
    },
  },
  ...ENDS.map(
    (how): Law => ({
      name: `P3: after a run to ${how} ends what is remembered of unclean ends`,
      async holds(world) {
        const claim = await afterUnclean(world);
        await write(world, 'suspect', claim);

        await ended(world, how, claim);

        const { unclean, suspect } = (await world.stored(claim.id)) ?? {};
        expect({ unclean, suspect }).toEqual({ unclean: undefined, suspect: undefined });
      },
    }),
  ),
  {
    name: 'P3: what is given back before it started keeps its unclean ends, and adds none',
    async holds(world) {
      const claim = await afterUnclean(world);
      await write(world, 'release', claim);

      const next = await takenOver(world, claim);

      expect(next).toMatchObject({ unclean: 1, attempts: 0 });
    },
  },
  {
    name: 'P3: a death after a written start is an attempt, counted with the takeover',
    async holds(world) {
      const claim = await afterUnclean(world);
      expect(await write(world, 'suspect', claim)).toBe('written');
      expect(await world.stored(claim.id)).toMatchObject({ suspect: claim.offset, attempts: 0 });

      const first = await takenOver(world, claim);
      const history = { attempts: 1, firstFailureMs: world.clock.nowMs, lastError: DIED };
      expect(first).toMatchObject({ ...history, unclean: 2 });
      expect(await world.stored(claim.id)).toMatchObject({ attempts: 1, unclean: 2 });
      expect((await world.stored(claim.id))?.suspect).toBeUndefined();

      await write(world, 'suspect', first);
      const second = await takenOver(world, first);

      expect(second).toMatchObject({ ...history, attempts: 2 });
      // Nobody has written its start again.
      expect(await takenOver(world, second)).toMatchObject({ ...history, attempts: 2 });
    },
  },
  {
    name: 'P3: of a suspect that was given back no attempt is counted',
    async holds(world) {
      const claim = await afterUnclean(world);
      await write(world, 'suspect', claim);

      await write(world, 'release', claim);

      expect((await world.stored(claim.id))?.suspect).toBeUndefined();
      expect((await takenOver(world, claim)).attempts).toBe(0);
    },
  },
  {
    name: 'P2: a cut counts one attempt and gives nothing back',
    async holds(world) {
      const claim = await claimed(world);
      world.clock.nowMs += 20_000;

      expect(await write(world, 'cutOff', claim)).toBe('written');

      expect((await ask(world, another(world, claim))).kind).toBe('busy');
      const next = await takenOver(world, claim);
      expect(next).toMatchObject({ attempts: 1, firstFailureMs: START_MS + 20_000, lastError: UNSETTLED });
    },
  },
  {
    name: 'P2: a cut after a written start is one attempt, not two',
    async holds(world) {
      const claim = await afterUnclean(world);
      await write(world, 'suspect', claim);

      await write(world, 'cutOff', claim);

      expect(await takenOver(world, claim)).toMatchObject({ attempts: 1, lastError: UNSETTLED });
    },
  },
  {
    name: 'P2: a late copy of a written start changes nothing after the cut',
    async holds(world) {
      const claim = await afterUnclean(world);
      await write(world, 'suspect', claim);
      await write(world, 'cutOff', claim);
      const before = await world.stored(claim.id);

      await world.store.suspect([{ claim }]);

      expect(await world.stored(claim.id)).toEqual(before);
    },
  },
  {
    name: 'C8: a cut whose answer was lost recognises itself and is counted once',
    async holds(world) {
      const claim = await claimed(world);

      const kinds = [await write(world, 'cutOff', claim), await write(world, 'cutOff', claim)];

      expect(kinds).toEqual(['written', 'written']);
      expect((await world.stored(claim.id))?.attempts).toBe(1);
    },
  },
  {
    name: 'C8: a written start whose answer was lost recognises itself',
    async holds(world) {
      const claim = await afterUnclean(world);

      const kinds = [await write(world, 'suspect', claim), await write(world, 'suspect', claim)];

      expect(kinds).toEqual(['written', 'written']);
    },
  },
  {
    name: 'C8: a takeover whose answer was lost counts neither the unclean end nor the death once more',
    async holds(world) {
      const claim = await afterUnclean(world);
      await write(world, 'suspect', claim);
      world.clock.nowMs += OVER_MS;
      const request = another(world, claim);
      await claimed(world, request);
      const before = await world.stored(claim.id);

      await claimed(world, request);

      const after = await world.stored(claim.id);
      expect([after?.unclean, after?.attempts]).toEqual([before?.unclean, before?.attempts]);
    },
  },
  {
    name: 'C2: a suspect that has expired begins anew, with nothing remembered of its deaths',
    async holds(world) {
      const claim = await afterUnclean(world);
      await write(world, 'suspect', claim);
      world.clock.nowMs += LEASE_MS + (REMEMBER_FOR_SECONDS + 1) * 1_000;

      const next = await claimed(world, another(world, claim));

      expect([next.attempts, next.unclean ?? 0]).toEqual([0, 0]);
      const { unclean, suspect } = (await world.stored(claim.id)) ?? {};
      expect({ unclean, suspect }).toEqual({ unclean: undefined, suspect: undefined });
    },
  },
];

/**
 * The laws of RedriveStore (protocol P6 with section 6), written once and run on every implementation. A law is a value,
 * so that broken stores can be shown to break it (`redrive-mutants.test.ts`).
 */
import type { ClaimStore } from '../../handlers/claims/claim-store';
import type { StoredClaim } from '../../handlers/claims/judge';
import type { StoredParked } from '../../handlers/parking/judge-parked';
import type { ParkingStore, RedriveClaim, RedriveClaimAnswer } from '../../handlers/parking/parking-store';
import { prepareWrites } from '../../handlers/transaction/prepare-writes';
import type { RedriveCommitAnswer, RedriveCommitRequest, RedriveStore } from '../../handlers/transaction/redrive-store';
import type { IdentityInsert } from '../../handlers/transaction/transaction-store';
import type { TransactionWrite } from '../../handlers/transaction/transaction-write';

export const SKEW_MS = 1_000;
export const LEASE_MS = 10_000;
export const REMEMBER_FOR_SECONDS = 1_209_600;
export const START_MS = 1_790_000_000_000;
const END_MS = START_MS + LEASE_MS;

/** Stores over the same items, a table for effects, and a look past them at what stands. */
export interface OpenedRedrives {
  readonly redrives: RedriveStore;
  readonly parking: ParkingStore;
  readonly claims: ClaimStore;
  /** Name of a table with the key `id`, a string. */
  readonly effects: string;
  /** How often the effect on an item has happened. */
  effect(id: string): Promise<number>;
  storedIdentity(id: string): Promise<StoredClaim | undefined>;
  parked(id: string): Promise<StoredParked | undefined>;
  /** More than 10 minutes pass for the service and its memory of request tokens. */
  forgetTokens(): void;
}

export type OpenRedrives = (options: {
  clock: { now(): number };
  clockSkewMs: number;
  rememberForSeconds: number;
}) => OpenedRedrives;

export interface RedriveLawWorld extends OpenedRedrives {
  /** Turned by hand. */
  readonly clock: { nowMs: number };
}

export function openRedriveWorld(open: OpenRedrives): RedriveLawWorld {
  const clock = { nowMs: START_MS };
  const options = { clock: { now: () => clock.nowMs }, clockSkewMs: SKEW_MS, rememberForSeconds: REMEMBER_FOR_SECONDS };
  return { ...open(options), clock };
}

export interface RedriveLaw {
  readonly name: string;
  /** Rejects when the law does not hold. */
  holds(world: RedriveLawWorld): Promise<void>;
}

let names = 0;
const fresh = (prefix: string) => `${prefix}-${process.pid}-${Date.now().toString(36)}-${++names}`;
const range = (count: number) => Array.from({ length: count }, (_, index) => index);

async function takes({ parking, clock }: RedriveLawWorld, id: string): Promise<RedriveClaim> {
  const [answer] = await parking.claim([{ id, token: fresh('token'), leaseUntilMs: clock.nowMs + LEASE_MS }]);
  if (answer?.kind !== 'claimed') throw new Error(`the letter is not to be had: ${answer?.kind}`);
  return (answer as Extract<RedriveClaimAnswer, { kind: 'claimed' }>).claim;
}

/** A parked record that is being redriven. */
async function redriven(world: RedriveLawWorld): Promise<RedriveClaim> {
  const id = `parked#shop#source#1#orders#0#${fresh('offset')}`;
  const firstFailureMs = START_MS - 60_000;
  await world.parking.park([{ id, attempts: 5, firstFailureMs, lastFailureMs: START_MS - 1_000 }]);
  return takes(world, id);
}

/** An effect that shows each repeat of itself. */
const counts = (world: RedriveLawWorld, id: string, more: object = {}): TransactionWrite => ({
  Update: {
    TableName: world.effects,
    Key: { id },
    UpdateExpression: 'ADD effects :one',
    ExpressionAttributeValues: { ':one': 1 },
    ...more,
  },
});
/** An effect on an item that must not be there. */
const inserts = (world: RedriveLawWorld, id: string): TransactionWrite => ({
  Put: { TableName: world.effects, Item: { id, effects: 1 }, ConditionExpression: 'attribute_not_exists(id)' },
});
const identityOf = (changes: Partial<IdentityInsert> = {}): IdentityInsert => ({
  id: fresh('identity'),
  token: fresh('token'),
  partition: 0,
  offset: 7,
  payloadDigest: 'digest',
  ...changes,
});

function asks(
  world: RedriveLawWorld,
  claim: RedriveClaim,
  writes: readonly TransactionWrite[],
  identity?: IdentityInsert,
): RedriveCommitRequest {
  const requestToken = fresh('t').slice(-36);
  return { requestToken, atMs: world.clock.nowMs, claim, identity, writes: prepareWrites(writes) };
}

const commits = (
  world: RedriveLawWorld,
  claim: RedriveClaim,
  writes: readonly TransactionWrite[],
  identity?: IdentityInsert,
): Promise<RedriveCommitAnswer> => world.redrives.commit(asks(world, claim, writes, identity));

/** Another record of the same identity, at a worker that remembers by it alone. */
async function claims(world: RedriveLawWorld, { id, payloadDigest }: IdentityInsert, digest = payloadDigest) {
  const leaseUntilMs = world.clock.nowMs + LEASE_MS;
  const request = { id, token: fresh('other'), partition: 3, offset: 33, payloadDigest: digest, leaseUntilMs };
  const [answer] = await world.claims.claim([request]);
  if (answer?.kind !== 'claimed') throw new Error(`the identity is not to be had: ${answer?.kind}`);
  return answer.claim;
}

/** Parked with its record by a worker that remembers by it. */
async function parksIdentity(world: RedriveLawWorld, identity: IdentityInsert, digest?: string): Promise<RedriveClaim> {
  const claim = await claims(world, identity, digest);
  const id = `parked#shop#source#1#orders#0#${fresh('offset')}`;
  const parked = { id, attempts: 5, firstFailureMs: START_MS, lastFailureMs: START_MS };
  await world.claims.park([{ claim, parked }]);
  return takes(world, id);
}

const COMMITTED: RedriveCommitAnswer = { kind: 'committed' };
const expirationOf = (ms: number) => ms / 1_000 + REMEMBER_FOR_SECONDS;
const refused = (refusal: object) => ({ kind: 'refused', refusals: [refusal] });

async function standsAsItWas(world: RedriveLawWorld, claim: RedriveClaim): Promise<void> {
  expect(await world.parked(claim.parked.id)).toMatchObject({
    outcome: 'redriving',
    owner: claim.token,
    leaseUntilMs: claim.leaseUntilMs,
    attempts: 5,
  });
}

export const REDRIVE_LAWS: readonly RedriveLaw[] = [
  {
    name: 'P6, T1: effects, the parked item and the identity are done together',
    async holds(world) {
      const claim = await redriven(world);
      const [a, b] = [fresh('effect'), fresh('effect')];
      const identity = identityOf({ partition: 2, offset: 9_007_199_254_740_991 });

      expect(await commits(world, claim, [counts(world, a), inserts(world, b)], identity)).toEqual(COMMITTED);

      expect([await world.effect(a), await world.effect(b)]).toEqual([1, 1]);
      expect(await world.parked(claim.parked.id)).toMatchObject({
        outcome: 'done',
        owner: claim.token,
        attempts: 5,
        leaseUntilMs: undefined,
        expiration: expirationOf(START_MS),
      });
      expect(await world.storedIdentity(identity.id)).toMatchObject({
        status: 'COMPLETED',
        outcome: 'done',
        owner: identity.token,
        partition: 2,
        offset: 9_007_199_254_740_991,
        payloadDigest: 'digest',
        expiration: expirationOf(START_MS),
      });
    },
  },
  {
    name: 'T1: where one write is refused nothing stands, and the letter is still held',
    async holds(world) {
      const [claim, identity] = [await redriven(world), identityOf()];
      const [a, taken] = [fresh('effect'), fresh('effect')];
      await commits(world, await redriven(world), [counts(world, taken)]);

      const answer = await commits(world, claim, [counts(world, a), inserts(world, taken)], identity);

      expect(answer).toEqual(refused({ kind: 'condition', write: 1 }));
      expect([await world.effect(a), await world.effect(taken)]).toEqual([0, 1]);
      expect(await world.storedIdentity(identity.id)).toBeUndefined();
      await standsAsItWas(world, claim);
    },
  },
  {
    name: 'P6: effects of a redrive whose letter was taken over are refused',
    async holds(world) {
      const [claim, effect] = [await redriven(world), fresh('effect')];
      world.clock.nowMs = END_MS + 2 * SKEW_MS + 1;
      const other = await takes(world, claim.parked.id);

      expect(await commits(world, claim, [counts(world, effect)])).toEqual({ kind: 'lost' });

      expect(await world.effect(effect)).toBe(0);
      expect(await commits(world, other, [counts(world, effect)])).toEqual(COMMITTED);
    },
  },
  {
    name: 'P6: effects behind a lease that has run out stand as long as nobody else has the letter',
    async holds(world) {
      const [claim, effect] = [await redriven(world), fresh('effect')];
      world.clock.nowMs = END_MS + 60_000;

      expect(await commits(world, claim, [counts(world, effect)])).toEqual(COMMITTED);
      expect(await world.effect(effect)).toBe(1);
    },
  },
  {
    name: 'P6, T5: a late copy changes nothing once the letter was given back, or has failed',
    async holds(world) {
      const [released, failed] = [await redriven(world), await redriven(world)];
      const effect = fresh('effect');
      await world.parking.release([{ claim: released }]);
      await world.parking.fail([{ claim: failed, atMs: START_MS }]);

      const answers = [
        await commits(world, released, [counts(world, effect)]),
        await commits(world, failed, [counts(world, effect)]),
      ];

      expect(answers).toEqual([{ kind: 'lost' }, { kind: 'lost' }]);
      expect(await world.effect(effect)).toBe(0);
      expect(await world.parked(failed.parked.id)).toMatchObject({ outcome: 'parked', attempts: 6 });
    },
  },
  {
    name: 'P6: what was never parked is lost, and no commit makes it',
    async holds(world) {
      const [effect, id] = [fresh('effect'), `parked#${fresh('never')}`];
      const parked = { id, attempts: 1, firstFailureMs: START_MS, lastFailureMs: START_MS };
      const claim = { parked, token: fresh('token'), leaseUntilMs: END_MS };

      expect(await commits(world, claim, [counts(world, effect)])).toEqual({ kind: 'lost' });

      expect(await world.effect(effect)).toBe(0);
      expect(await world.parked(id)).toBeUndefined();
    },
  },
  {
    name: 'P6: an identity that is parked turns to done, and is remembered from now on',
    async holds(world) {
      const [identity, effect] = [identityOf(), fresh('effect')];
      const claim = await parksIdentity(world, identity);
      world.clock.nowMs += 5_000;

      expect(await commits(world, claim, [counts(world, effect)], identity)).toEqual(COMMITTED);

      expect(await world.effect(effect)).toBe(1);
      expect(await world.storedIdentity(identity.id)).toMatchObject({
        status: 'COMPLETED',
        outcome: 'done',
        expiration: expirationOf(START_MS + 5_000),
      });
      expect(await world.claims.lookUp([{ id: identity.id, payloadDigest: 'digest' }])).toEqual([
        { kind: 'closed', outcome: 'done' },
      ]);
    },
  },
  {
    name: 'P6: an identity that is done keeps its record out, and stays as it is',
    async holds(world) {
      const [identity, effect] = [identityOf(), fresh('effect')];
      await commits(world, await redriven(world), [counts(world, effect)], identity);
      const before = await world.storedIdentity(identity.id);
      const claim = await redriven(world);

      const answer = await commits(world, claim, [counts(world, effect)], { ...identity, token: fresh('later') });

      expect(answer).toEqual(refused({ kind: 'closed', outcome: 'done' }));
      expect(await world.effect(effect)).toBe(1);
      expect(await world.storedIdentity(identity.id)).toEqual(before);
      await standsAsItWas(world, claim);
    },
  },
  {
    name: 'C7: an identity that is parked with another payload is a conflict, and stays parked',
    async holds(world) {
      const [identity, effect] = [identityOf(), fresh('effect')];
      const claim = await parksIdentity(world, identity, 'other');

      const answer = await commits(world, claim, [counts(world, effect)], identity);

      expect(answer).toEqual(refused({ kind: 'conflict' }));
      expect(await world.effect(effect)).toBe(0);
      expect(await world.storedIdentity(identity.id)).toMatchObject({ outcome: 'parked', payloadDigest: 'other' });
    },
  },
  {
    name: 'C7: payloads of what is parked are not compared where they are not known',
    async holds(world) {
      const identity = identityOf({ payloadDigest: undefined });
      const claim = await parksIdentity(world, identity, 'theirs');

      expect(await commits(world, claim, [], identity)).toEqual(COMMITTED);
    },
  },
  {
    name: 'C6: a live claim of a worker that remembers by identity is told with its lease',
    async holds(world) {
      const [claim, identity, effect] = [await redriven(world), identityOf(), fresh('effect')];
      await claims(world, identity);

      const answer = await commits(world, claim, [counts(world, effect)], identity);

      expect(answer).toEqual(refused({ kind: 'busy', leaseUntilMs: END_MS }));
      expect(await world.effect(effect)).toBe(0);
      await standsAsItWas(world, claim);
    },
  },
  {
    name: 'P6, C2: an identity that has expired counts as absent',
    async holds(world) {
      const [identity, effect] = [identityOf(), fresh('effect')];
      await commits(world, await redriven(world), [], identity);
      world.clock.nowMs += (REMEMBER_FOR_SECONDS + 1) * 1_000;

      expect(await commits(world, await redriven(world), [counts(world, effect)], identity)).toEqual(COMMITTED);
      expect(await world.effect(effect)).toBe(1);
    },
  },
  {
    name: 'T5: a commit whose answer was lost is recognised, and has happened once',
    async holds(world) {
      const [effect, mine] = [fresh('effect'), fresh('mine')];
      const request = asks(world, await redriven(world), [counts(world, effect), inserts(world, mine)], identityOf());

      expect([await world.redrives.commit(request), await world.redrives.commit(request)]).toEqual([
        COMMITTED,
        COMMITTED,
      ]);
      expect(await world.effect(effect)).toBe(1);
    },
  },
  {
    name: 'T4, T5: after 10 minutes the parked item answers: what a commit has broken itself is not believed',
    async holds(world) {
      const [effect, mine] = [fresh('effect'), fresh('mine')];
      const request = asks(world, await redriven(world), [counts(world, effect), inserts(world, mine)], identityOf());
      await world.redrives.commit(request);
      world.forgetTokens();

      expect(await world.redrives.commit(request)).toEqual(COMMITTED);
      expect(await world.effect(effect)).toBe(1);
    },
  },
  {
    name: 'T5: a token that has stood for another content commits nothing',
    async holds(world) {
      const [a, b] = [fresh('effect'), fresh('effect')];
      const request = asks(world, await redriven(world), [counts(world, a)]);
      await world.redrives.commit(request);
      const claim = await redriven(world);

      const answer = await world.redrives.commit({ ...request, claim, writes: prepareWrites([counts(world, b)]) });

      expect(answer).toMatchObject({ kind: 'unknown', reason: 'failed' });
      expect([await world.effect(a), await world.effect(b)]).toEqual([1, 0]);
      await standsAsItWas(world, claim);
    },
  },
  {
    name: 'T4: of several refusals the one that will never do is told first, and that of the identity before all',
    async holds(world) {
      const [done, taken, other] = [identityOf(), fresh('effect'), fresh('effect')];
      await commits(world, await redriven(world), [counts(world, taken), counts(world, other)], done);
      const both: TransactionWrite[] = [
        inserts(world, taken),
        { ...inserts(world, other), onConditionFailed: 'permanent' },
      ];

      const answers = [
        await commits(world, await redriven(world), both),
        await commits(world, await redriven(world), both, { ...done, token: fresh('later') }),
      ];

      expect(answers).toEqual([refused({ kind: 'condition', write: 1 }), refused({ kind: 'closed', outcome: 'done' })]);
    },
  },
  {
    name: 'T3: two writes on one item are not valid, and nothing of it stands',
    async holds(world) {
      const [claim, effect] = [await redriven(world), fresh('effect')];

      const answer = await commits(world, claim, [counts(world, effect), counts(world, effect)]);

      expect(answer.kind).toBe('invalid');
      expect(await world.effect(effect)).toBe(0);
      await standsAsItWas(world, claim);
    },
  },
  {
    name: 'T2: 100 items with the parked one stand together, one more is not valid and nothing of it stands',
    async holds(world) {
      const [few, many] = [range(99).map(() => fresh('effect')), range(100).map(() => fresh('effect'))];
      const all = (ids: readonly string[]) => ids.map((id) => counts(world, id));

      const answers = [
        await commits(world, await redriven(world), all(few)),
        await commits(world, await redriven(world), all(many)),
      ];

      expect(answers.map(({ kind }) => kind)).toEqual(['committed', 'invalid']);
      const some = [few[0], few[98], many[0], many[99]] as string[];
      expect(await Promise.all(some.map((id) => world.effect(id)))).toEqual([1, 1, 0, 0]);
    },
  },
  {
    name: 'a record without a write is done by its parked item alone',
    async holds(world) {
      const claim = await redriven(world);

      expect(await commits(world, claim, [])).toEqual(COMMITTED);
      expect(await world.parked(claim.parked.id)).toMatchObject({ outcome: 'done' });
    },
  },
];

/** Declares one test per law. */
export function testRedriveLaws(open: OpenRedrives): void {
  describe('and of redrives', () => {
    test.each(REDRIVE_LAWS.map((law) => [law.name, law] as const))('%s', async (_, law) => {
      await law.holds(openRedriveWorld(open));
    });
  });
}

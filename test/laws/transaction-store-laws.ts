/**
 * The laws of TransactionStore (protocol section 6), written once and run on every implementation. A law is a value, so
 * that broken stores can be shown to break it (`transaction-mutants.test.ts`).
 */
import type { ClaimStore } from '../../handlers/claims/claim-store';
import type { StoredClaim } from '../../handlers/claims/judge';
import { EMPTY_LEDGER, type LedgerState } from '../../handlers/ledger/ledger-state';
import type { LedgerClaim, LedgerMark, LedgerStore } from '../../handlers/ledger/ledger-store';
import type { StoredParked } from '../../handlers/parking/judge-parked';
import type { Parked } from '../../handlers/parking/parked';
import { prepareWrites } from '../../handlers/transaction/prepare-writes';
import type {
  IdentityInsert,
  TransactionAnswer,
  TransactionMember,
  TransactionRequest,
  TransactionStore,
} from '../../handlers/transaction/transaction-store';
import type { TransactionWrite } from '../../handlers/transaction/transaction-write';

export const SKEW_MS = 1_000;
export const LEASE_MS = 10_000;
export const REMEMBER_FOR_SECONDS = 1_209_600;
const START_MS = 1_790_000_000_000;
const END_MS = START_MS + LEASE_MS;

/** Stores over the same items, a table for effects, and a look past them at what stands. */
export interface Opened {
  readonly store: TransactionStore;
  readonly ledger: LedgerStore;
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

export type OpenStores = (options: {
  clock: { now(): number };
  clockSkewMs: number;
  rememberForSeconds: number;
}) => Opened;

export interface LawWorld extends Opened {
  /** Turned by hand. */
  readonly clock: { nowMs: number };
}

export function openWorld(open: OpenStores): LawWorld {
  const clock = { nowMs: START_MS };
  const options = { clock: { now: () => clock.nowMs }, clockSkewMs: SKEW_MS, rememberForSeconds: REMEMBER_FOR_SECONDS };
  return { ...open(options), clock };
}

export interface Law {
  readonly name: string;
  /** Rejects when the law does not hold. */
  holds(world: LawWorld): Promise<void>;
}

let names = 0;
const fresh = (prefix: string) => `${prefix}-${process.pid}-${Date.now().toString(36)}-${++names}`;

interface Tenure {
  readonly id: string;
  readonly token: string;
  readonly claim: LedgerClaim;
}

/** A worker takes a partition. */
async function takes(world: LawWorld, id = fresh('ledger')): Promise<Tenure> {
  const token = fresh('token');
  const leaseUntilMs = world.clock.nowMs + LEASE_MS;
  const [answer] = await world.ledger.claim([{ id, token, leaseUntilMs, first: 0n, last: 9n }]);
  if (answer?.kind !== 'claimed') throw new Error(`the partition is not to be had: ${answer?.kind}`);
  return { id, token, claim: answer.claim };
}

/** A mark that closes the first so many offsets. */
function closes({ id, token, claim }: Tenure, offsets: number, changes: Partial<LedgerMark> = {}): LedgerMark {
  const state: LedgerState = {
    ...claim.state,
    runs: offsets === 0 ? [] : [{ first: 0n, last: BigInt(offsets - 1) }],
    delivered: [{ first: 0n, last: 9n }],
    high: 9n,
    highTimestampMs: START_MS,
  };
  return { id, token, seq: claim.seq, state, leaseUntilMs: END_MS, ...changes };
}

/** An effect that shows each repeat of itself. */
const counts = (world: LawWorld, id: string, more: object = {}): TransactionWrite => ({
  Update: {
    TableName: world.effects,
    Key: { id },
    UpdateExpression: 'ADD effects :one',
    ExpressionAttributeValues: { ':one': 1 },
    ...more,
  },
});
/** An effect on an item that must not be there. */
const inserts = (world: LawWorld, id: string): TransactionWrite => ({
  Put: {
    TableName: world.effects,
    Item: { id, effects: 1 },
    ConditionExpression: 'attribute_not_exists(id)',
  },
});
const failing = (attempts = 5): Parked => ({
  id: `parked#shop#source#1#orders#0#${fresh('offset')}`,
  attempts,
  firstFailureMs: START_MS - 60_000,
  lastFailureMs: START_MS - 1_000,
});
const member = (writes: readonly TransactionWrite[], identity?: IdentityInsert): TransactionMember => ({
  identity,
  writes: prepareWrites(writes),
});
const identityOf = (changes: Partial<IdentityInsert> = {}): IdentityInsert => ({
  id: fresh('identity'),
  token: fresh('token'),
  partition: 0,
  offset: 0,
  payloadDigest: 'digest',
  ...changes,
});

function asks(world: LawWorld, mark: LedgerMark, members: readonly TransactionMember[]): TransactionRequest {
  return { requestToken: fresh('t').slice(-36), atMs: world.clock.nowMs, mark, members };
}

async function commits(
  world: LawWorld,
  mark: LedgerMark,
  members: readonly TransactionMember[],
): Promise<TransactionAnswer> {
  return world.store.commit(asks(world, mark, members));
}

/** What a later claim of the partition reads. */
async function standsIn(world: LawWorld, id: string): Promise<{ state: LedgerState; seq: number }> {
  const nowMs = world.clock.nowMs;
  world.clock.nowMs += 10 * 60_000;
  const { claim } = await takes(world, id);
  world.clock.nowMs = nowMs;
  return claim;
}

async function claims(
  world: LawWorld,
  { id, payloadDigest }: IdentityInsert,
  changes: { payloadDigest?: string } = {},
) {
  const token = fresh('other');
  const leaseUntilMs = world.clock.nowMs + LEASE_MS;
  const request = { id, token, partition: 3, offset: 33, payloadDigest, leaseUntilMs, ...changes };
  const [answer] = await world.claims.claim([request]);
  if (answer?.kind !== 'claimed') throw new Error(`the identity is not to be had: ${answer?.kind}`);
  return answer.claim;
}

/** A record with this identity is committed; what stands of its effect. */
async function commitsIdentity(world: LawWorld, identity: IdentityInsert): Promise<[TransactionAnswer, number]> {
  const effect = fresh('effect');
  const tenure = await takes(world);
  const answer = await commits(world, closes(tenure, 1), [member([counts(world, effect)], identity)]);
  return [answer, await world.effect(effect)];
}

const REFUSED = (refusal: object): TransactionAnswer =>
  ({ kind: 'refused', refusals: [refusal] }) as unknown as TransactionAnswer;

export const LAWS: readonly Law[] = [
  {
    name: 'T1: effects, identities and the mark stand together',
    async holds(world) {
      const tenure = await takes(world);
      const [a, b] = [fresh('effect'), fresh('effect')];
      const identity = identityOf({ partition: 2, offset: 9_007_199_254_740_991 });

      const answer = await commits(world, closes(tenure, 2), [
        member([counts(world, a)], identity),
        member([counts(world, b)]),
      ]);

      expect(answer).toEqual({ kind: 'committed' });
      expect([await world.effect(a), await world.effect(b)]).toEqual([1, 1]);
      expect(await world.storedIdentity(identity.id)).toMatchObject({
        status: 'COMPLETED',
        outcome: 'done',
        owner: identity.token,
        partition: 2,
        offset: 9_007_199_254_740_991,
        payloadDigest: 'digest',
      });
      expect((await standsIn(world, tenure.id)).state.runs).toEqual([{ first: 0n, last: 1n }]);
    },
  },
  {
    name: 'T1: where one write is refused none stands, no identity and no mark',
    async holds(world) {
      const tenure = await takes(world);
      const [a, b] = [fresh('effect'), fresh('effect')];
      await commits(world, closes(await takes(world), 1), [member([counts(world, b)])]);
      const identity = identityOf();

      const answer = await commits(world, closes(tenure, 2), [
        member([counts(world, a)], identity),
        member([inserts(world, b)]),
      ]);

      expect(answer.kind).toBe('refused');
      expect([await world.effect(a), await world.effect(b)]).toEqual([0, 1]);
      expect(await world.storedIdentity(identity.id)).toBeUndefined();
      expect(await standsIn(world, tenure.id)).toMatchObject({ state: { runs: [] }, seq: tenure.claim.seq + 1 });
    },
  },
  {
    name: 'T1: effects of a worker whose partition was taken over are refused',
    async holds(world) {
      const tenure = await takes(world);
      const effect = fresh('effect');
      world.clock.nowMs = END_MS + 2 * SKEW_MS + 1;
      const other = await takes(world, tenure.id);

      const answer = await commits(world, closes(tenure, 1), [member([counts(world, effect)])]);

      expect(answer).toEqual({ kind: 'lost' });
      expect(await world.effect(effect)).toBe(0);
      expect((await commits(world, closes(other, 1), [member([counts(world, effect)])])).kind).toBe('committed');
    },
  },
  {
    name: 'T1: a fence that has moved far beyond is lost, also under the own token',
    async holds(world) {
      const tenure = await takes(world);
      const effect = fresh('effect');
      await world.ledger.mark([closes(tenure, 1)]);
      await world.ledger.mark([closes(tenure, 1, { seq: tenure.claim.seq + 1 })]);

      const answer = await commits(world, closes(tenure, 1), [member([counts(world, effect)])]);

      expect(answer).toEqual({ kind: 'lost' });
      expect(await world.effect(effect)).toBe(0);
    },
  },
  {
    name: 'T1: without a ledger item the fence is lost, and none is created',
    async holds(world) {
      const effect = fresh('effect');
      const nobody: Tenure = {
        id: fresh('ledger'),
        token: fresh('token'),
        claim: { state: EMPTY_LEDGER, seq: 0, leaseUntilMs: END_MS },
      };

      const answer = await commits(world, closes(nobody, 1), [member([counts(world, effect)])]);

      expect(answer).toEqual({ kind: 'lost' });
      expect(await world.effect(effect)).toBe(0);
      expect((await takes(world, nobody.id)).claim.seq).toBe(1);
    },
  },
  {
    name: 'T1, L3: another write of ours that came before is told with what it has closed',
    async holds(world) {
      const tenure = await takes(world);
      const effect = fresh('effect');
      await world.ledger.mark([closes(tenure, 3)]);

      const answer = await commits(world, closes(tenure, 4), [member([counts(world, effect)])]);

      expect(answer).toMatchObject({
        kind: 'overtaken',
        seq: tenure.claim.seq + 1,
        state: { runs: [{ first: 0n, last: 2n }] },
      });
      expect(await world.effect(effect)).toBe(0);
    },
  },
  {
    name: 'T1, L2: the next commit stands on top of the one before',
    async holds(world) {
      const tenure = await takes(world);
      const [a, b] = [fresh('effect'), fresh('effect')];
      await commits(world, closes(tenure, 1), [member([counts(world, a)])]);

      const answer = await commits(world, closes(tenure, 2, { seq: tenure.claim.seq + 1 }), [
        member([counts(world, b)]),
      ]);

      expect(answer).toEqual({ kind: 'committed' });
      expect([await world.effect(a), await world.effect(b)]).toEqual([1, 1]);
    },
  },
  {
    name: 'T1, L2: a commit renews the lease',
    async holds(world) {
      const tenure = await takes(world);
      await commits(world, closes(tenure, 1, { leaseUntilMs: END_MS + 5_000 }), [member([])]);
      world.clock.nowMs = END_MS + 5_000;

      const request = { id: tenure.id, token: fresh('token'), leaseUntilMs: END_MS + 60_000, first: 0n, last: 9n };

      expect(await world.ledger.claim([request])).toEqual([{ kind: 'busy', leaseUntilMs: END_MS + 5_000 }]);
    },
  },
  {
    name: 'T1, L5: the last commit gives the partition back',
    async holds(world) {
      const tenure = await takes(world);

      await commits(world, closes(tenure, 1, { leaseUntilMs: undefined }), [member([counts(world, fresh('effect'))])]);

      expect((await takes(world, tenure.id)).claim.state.runs).toEqual([{ first: 0n, last: 0n }]);
    },
  },
  {
    name: 'T5: a commit whose answer was lost is recognised, and has happened once',
    async holds(world) {
      const [effect, mine] = [fresh('effect'), fresh('mine')];
      const members = [member([counts(world, effect), inserts(world, mine)], identityOf())];
      const request = asks(world, closes(await takes(world), 1), members);

      const answers = [await world.store.commit(request), await world.store.commit(request)];

      expect(answers).toEqual([{ kind: 'committed' }, { kind: 'committed' }]);
      expect(await world.effect(effect)).toBe(1);
    },
  },
  {
    name: 'T5, T4: after 10 minutes the mark answers: the conditions that a commit has broken itself are not believed',
    async holds(world) {
      const [effect, mine] = [fresh('effect'), fresh('mine')];
      const members = [member([counts(world, effect), inserts(world, mine)], identityOf())];
      const request = asks(world, closes(await takes(world), 1), members);
      await world.store.commit(request);
      world.forgetTokens();

      const answer = await world.store.commit(request);

      expect(answer).toEqual({ kind: 'committed' });
      expect(await world.effect(effect)).toBe(1);
    },
  },
  {
    name: 'T5: within 10 minutes the token answers, whoever has the partition by then',
    async holds(world) {
      const effect = fresh('effect');
      const tenure = await takes(world);
      const request = asks(world, closes(tenure, 1), [member([counts(world, effect)])]);
      await world.store.commit(request);
      world.clock.nowMs = END_MS + 2 * SKEW_MS + 1;
      await takes(world, tenure.id);

      expect(await world.store.commit(request)).toEqual({ kind: 'committed' });
      expect(await world.effect(effect)).toBe(1);
    },
  },
  {
    name: 'T5: after 10 minutes a late copy changes nothing under another owner',
    async holds(world) {
      const effect = fresh('effect');
      const tenure = await takes(world);
      const request = asks(world, closes(tenure, 1), [member([counts(world, effect)])]);
      await world.store.commit(request);
      world.clock.nowMs = END_MS + 2 * SKEW_MS + 1;
      const other = await takes(world, tenure.id);
      world.forgetTokens();

      expect((await world.store.commit(request)).kind).toBe('lost');
      expect(await world.effect(effect)).toBe(1);
      expect((await commits(world, closes(other, 2), [member([])])).kind).toBe('committed');
    },
  },
  {
    name: 'T5: a late copy of what was refused changes nothing once the fence has moved',
    async holds(world) {
      const [effect, blocked] = [fresh('effect'), fresh('effect')];
      const tenure = await takes(world);
      await commits(world, closes(await takes(world), 1), [member([counts(world, blocked)])]);
      const members = [member([counts(world, effect)]), member([inserts(world, blocked)])];
      const request = asks(world, closes(tenure, 2), members);
      await world.store.commit(request);
      await commits(world, closes(tenure, 1), [member([counts(world, effect)])]);

      const late = await world.store.commit(request);

      expect(late.kind).toBe('overtaken');
      expect([await world.effect(effect), await world.effect(blocked)]).toEqual([1, 1]);
    },
  },
  {
    name: 'T5: a token that has stood for another content commits nothing',
    async holds(world) {
      const [a, b] = [fresh('effect'), fresh('effect')];
      const tenure = await takes(world);
      const request = asks(world, closes(tenure, 1), [member([counts(world, a)])]);
      await world.store.commit(request);
      const mark = closes(tenure, 2, { seq: tenure.claim.seq + 1 });

      const answer = await world.store.commit({ ...request, mark, members: [member([counts(world, b)])] });

      expect(answer).toMatchObject({ kind: 'unknown', reason: 'failed' });
      expect([await world.effect(a), await world.effect(b)]).toEqual([1, 0]);
    },
  },
  {
    name: 'T4: each refusal stands at its member and names its write',
    async holds(world) {
      const blocked = [fresh('effect'), fresh('effect')];
      await commits(world, closes(await takes(world), 1), [member(blocked.map((id) => counts(world, id)))]);
      const free = () => counts(world, fresh('effect'));

      const answer = await commits(world, closes(await takes(world), 4), [
        member([free()], identityOf()),
        member([free(), inserts(world, blocked[0] as string)], identityOf()),
        member([]),
        member([inserts(world, blocked[1] as string), free()]),
      ]);

      expect(answer).toEqual({
        kind: 'refused',
        refusals: [undefined, { kind: 'condition', write: 1 }, undefined, { kind: 'condition', write: 0 }],
      });
    },
  },
  {
    name: 'T4: a write that its item does not bear is that write’s alone, at once or by splitting',
    async holds(world) {
      const item = fresh('effect');
      const text: TransactionWrite = { Put: { TableName: world.effects, Item: { id: item, effects: 'text' } } };
      await commits(world, closes(await takes(world), 1), [member([text])]);
      const good = member([counts(world, fresh('effect'))]);
      const adds = counts(world, item, { UpdateExpression: 'SET effects = effects + :one' });
      const bad = member([counts(world, fresh('effect')), adds]);

      const answers = [
        await commits(world, closes(await takes(world), 2), [good, bad]),
        await commits(world, closes(await takes(world), 1), [bad]),
        await commits(world, closes(await takes(world), 1), [good]),
      ];

      // DynamoDB Local does not say which write it is.
      const [both, alone] = answers.map(({ kind }) => kind);
      const isPlaced = both === 'refused';
      expect([both, alone]).toEqual(isPlaced ? ['refused', 'refused'] : ['invalid', 'invalid']);
      if (isPlaced) expect(answers[0]).toMatchObject({ refusals: [undefined, { kind: 'invalid', write: 1 }] });
      expect(answers[2]).toEqual({ kind: 'committed' });
    },
  },
  {
    name: 'T1: an identity that is done keeps its record out, and nothing of it stands',
    async holds(world) {
      const identity = identityOf();
      await commitsIdentity(world, identity);

      expect(await commitsIdentity(world, { ...identity, token: fresh('token'), offset: 7 })).toEqual([
        REFUSED({ kind: 'closed', outcome: 'done' }),
        0,
      ]);
      expect((await world.storedIdentity(identity.id))?.owner).toBe(identity.token);
    },
  },
  {
    name: 'T1: an identity that was completed by a claim keeps its record out',
    async holds(world) {
      const identity = identityOf();
      const claim = await claims(world, identity);
      await world.claims.complete([{ claim }]);

      expect(await commitsIdentity(world, identity)).toEqual([REFUSED({ kind: 'closed', outcome: 'done' }), 0]);
    },
  },
  {
    name: 'T1: what a transaction has done answers those who claim and look up, for its time',
    async holds(world) {
      const identity = identityOf();
      const claim = { ...identity, token: fresh('token'), offset: 5, leaseUntilMs: START_MS + LEASE_MS };
      await commitsIdentity(world, identity);
      world.clock.nowMs = START_MS + REMEMBER_FOR_SECONDS * 1_000 - 1;

      const answers = [...(await world.claims.lookUp([identity])), ...(await world.claims.claim([claim]))];

      expect(answers).toEqual([
        { kind: 'closed', outcome: 'done' },
        { kind: 'closed', outcome: 'done' },
      ]);
    },
  },
  {
    name: 'T1: an identity that has expired counts as absent',
    async holds(world) {
      const identity = identityOf();
      await commitsIdentity(world, identity);
      world.clock.nowMs = START_MS + REMEMBER_FOR_SECONDS * 1_000;

      expect(await commitsIdentity(world, { ...identity, payloadDigest: 'other' })).toEqual([{ kind: 'committed' }, 1]);
    },
  },
  {
    name: 'C7: another payload under an identity that is done is a conflict, and the item is untouched',
    async holds(world) {
      const identity = identityOf();
      await commitsIdentity(world, identity);
      const before = await world.storedIdentity(identity.id);

      expect(await commitsIdentity(world, { ...identity, payloadDigest: 'other' })).toEqual([
        REFUSED({ kind: 'conflict' }),
        0,
      ]);
      expect(await world.storedIdentity(identity.id)).toEqual(before);
    },
  },
  {
    name: 'C6: a live claim of a worker that remembers by identity alone is told with its lease',
    async holds(world) {
      const identity = identityOf();
      await claims(world, identity);
      for (const nowMs of [START_MS, END_MS, END_MS + 2 * SKEW_MS]) {
        world.clock.nowMs = nowMs;

        expect(await commitsIdentity(world, identity)).toEqual([REFUSED({ kind: 'busy', leaseUntilMs: END_MS }), 0]);
      }
    },
  },
  {
    name: 'C3: a claim that has run out by more than 2 skews gives way, and its worker is refused from then on',
    async holds(world) {
      const identity = identityOf();
      const claim = await claims(world, identity);
      world.clock.nowMs = END_MS + 2 * SKEW_MS + 1;

      expect(await commitsIdentity(world, identity)).toEqual([{ kind: 'committed' }, 1]);
      const before = await world.storedIdentity(identity.id);
      const answers = [
        ...(await world.claims.complete([{ claim }])),
        ...(await world.claims.fail([{ claim, error: 'E', atMs: world.clock.nowMs }])),
        ...(await world.claims.release([{ claim }])),
      ];
      expect(answers.map(({ kind }) => kind)).toEqual(['lost', 'lost', 'lost']);
      expect(await world.storedIdentity(identity.id)).toEqual(before);
    },
  },
  {
    name: 'C5: a claim that was given back gives way at once',
    async holds(world) {
      const identity = identityOf();
      const claim = await claims(world, identity);
      await world.claims.release([{ claim }]);

      expect(await commitsIdentity(world, identity)).toEqual([{ kind: 'committed' }, 1]);
    },
  },
  {
    name: 'C7: a claim with another payload does not give way, whether it was given back or has run out',
    async holds(world) {
      const [released, over] = [identityOf(), identityOf()];
      const claim = await claims(world, released, { payloadDigest: 'other' });
      await world.claims.release([{ claim }]);
      await claims(world, over, { payloadDigest: 'other' });
      world.clock.nowMs = END_MS + 60_000;

      expect(await commitsIdentity(world, released)).toEqual([REFUSED({ kind: 'conflict' }), 0]);
      expect(await commitsIdentity(world, over)).toEqual([REFUSED({ kind: 'conflict' }), 0]);
    },
  },
  {
    name: 'C7: payloads are not compared where one of both is not known',
    async holds(world) {
      const [ours, theirs] = [identityOf(), identityOf({ payloadDigest: undefined })];
      for (const identity of [ours, theirs]) {
        const claim = await claims(world, identity);
        await world.claims.release([{ claim }]);
      }

      const answers = [
        await commitsIdentity(world, { ...ours, payloadDigest: undefined }),
        await commitsIdentity(world, { ...theirs, payloadDigest: 'digest' }),
      ];

      expect(answers).toEqual([
        [{ kind: 'committed' }, 1],
        [{ kind: 'committed' }, 1],
      ]);
    },
  },
  {
    name: 'T2: 100 items with the mark stand together, one more is not valid and nothing of it stands',
    async holds(world) {
      const writes = (count: number) => Array.from({ length: count }, () => fresh('effect'));
      const [few, many] = [writes(99), writes(100)];
      const all = (ids: readonly string[]) => ids.map((id) => member([counts(world, id)]));

      const answers = [
        await commits(world, closes(await takes(world), 10), all(few)),
        await commits(world, closes(await takes(world), 10), all(many)),
      ];

      expect(answers.map(({ kind }) => kind)).toEqual(['committed', 'invalid']);
      const effects = [...few.slice(0, 2), few[98] as string, ...many.slice(0, 2), many[99] as string];
      expect(await Promise.all(effects.map((id) => world.effect(id)))).toEqual([1, 1, 1, 0, 0, 0]);
    },
  },
  {
    name: 'T3: one identity twice is not committed, and nothing of it stands',
    async holds(world) {
      const [effect, identity] = [fresh('effect'), identityOf()];
      const members = [member([counts(world, effect)], identity), member([], { ...identity, offset: 1 })];

      const answer = await commits(world, closes(await takes(world), 2), members);

      // DynamoDB Local lets the second meet the first, instead of refusing the request as a whole.
      expect(['invalid', 'refused']).toContain(answer.kind);
      expect(await world.effect(effect)).toBe(0);
      expect(await world.storedIdentity(identity.id)).toBeUndefined();
    },
  },
  {
    name: 'T3: two writes on one item are not valid, and nothing of it stands',
    async holds(world) {
      const effect = fresh('effect');

      const answer = await commits(world, closes(await takes(world), 2), [
        member([counts(world, effect)]),
        member([counts(world, effect)]),
      ]);

      expect(answer.kind).toBe('invalid');
      expect(await world.effect(effect)).toBe(0);
    },
  },
  {
    name: 'P5: parked items stand with the mark and the effects, and one that exists is left alone',
    async holds(world) {
      const tenure = await takes(world);
      const [effect, record, other] = [fresh('effect'), failing(), failing()];
      await commits(world, closes(tenure, 2, { parked: [record] }), [member([])]);
      const before = await world.parked(record.id);
      const parked = [{ ...record, attempts: 9 }, other];

      const answer = await commits(world, closes(tenure, 4, { seq: tenure.claim.seq + 1, parked }), [
        member([counts(world, effect)]),
      ]);

      expect(answer).toEqual({ kind: 'committed' });
      expect(before).toMatchObject({ outcome: 'parked', attempts: 5 });
      expect(await world.parked(record.id)).toEqual(before);
      expect(await world.parked(other.id)).toMatchObject({ outcome: 'parked', attempts: 5 });
      expect(await world.effect(effect)).toBe(1);
    },
  },
  {
    name: 'P5: where a write, or the fence, is refused there is no parked item',
    async holds(world) {
      const tenure = await takes(world);
      const [taken, ...records] = [fresh('effect'), failing(), failing()];
      await commits(world, closes(tenure, 1), [member([inserts(world, taken)])]);

      const answers = [
        await commits(world, closes(tenure, 3, { seq: tenure.claim.seq + 1, parked: records.slice(0, 1) }), [
          member([inserts(world, taken)]),
        ]),
        await commits(world, closes(tenure, 3, { token: fresh('stranger'), parked: records.slice(1) }), [member([])]),
      ];

      expect(answers.map(({ kind }) => kind)).toEqual(['refused', 'lost']);
      expect(await Promise.all(records.map(({ id }) => world.parked(id)))).toEqual([undefined, undefined]);
    },
  },
  {
    name: 'P5, T5: a mark that stands without the parked items is not taken for the commit that has them',
    async holds(world) {
      const tenure = await takes(world);
      const record = failing();
      const mark = closes(tenure, 2, { leaseUntilMs: END_MS + 1_000 });
      await commits(world, mark, [member([])]);
      world.forgetTokens();

      const answer = await commits(world, { ...mark, parked: [record] }, [member([])]);

      expect(answer).toMatchObject({ kind: 'overtaken', seq: tenure.claim.seq + 1 });
      expect(await world.parked(record.id)).toBeUndefined();
    },
  },
  {
    name: 'records without a write are closed by the mark alone',
    async holds(world) {
      const tenure = await takes(world);

      const answers = [
        await commits(world, closes(tenure, 2), [member([]), member([])]),
        await commits(world, closes(tenure, 3, { seq: tenure.claim.seq + 1 }), []),
      ];

      expect(answers).toEqual([{ kind: 'committed' }, { kind: 'committed' }]);
      expect((await standsIn(world, tenure.id)).state.runs).toEqual([{ first: 0n, last: 2n }]);
    },
  },
];

/** Declares one test per law. */
export function testLaws(open: OpenStores): void {
  test.each(LAWS.map((law) => [law.name, law] as const))('%s', async (_, law) => {
    await law.holds(openWorld(open));
  });
}

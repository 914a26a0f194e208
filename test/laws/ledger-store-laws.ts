/**
 * The laws of LedgerStore (protocol section 4), written once and run on every implementation. A law is a value, so that
 * broken stores can be shown to break it (`ledger-mutants.test.ts`).
 */
import { EMPTY_LEDGER, type LedgerState } from '../../handlers/ledger/ledger-state';
import type {
  LedgerClaim,
  LedgerClaimAnswer,
  LedgerClaimRequest,
  LedgerMark,
  LedgerMarkAnswer,
  LedgerStore,
} from '../../handlers/ledger/ledger-store';
import type { StoredParked } from '../../handlers/parking/judge-parked';
import type { Parked } from '../../handlers/parking/parked';

export const SKEW_MS = 1_000;
export const LEASE_MS = 10_000;
export const START_MS = 1_790_000_000_000;
const END_MS = START_MS + LEASE_MS;

/** What stands in the table, as far as a law looks at it; `everything` is compared as a whole only. */
export interface StoredPartition {
  readonly owner: string | undefined;
  readonly leaseUntilMs: number | undefined;
  readonly seq: number | undefined;
  readonly everything: unknown;
}

export interface OpenedLedger {
  readonly store: LedgerStore;
  stored(id: string): Promise<StoredPartition | undefined>;
  parked(id: string): Promise<StoredParked | undefined>;
  /** Every write that was sent so far arrives once more, in the same order. */
  lateCopies(): Promise<void>;
}

/** A store under a clock that is turned by hand, and a look past it at what is stored. */
export interface LedgerWorld extends OpenedLedger {
  readonly clock: { nowMs: number };
}

export type OpenLedgerStore = (options: { clock: { now(): number }; clockSkewMs: number }) => OpenedLedger;

export function openWorld(open: OpenLedgerStore): LedgerWorld {
  const clock = { nowMs: START_MS };
  return { ...open({ clock: { now: () => clock.nowMs }, clockSkewMs: SKEW_MS }), clock };
}

export interface LedgerLaw {
  readonly name: string;
  /** Rejects when the law does not hold. */
  holds(world: LedgerWorld): Promise<void>;
}

let names = 0;
const fresh = (prefix: string) => `${prefix}-${process.pid}-${Date.now().toString(36)}-${++names}`;

/** A worker asks for a partition. */
function asks(world: LedgerWorld, changes: Partial<LedgerClaimRequest> = {}): LedgerClaimRequest {
  return {
    id: `ledger#shop#source#1#orders#${fresh('partition')}`,
    token: fresh('token'),
    leaseUntilMs: world.clock.nowMs + LEASE_MS,
    first: 100n,
    last: 199n,
    ...changes,
  };
}

/** Another worker asks for the same partition. */
const another = (
  world: LedgerWorld,
  { id }: Pick<LedgerClaimRequest, 'id'>,
  changes: Partial<LedgerClaimRequest> = {},
) => asks(world, { id, ...changes });

async function ask({ store }: LedgerWorld, request: LedgerClaimRequest): Promise<LedgerClaimAnswer> {
  const [answer] = await store.claim([request]);
  if (!answer) throw new Error('no answer');
  return answer;
}

type Held = LedgerClaimRequest & LedgerClaim;

async function claimed(world: LedgerWorld, request: LedgerClaimRequest = asks(world)): Promise<Held> {
  const answer = await ask(world, request);
  expect(answer.kind).toBe('claimed');
  return { ...request, ...(answer as Extract<LedgerClaimAnswer, { kind: 'claimed' }>).claim };
}

async function mark(world: LedgerWorld, held: Held, changes: Partial<LedgerMark> = {}): Promise<LedgerMarkAnswer> {
  const { id, token, seq, state } = held;
  const leaseUntilMs = world.clock.nowMs + LEASE_MS;
  const [answer] = await world.store.mark([{ id, token, seq, state, leaseUntilMs, ...changes }]);
  if (!answer) throw new Error('no answer');
  return answer;
}

/** Marks, and gives the partition as it is held then. */
async function marked(world: LedgerWorld, held: Held, changes: Partial<LedgerMark> = {}): Promise<Held> {
  expect(await mark(world, held, changes)).toEqual({ kind: 'written' });
  return { ...held, seq: held.seq + 1, state: changes.state ?? held.state };
}

const released = (world: LedgerWorld, held: Held) => marked(world, held, { leaseUntilMs: undefined });

const MAXIMUM = 2n ** 63n - 1n;

/** Something in each field, also what no number holds. */
const FULL: LedgerState = {
  runs: [
    { first: 0n, last: 41n },
    { first: 43n, last: 2n ** 53n + 1n },
    { first: 2n ** 53n + 3n, last: MAXIMUM - 2n },
    { first: MAXIMUM, last: MAXIMUM },
  ],
  delivered: [{ first: 42n, last: 42n }],
  high: MAXIMUM,
  highTimestampMs: START_MS,
  samples: [
    { offset: 0n, timestamp: -1, digest: '0123456789abcdef' },
    { offset: MAXIMUM, timestamp: START_MS, digest: 'fedcba9876543210' },
  ],
  attempts: [
    { offset: 42n, count: 3, firstFailureMs: START_MS - 5_000, lastError: 'TypeError' },
    { offset: 2n ** 53n + 2n, count: 1, firstFailureMs: START_MS, lastError: 'ECONNRESET' },
  ],
  closedByBound: [{ first: 7n, last: 7n }],
  unclean: 0,
  suspect: undefined,
  claimants: [],
};

/** Without what the store itself counts and remembers with each claim. */
const contentOf = ({ unclean: _, claimants: __, ...content }: LedgerState) => content;

const closing = (last: bigint): LedgerState => ({ ...EMPTY_LEDGER, runs: [{ first: 100n, last }], high: last });

const refused = { kind: 'unknown', reason: 'refused' };

const failing = (changes: Partial<Parked> = {}): Parked => ({
  id: `parked#shop#source#1#orders#0#${fresh('offset')}`,
  attempts: 5,
  firstFailureMs: START_MS - 60_000,
  lastFailureMs: START_MS - 1_000,
  ...changes,
});

const manyFailing = (count: number) => Array.from({ length: count }, () => failing());

const existing = async ({ parked }: LedgerWorld, records: readonly Parked[]) => {
  const stored = await Promise.all(records.map(({ id }) => parked(id)));
  return stored.filter((item) => item !== undefined).length;
};

export const LEDGER_LAWS: readonly LedgerLaw[] = [
  {
    name: 'L1: of two workers that ask at once exactly one gets the partition, and the other is told for how long',
    async holds(world) {
      const first = asks(world);

      const answers = await Promise.all([ask(world, first), ask(world, another(world, first))]);

      expect(answers.map(({ kind }) => kind).sort()).toEqual(['busy', 'claimed']);
      expect(answers.find(({ kind }) => kind === 'busy')).toEqual({ kind: 'busy', leaseUntilMs: END_MS });
    },
  },
  {
    name: 'L1: the first claim of a partition makes its item, and nothing is closed',
    async holds(world) {
      const request = asks(world);

      const held = await claimed(world, request);

      expect(contentOf(held.state)).toEqual(contentOf(EMPTY_LEDGER));
      expect([held.seq, held.leaseUntilMs]).toEqual([1, END_MS]);
      expect(await world.stored(request.id)).toMatchObject({ owner: request.token, leaseUntilMs: END_MS, seq: 1 });
    },
  },
  {
    name: 'L1, L6: a claim gives the whole state of the last mark, attempts included, exact up to 2^63-1',
    async holds(world) {
      const first = await claimed(world);
      await released(world, await marked(world, first, { state: FULL }));

      const { state } = await claimed(world, another(world, first));

      expect(contentOf(state)).toEqual(contentOf(FULL));
    },
  },
  {
    name: 'L1: a lease is not taken over until it has run out by more than 2 skews',
    async holds(world) {
      const first = await claimed(world);
      for (const nowMs of [END_MS - 1, END_MS, END_MS + SKEW_MS + 1, END_MS + 2 * SKEW_MS]) {
        world.clock.nowMs = nowMs;

        const answer = await ask(world, another(world, first));

        expect(answer).toEqual({ kind: 'busy', leaseUntilMs: END_MS });
      }
    },
  },
  {
    name: 'L1: a lease that has run out by more than 2 skews is taken over, with the marks and attempts of its owner',
    async holds(world) {
      const first = await claimed(world);
      await marked(world, first, { state: FULL });
      world.clock.nowMs = END_MS + 2 * SKEW_MS + 1;
      const second = another(world, first);

      const held = await claimed(world, second);

      expect(contentOf(held.state)).toEqual(contentOf(FULL));
      expect([held.seq, held.leaseUntilMs]).toEqual([3, second.leaseUntilMs]);
      expect(await world.stored(first.id)).toMatchObject({ owner: second.token, leaseUntilMs: second.leaseUntilMs });
    },
  },
  {
    name: 'L1: a claim whose answer was lost recognises itself, with what is stored, and changes nothing',
    async holds(world) {
      const first = await claimed(world);
      await released(world, await marked(world, first, { state: closing(150n) }));
      const request = another(world, first, { first: 300n, last: 400n });
      const held = await claimed(world, request);
      const before = await world.stored(request.id);
      world.clock.nowMs += 500;

      const again = await claimed(world, { ...request, leaseUntilMs: world.clock.nowMs + LEASE_MS });

      expect([again.state, again.seq, again.leaseUntilMs]).toEqual([held.state, held.seq, END_MS]);
      expect(await world.stored(request.id)).toEqual(before);
    },
  },
  {
    name: 'L5: what was given back is taken at once, and the token of who gave it back stays readable until then',
    async holds(world) {
      const first = await claimed(world);
      await released(world, first);
      const between = await world.stored(first.id);

      const second = await claimed(world, another(world, first));

      expect(between).toMatchObject({ owner: first.token, leaseUntilMs: 0, seq: 2 });
      expect(second.seq).toBe(3);
    },
  },
  {
    name: 'L5: who gave a partition back does not get it again with the same token',
    async holds(world) {
      const first = await claimed(world);
      await released(world, first);
      const before = await world.stored(first.id);

      const answer = await ask(world, { ...first, leaseUntilMs: END_MS + 5_000 });

      expect(answer).toMatchObject(refused);
      expect(await world.stored(first.id)).toEqual(before);
    },
  },
  {
    name: 'L1: who lost a partition does not get it again with the same token, not even when it is free',
    async holds(world) {
      const first = await claimed(world);
      world.clock.nowMs = END_MS + 60_000;
      const second = await claimed(world, another(world, first));
      const busy = await ask(world, { ...first, leaseUntilMs: world.clock.nowMs + LEASE_MS });
      await released(world, second);
      const before = await world.stored(first.id);

      const free = await ask(world, { ...first, leaseUntilMs: world.clock.nowMs + LEASE_MS });

      expect([busy, free]).toMatchObject([refused, refused]);
      expect(await world.stored(first.id)).toEqual(before);
    },
  },
  {
    name: 'P3: claims since the last release or progress are counted',
    async holds(world) {
      const first = await claimed(world);
      const counts = [first.state.unclean];
      let held = first;
      for (let count = 2; count <= 4; count += 1) {
        world.clock.nowMs += LEASE_MS + 2 * SKEW_MS + 1;
        held = await claimed(world, another(world, first));
        counts.push(held.state.unclean);
      }
      await released(world, held);

      const after = await claimed(world, another(world, first));

      expect([...counts, after.state.unclean]).toEqual([1, 2, 3, 4, 1]);
    },
  },
  {
    name: 'L6: a claim notes its array for the claims after it, and its own is not among those that it is told',
    async holds(world) {
      const first = await claimed(world, asks(world, { first: 5n, last: MAXIMUM - 1n }));
      world.clock.nowMs += 60_000;

      const second = await claimed(world, another(world, first, { first: 2n, last: 3n }));

      expect(first.state.delivered).toEqual([]);
      expect(second.state.delivered).toEqual([{ first: 5n, last: MAXIMUM - 1n }]);
    },
  },
  {
    name: 'L2: only the owner marks',
    async holds(world) {
      const first = await claimed(world);
      const before = await world.stored(first.id);

      const answer = await mark(world, first, { token: fresh('stranger'), state: FULL });

      expect(answer).toEqual({ kind: 'lost' });
      expect(await world.stored(first.id)).toEqual(before);
    },
  },
  {
    name: 'L2: a mark adds one to the sequence and renews the lease, and another worker waits for the renewed one',
    async holds(world) {
      const first = await claimed(world);
      world.clock.nowMs += 5_000;
      await marked(world, first, { state: closing(100n) });
      world.clock.nowMs = END_MS + 2 * SKEW_MS + 1;

      const answer = await ask(world, another(world, first));

      expect(answer).toEqual({ kind: 'busy', leaseUntilMs: END_MS + 5_000 });
      expect((await world.stored(first.id))?.seq).toBe(2);
    },
  },
  {
    name: 'L2: an old write of the owner is refused behind two newer ones, and changes nothing',
    async holds(world) {
      const first = await claimed(world);
      const second = await marked(world, first, { state: closing(100n) });
      await marked(world, second, { state: closing(102n) });
      const before = await world.stored(first.id);

      const answer = await mark(world, first, { state: closing(101n) });

      expect(answer).toEqual({ kind: 'lost' });
      expect(await world.stored(first.id)).toEqual(before);
    },
  },
  {
    name: 'L3: a mark whose answer was lost recognises itself and is not counted again',
    async holds(world) {
      const first = await claimed(world);
      const sent = { state: FULL, leaseUntilMs: END_MS + 1_000 };
      await marked(world, first, sent);
      const before = await world.stored(first.id);

      const again = await mark(world, first, sent);

      expect(again).toEqual({ kind: 'written' });
      expect(await world.stored(first.id)).toEqual(before);
    },
  },
  {
    name: 'L3: a release whose answer was lost recognises itself',
    async holds(world) {
      const first = await claimed(world);
      const sent = { state: closing(150n), leaseUntilMs: undefined };
      await marked(world, first, sent);

      const again = await mark(world, first, sent);

      expect(again).toEqual({ kind: 'written' });
      expect((await world.stored(first.id))?.seq).toBe(2);
    },
  },
  {
    name: 'L3: a mark on top of which another state of ours stands is told so, and is written on top of it',
    async holds(world) {
      const first = await claimed(world);
      await marked(world, first, { state: closing(150n) });

      const answer = await mark(world, first, { state: closing(160n) });
      const onTop = await mark(world, { ...first, seq: 2 }, { state: closing(170n), leaseUntilMs: undefined });

      expect(answer).toMatchObject({ kind: 'overtaken', seq: 2, state: contentOf(closing(150n)) });
      expect(onTop).toEqual({ kind: 'written' });
      const { state } = await claimed(world, another(world, first));
      expect(state.runs).toEqual([{ first: 100n, last: 170n }]);
    },
  },
  {
    name: 'L3: an equal state with another lease is no copy: nobody believes in a lease that is not stored',
    async holds(world) {
      const first = await claimed(world);
      await marked(world, first, { state: closing(150n), leaseUntilMs: END_MS + 1_000 });

      const answer = await mark(world, first, { state: closing(150n), leaseUntilMs: END_MS + 9_000 });

      expect(answer).toMatchObject({ kind: 'overtaken', seq: 2 });
      expect((await world.stored(first.id))?.leaseUntilMs).toBe(END_MS + 1_000);
    },
  },
  {
    name: 'L3: after a takeover the old owner is refused everywhere, and the new one notices nothing',
    async holds(world) {
      const old = await claimed(world);
      world.clock.nowMs = END_MS + 60_000;
      await claimed(world, another(world, old));
      const before = await world.stored(old.id);
      for (const changes of [
        { state: FULL },
        { leaseUntilMs: undefined },
        { seq: 2 },
        { seq: 2, leaseUntilMs: undefined },
      ]) {
        expect(await mark(world, old, changes)).toEqual({ kind: 'lost' });
      }

      expect(await world.stored(old.id)).toEqual(before);
    },
  },
  {
    name: 'L5: what was given back is not marked by a write that went out before',
    async holds(world) {
      const first = await claimed(world);
      await released(world, first);
      const before = await world.stored(first.id);

      const answer = await mark(world, first, { state: closing(150n) });

      expect(answer).toEqual({ kind: 'lost' });
      expect(await world.stored(first.id)).toEqual(before);
    },
  },
  {
    name: 'L2: a mark never creates an item',
    async holds(world) {
      const request = asks(world);

      const answer = await mark(world, { ...request, seq: 0, state: EMPTY_LEDGER });

      expect(answer).toEqual({ kind: 'lost' });
      expect(await world.stored(request.id)).toBeUndefined();
    },
  },
  {
    name: 'L2: late copies of a claim and of marks change nothing while the partition is held',
    async holds(world) {
      const first = await claimed(world);
      const second = await marked(world, first, { state: closing(150n) });
      await marked(world, second, { state: closing(160n) });
      const before = await world.stored(first.id);

      await world.lateCopies();

      expect(await world.stored(first.id)).toEqual(before);
    },
  },
  {
    name: 'L5: late copies of everything change nothing behind a release',
    async holds(world) {
      const first = await claimed(world);
      await released(world, await marked(world, first, { state: closing(150n) }));
      const before = await world.stored(first.id);

      await world.lateCopies();

      expect(await world.stored(first.id)).toEqual(before);
    },
  },
  {
    name: 'L1: late copies of everything change nothing behind the claims and releases of two dozen others',
    async holds(world) {
      const first = await claimed(world);
      await released(world, first);
      for (let worker = 1; worker < 24; worker += 1) await released(world, await claimed(world, another(world, first)));
      const before = await world.stored(first.id);

      await world.lateCopies();

      expect(await world.stored(first.id)).toEqual(before);
    },
  },
  {
    name: 'L1: a batch is answered partition by partition, in its order, also where it takes several requests',
    async holds(world) {
      const held = await claimed(world);
      const back = await claimed(world);
      await released(world, await marked(world, back, { state: FULL }));
      const others = Array.from({ length: 60 }, () => asks(world));
      const batch = [others[0], another(world, held), ...others.slice(1), another(world, back)] as LedgerClaimRequest[];

      const answers = await world.store.claim(batch);

      const kinds = answers.map(({ kind }) => kind);
      expect(kinds).toEqual(batch.map(({ id }) => (id === held.id ? 'busy' : 'claimed')));
      const runs = answers.map((answer) => (answer.kind === 'claimed' ? answer.claim.state.runs.length : -1));
      expect(runs).toEqual(batch.map(({ id }) => (id === held.id ? -1 : id === back.id ? FULL.runs.length : 0)));
    },
  },
  {
    name: 'L2: a batch of marks is answered partition by partition, in its order, and one refusal stops no other',
    async holds(world) {
      const all: Held[] = [];
      for (let index = 0; index < 30; index += 1) all.push(await claimed(world));
      const isStranger = (index: number) => index % 4 === 1;
      const marks = all.map(({ id, token, seq }, index) => ({
        id,
        token: isStranger(index) ? fresh('stranger') : token,
        seq,
        state: closing(BigInt(100 + index)),
        leaseUntilMs: undefined,
      }));

      const answers = await world.store.mark(marks);

      expect(answers.map(({ kind }) => kind)).toEqual(all.map((_, index) => (isStranger(index) ? 'lost' : 'written')));
      const seqs = await Promise.all(all.map(async ({ id }) => (await world.stored(id))?.seq));
      expect(seqs).toEqual(all.map((_, index) => (isStranger(index) ? 1 : 2)));
    },
  },
  {
    name: 'P5: a mark and its parked items stand together',
    async holds(world) {
      const first = await claimed(world);
      const records = manyFailing(99).map((record, index) => ({ ...record, attempts: index }));

      await marked(world, first, { state: closing(198n), parked: records });

      expect((await world.stored(first.id))?.seq).toBe(2);
      expect(await Promise.all(records.map(({ id }) => world.parked(id)))).toEqual(
        records.map(({ attempts, firstFailureMs, lastFailureMs }) => ({
          outcome: 'parked',
          attempts,
          firstFailureMs,
          lastFailureMs,
          owner: undefined,
          leaseUntilMs: undefined,
          expiration: undefined,
        })),
      );
    },
  },
  {
    name: 'P5: a mark that is refused leaves no parked item, whoever owns the partition',
    async holds(world) {
      const old = await claimed(world);
      const newer = await marked(world, old, { state: closing(150n) });
      const records = manyFailing(4);
      const [a, b, c, d] = records.map((record) => [record]) as [Parked[], Parked[], Parked[], Parked[]];
      const kinds = [
        (await mark(world, newer, { token: fresh('stranger'), parked: a })).kind,
        (await mark(world, old, { state: closing(160n), parked: b })).kind,
      ];
      await released(world, newer);
      kinds.push((await mark(world, newer, { state: closing(170n), parked: c })).kind);
      await claimed(world, another(world, old));
      kinds.push((await mark(world, newer, { state: closing(170n), parked: d })).kind);

      expect(kinds).not.toContain('written');
      expect(await existing(world, records)).toBe(0);
    },
  },
  {
    name: 'P5: a parked item that exists is left alone by a mark, which stands, and so do the others with it',
    async holds(world) {
      const first = await claimed(world);
      const [record, other] = [failing(), failing()];
      const second = await marked(world, first, { state: closing(150n), parked: [record] });
      const before = await world.parked(record.id);

      await marked(world, second, { state: closing(160n), parked: [{ ...record, attempts: 9 }, other] });

      expect(await world.parked(record.id)).toEqual(before);
      expect((await world.parked(other.id))?.attempts).toBe(5);
      expect((await world.stored(first.id))?.seq).toBe(3);
    },
  },
  {
    name: 'P5, L3: a mark with parked items whose answer was lost recognises itself and is not counted again',
    async holds(world) {
      const first = await claimed(world);
      const sent = { state: FULL, leaseUntilMs: END_MS + 1_000, parked: manyFailing(3) };
      await marked(world, first, sent);
      const before = await world.stored(first.id);

      const again = await mark(world, first, sent);

      expect(again).toEqual({ kind: 'written' });
      expect(await world.stored(first.id)).toEqual(before);
    },
  },
  {
    name: 'P5, L3: an equal state that stands without the parked items is no copy of the mark',
    async holds(world) {
      const first = await claimed(world);
      const sent = { state: closing(150n), leaseUntilMs: END_MS + 1_000 };
      await marked(world, first, sent);
      const record = failing();

      const answer = await mark(world, first, { ...sent, parked: [record] });
      const onTop = await mark(world, { ...first, seq: 2 }, { ...sent, parked: [record] });

      expect(answer).toMatchObject({ kind: 'overtaken', seq: 2 });
      expect(onTop).toEqual({ kind: 'written' });
      expect(await existing(world, [record])).toBe(1);
    },
  },
  {
    name: 'P5: late copies of marks with parked items change none, and park nothing for a mark that was refused',
    async holds(world) {
      const first = await claimed(world);
      const refusedRecord = failing();
      await mark(world, first, { seq: 7, state: closing(140n), parked: [refusedRecord] });
      const record = failing();
      const second = await marked(world, first, { state: closing(150n), parked: [record] });
      await released(world, await marked(world, second, { state: closing(160n), parked: manyFailing(2) }));
      const before = await world.parked(record.id);

      await world.lateCopies();

      expect(await world.parked(record.id)).toEqual(before);
      expect(await existing(world, [refusedRecord])).toBe(0);
    },
  },
  {
    name: 'P5: a mark with more parked items than a transaction holds, or with one twice, is refused as a whole',
    async holds(world) {
      const first = await claimed(world);
      const before = await world.stored(first.id);
      const [many, twice] = [manyFailing(100), failing()];

      const answers = [
        await mark(world, first, { state: closing(150n), parked: many }),
        await mark(world, first, { state: closing(150n), parked: [twice, twice] }),
      ];

      expect(answers).toMatchObject([refused, refused]);
      expect(await world.stored(first.id)).toEqual(before);
      expect(await existing(world, [...many, twice])).toBe(0);
    },
  },
  {
    name: 'P5: marks with and without parked items are answered each for itself, in their order',
    async holds(world) {
      const all: Held[] = [];
      for (let index = 0; index < 8; index += 1) all.push(await claimed(world));
      const isStranger = (index: number) => index === 2 || index === 5;
      const records = manyFailing(8);
      const marks = all.map(({ id, token, seq }, index) => ({
        id,
        token: isStranger(index) ? fresh('stranger') : token,
        seq,
        state: closing(BigInt(100 + index)),
        leaseUntilMs: undefined,
        ...(index % 2 === 0 && { parked: [records[index] as Parked] }),
      }));

      const answers = await world.store.mark(marks);

      expect(answers.map(({ kind }) => kind)).toEqual(all.map((_, index) => (isStranger(index) ? 'lost' : 'written')));
      expect(await existing(world, records)).toBe(3);
    },
  },
  {
    name: 'an empty batch has an empty answer',
    async holds({ store }) {
      expect(await Promise.all([store.claim([]), store.mark([])])).toEqual([[], []]);
    },
  },
];

/** Declares one test per law. */
export function testLedgerLaws(open: OpenLedgerStore): void {
  test.each(LEDGER_LAWS.map((law) => [law.name, law] as const))('%s', async (_, law) => {
    await law.holds(openWorld(open));
  });
}

/**
 * The laws of ParkingStore (protocol P5, P6), written once and run on every implementation. A law is a value, so that
 * broken stores can be shown to break it (`parking-mutants.test.ts`).
 */
import type { Claim, ClaimStore } from '../../handlers/claims/claim-store';
import type { StoredClaim } from '../../handlers/claims/judge';
import { EMPTY_LEDGER } from '../../handlers/ledger/ledger-state';
import type { LedgerStore } from '../../handlers/ledger/ledger-store';
import type { StoredParked } from '../../handlers/parking/judge-parked';
import type { Parked } from '../../handlers/parking/parked';
import type {
  ParkingStore,
  RedriveClaim,
  RedriveClaimAnswer,
  RedriveRequest,
} from '../../handlers/parking/parking-store';

export const SKEW_MS = 1_000;
export const LEASE_MS = 30_000;
export const REMEMBER_FOR_SECONDS = 1_209_600;
export const START_MS = 1_790_000_000_000;
const END_MS = START_MS + LEASE_MS;

/** The stores over one table, and a look past them at what stands in it. */
export interface OpenedParking {
  readonly store: ParkingStore;
  readonly claims: ClaimStore;
  readonly ledger: LedgerStore;
  parked(id: string): Promise<StoredParked | undefined>;
  identity(id: string): Promise<StoredClaim | undefined>;
  /**
   * Every write that was sent so far arrives once more, in the same order, behind the time of its request token.
   * @param arrived called behind each of them
   */
  lateCopies(arrived: () => Promise<void>): Promise<void>;
}

export interface ParkingWorld extends OpenedParking {
  readonly clock: { nowMs: number };
}

export interface ParkingOptions {
  readonly clock: { now(): number };
  readonly clockSkewMs: number;
  readonly rememberForSeconds: number;
}

export type OpenParking = (options: ParkingOptions) => OpenedParking;

export function openWorld(open: OpenParking): ParkingWorld {
  const clock = { nowMs: START_MS };
  const rules = { clockSkewMs: SKEW_MS, rememberForSeconds: REMEMBER_FOR_SECONDS };
  return { ...open({ clock: { now: () => clock.nowMs }, ...rules }), clock };
}

export interface ParkingLaw {
  readonly name: string;
  /** Rejects when the law does not hold. */
  holds(world: ParkingWorld): Promise<void>;
}

let names = 0;
const fresh = (prefix: string) => `${prefix}-${process.pid}-${Date.now().toString(36)}-${++names}`;
const range = (count: number) => Array.from({ length: count }, (_, index) => index);

function failing(changes: Partial<Parked> = {}): Parked {
  return {
    id: `parked#shop#source#1#orders#0#${fresh('offset')}`,
    attempts: 5,
    firstFailureMs: START_MS - 60_000,
    lastFailureMs: START_MS - 1_000,
    ...changes,
  };
}

async function park({ store }: ParkingWorld, record: Parked = failing()): Promise<Parked> {
  expect(await store.park([record])).toEqual([{ kind: 'written' }]);
  return record;
}

const asks = ({ clock }: ParkingWorld, id: string, changes: Partial<RedriveRequest> = {}): RedriveRequest => ({
  id,
  token: fresh('token'),
  leaseUntilMs: clock.nowMs + LEASE_MS,
  ...changes,
});

async function ask({ store }: ParkingWorld, request: RedriveRequest): Promise<RedriveClaimAnswer> {
  const [answer] = await store.claim([request]);
  if (!answer) throw new Error('no answer');
  return answer;
}

async function claimed(world: ParkingWorld, request: RedriveRequest): Promise<RedriveClaim> {
  const answer = await ask(world, request);
  expect(answer.kind).toBe('claimed');
  return (answer as Extract<RedriveClaimAnswer, { kind: 'claimed' }>).claim;
}

/** Parks a record and begins to redrive it. */
async function redriven(world: ParkingWorld, record?: Parked): Promise<RedriveClaim> {
  const { id } = await park(world, record);
  return claimed(world, asks(world, id));
}

const WRITES = ['complete', 'fail', 'release', 'renew'] as const;
type Write = (typeof WRITES)[number];

async function write(world: ParkingWorld, operation: Write, claim: RedriveClaim, leaseUntilMs?: number) {
  const { store, clock } = world;
  const answers = {
    complete: () => store.complete([{ claim }]),
    fail: () => store.fail([{ claim, atMs: clock.nowMs }]),
    release: () => store.release([{ claim }]),
    renew: () => store.renew([{ claim, leaseUntilMs: leaseUntilMs ?? clock.nowMs + LEASE_MS + 1 }]),
  }[operation]();
  const [answer] = await answers;
  return answer?.kind ?? 'no answer';
}

const look = async ({ store }: ParkingWorld, id: string) => (await store.lookUp([id]))[0];
const outcomeOf = async (world: ParkingWorld, id: string) => (await world.parked(id))?.outcome;

/** An identity that is claimed, by a worker that remembers by it. */
async function identity({ claims, clock }: ParkingWorld, changes: Partial<Claim> = {}): Promise<Claim> {
  const request = {
    id: fresh('shop#orders'),
    token: fresh('token'),
    partition: 0,
    offset: 7,
    payloadDigest: 'digest',
    leaseUntilMs: clock.nowMs + LEASE_MS,
    ...changes,
  };
  const [answer] = await claims.claim([request]);
  expect(answer?.kind).toBe('claimed');
  return { ...request, attempts: 0 };
}

/** A record that was parked by its claim, and is being redriven. */
async function redrivenWithIdentity(world: ParkingWorld) {
  const held = await identity(world);
  const record = failing();
  expect(await world.claims.park([{ claim: held, parked: record }])).toEqual([{ kind: 'written' }]);
  return { identityId: held.id, held, claim: await claimed(world, asks(world, record.id)) };
}

export const PARKING_LAWS: readonly ParkingLaw[] = [
  {
    name: 'P5: what is parked stands with its attempts and the times of its failures',
    async holds(world) {
      const record = await park(world);

      expect(await world.parked(record.id)).toEqual({
        outcome: 'parked',
        attempts: 5,
        firstFailureMs: START_MS - 60_000,
        lastFailureMs: START_MS - 1_000,
        owner: undefined,
        leaseUntilMs: undefined,
        expiration: undefined,
      });
    },
  },
  {
    name: 'P5: a look-up tells what is absent, parked, being redriven and done, and changes nothing',
    async holds(world) {
      const parked = await park(world);
      const redriving = await redriven(world);
      const done = await redriven(world);
      await write(world, 'complete', done);
      const ids = [failing().id, parked.id, redriving.parked.id, done.parked.id];
      const before = await Promise.all(ids.map((id) => world.parked(id)));

      const answers = await world.store.lookUp(ids);

      expect(answers).toEqual([
        { kind: 'absent' },
        { kind: 'parked', parked },
        { kind: 'redriving', parked: redriving.parked, leaseUntilMs: END_MS },
        { kind: 'done' },
      ]);
      expect(await Promise.all(ids.map((id) => world.parked(id)))).toEqual(before);
    },
  },
  {
    name: 'P5: what is done is known for as long as it stands, also when it has expired',
    async holds(world) {
      const { parked } = await redriven(world);
      await world.store.complete([{ claim: await takenOver(world, parked.id) }]);
      world.clock.nowMs += 2 * REMEMBER_FOR_SECONDS * 1_000;

      expect(await look(world, parked.id)).toEqual({ kind: 'done' });
      expect(await ask(world, asks(world, parked.id))).toEqual({ kind: 'done' });
    },
  },
  {
    name: 'P5: what is parked is left alone by parking it again',
    async holds(world) {
      const { id } = await park(world);
      const before = await world.parked(id);

      await park(world, failing({ id, attempts: 9, lastFailureMs: START_MS }));

      expect(await world.parked(id)).toEqual(before);
    },
  },
  {
    name: 'P5: what is being redriven is left alone by parking it again',
    async holds(world) {
      const { parked } = await redriven(world);
      const before = await world.parked(parked.id);

      await park(world, { ...parked, attempts: 9 });

      expect(await world.parked(parked.id)).toEqual(before);
    },
  },
  {
    name: 'P5: what is done is left alone by parking it again, by each of the three doors',
    async holds(world) {
      const { claim, held } = await redrivenWithIdentity(world);
      await write(world, 'complete', claim);
      const before = await world.parked(claim.parked.id);
      const again = { ...claim.parked, attempts: 9 };
      const other = await identity(world);
      const partition = { id: `ledger#shop#source#1#orders#${fresh('partition')}`, token: fresh('token') };
      await world.ledger.claim([{ ...partition, leaseUntilMs: END_MS, first: 1n, last: 9n }]);

      const answers = [
        ...(await world.store.park([again])),
        ...(await world.claims.park([{ claim: other, parked: again }])),
        ...(await world.ledger.mark([
          { ...partition, seq: 1, state: EMPTY_LEDGER, leaseUntilMs: END_MS, parked: [again] },
        ])),
      ];
      await world.claims.park([{ claim: held, parked: again }]);

      expect(answers.map(({ kind }) => kind)).toEqual(['written', 'written', 'written']);
      expect(await world.parked(claim.parked.id)).toEqual(before);
    },
  },
  {
    name: 'P5: late copies of what parked a record change nothing once it is redriven and done',
    async holds(world) {
      const { claim, identityId } = await redrivenWithIdentity(world);
      const marked = failing();
      const partition = { id: `ledger#shop#source#1#orders#${fresh('partition')}`, token: fresh('token') };
      await world.ledger.claim([{ ...partition, leaseUntilMs: END_MS, first: 1n, last: 9n }]);
      await world.ledger.mark([
        { ...partition, seq: 1, state: EMPTY_LEDGER, leaseUntilMs: undefined, parked: [marked] },
      ]);
      const other = await claimed(world, asks(world, marked.id));
      await world.store.complete([{ claim, identityId }, { claim: other }]);
      const everything = async () =>
        Promise.all([world.parked(claim.parked.id), world.parked(marked.id), world.identity(identityId)]);
      const before = await everything();

      await world.lateCopies(async () => expect(await everything()).toEqual(before));

      expect(before.map((item) => item?.outcome)).toEqual(['done', 'done', 'done']);
    },
  },
  {
    name: 'P5: many records are parked at once, each for itself, and one that exists stops no other',
    async holds(world) {
      const records = range(60).map(() => failing());
      await world.store.park(records.filter((_, index) => index % 3 === 0));

      const answers = await world.store.park(records.map((record) => ({ ...record, attempts: 8 })));

      expect(answers.map(({ kind }) => kind)).toEqual(records.map(() => 'written'));
      const stored = await Promise.all(records.map(({ id }) => world.parked(id)));
      expect(stored.map((item) => item?.attempts)).toEqual(records.map((_, index) => (index % 3 === 0 ? 5 : 8)));
    },
  },
  {
    name: 'P6: a redrive gets the record with its attempts and failures, and is stored as its owner',
    async holds(world) {
      const parked = await park(world);
      const request = asks(world, parked.id);

      const answer = await ask(world, request);

      const { token, leaseUntilMs } = request;
      expect(answer).toEqual({ kind: 'claimed', claim: { parked, token, leaseUntilMs }, takeover: false });
      expect(await world.parked(parked.id)).toMatchObject({ outcome: 'redriving', owner: token, leaseUntilMs: END_MS });
    },
  },
  {
    name: 'P6: of two redrives that ask at once exactly one gets the record, and the other is told for how long',
    async holds(world) {
      const { id } = await park(world);

      const answers = await Promise.all([ask(world, asks(world, id)), ask(world, asks(world, id))]);

      expect(answers.map(({ kind }) => kind).sort()).toEqual(['busy', 'claimed']);
      expect(answers.find(({ kind }) => kind === 'busy')).toEqual({ kind: 'busy', leaseUntilMs: END_MS });
    },
  },
  {
    name: 'P6: of three redrives that take over at once exactly one gets the record',
    async holds(world) {
      const { parked } = await redriven(world);
      world.clock.nowMs = END_MS + 60_000;
      const rivals = range(3).map(() => asks(world, parked.id));

      const answers = await Promise.all(rivals.map((rival) => ask(world, rival)));

      expect(answers.map(({ kind }) => kind).sort()).toEqual(['busy', 'busy', 'claimed']);
      const winner = rivals[answers.findIndex(({ kind }) => kind === 'claimed')];
      expect((await world.parked(parked.id))?.owner).toBe(winner?.token);
    },
  },
  {
    name: 'P6: a redrive is not taken over until its lease has run out by more than 2 skews',
    async holds(world) {
      const { parked } = await redriven(world);
      for (const nowMs of [END_MS - 1, END_MS, END_MS + SKEW_MS + 1, END_MS + 2 * SKEW_MS]) {
        world.clock.nowMs = nowMs;

        expect(await ask(world, asks(world, parked.id))).toEqual({ kind: 'busy', leaseUntilMs: END_MS });
      }
    },
  },
  {
    name: 'P6: a redrive whose lease has run out by more than 2 skews is taken over, and that counts an attempt',
    async holds(world) {
      const { parked } = await redriven(world);
      world.clock.nowMs = END_MS + 2 * SKEW_MS + 1;
      const request = asks(world, parked.id);

      const answer = await ask(world, request);

      const counted = { ...parked, attempts: parked.attempts + 1 };
      expect(answer).toMatchObject({
        kind: 'claimed',
        claim: { parked: counted, token: request.token },
        takeover: true,
      });
      expect(await world.parked(parked.id)).toMatchObject({ owner: request.token, attempts: counted.attempts });
    },
  },
  {
    name: 'P2: a takeover whose answer was lost counts its attempt once',
    async holds(world) {
      const { parked } = await redriven(world);
      world.clock.nowMs = END_MS + 5 * SKEW_MS;
      const request = asks(world, parked.id);
      await ask(world, request);

      const again = await ask(world, request);

      const counted = { ...parked, attempts: parked.attempts + 1 };
      expect(again).toMatchObject({ kind: 'claimed', claim: { parked: counted } });
      expect((await world.parked(parked.id))?.attempts).toBe(counted.attempts);
    },
  },
  {
    name: 'P6: a claim that comes behind the lease that it asks for takes nothing',
    async holds(world) {
      const [free, returned] = [await park(world), await redriven(world)];
      const late = asks(world, free.id);
      const again = asks(world, returned.parked.id);
      await write(world, 'release', returned);
      world.clock.nowMs = END_MS;

      const answers = [await ask(world, late), await ask(world, again)];

      expect(answers.map(({ kind }) => kind)).toEqual(['busy', 'busy']);
      expect(await world.parked(free.id)).toMatchObject({ outcome: 'parked', owner: undefined });
      expect(await outcomeOf(world, returned.parked.id)).toBe('parked');
    },
  },
  {
    name: 'P6: after a takeover the old redrive is refused everywhere, and the new one notices nothing',
    async holds(world) {
      const old = await redriven(world);
      await takenOver(world, old.parked.id);
      const before = await world.parked(old.parked.id);
      for (const operation of WRITES) {
        expect([operation, await write(world, operation, old, END_MS + 10 * LEASE_MS)]).toEqual([operation, 'lost']);
      }

      expect(await world.parked(old.parked.id)).toEqual(before);
    },
  },
  {
    name: 'P6: what was never parked is absent for a redrive, and no claim makes it',
    async holds(world) {
      const { id } = failing();

      expect(await ask(world, asks(world, id))).toEqual({ kind: 'absent' });

      expect(await world.parked(id)).toBeUndefined();
    },
  },
  ...WRITES.map(
    (operation): ParkingLaw => ({
      name: `P6: only the owner may ${operation}`,
      async holds(world) {
        const claim = await redriven(world);
        const before = await world.parked(claim.parked.id);

        expect(await write(world, operation, { ...claim, token: fresh('stranger') })).toBe('lost');

        expect(await world.parked(claim.parked.id)).toEqual(before);
      },
    }),
  ),
  ...WRITES.map(
    (operation): ParkingLaw => ({
      name: `P6: to ${operation} never creates an item`,
      async holds(world) {
        const parked = failing();
        const claim = { parked, token: fresh('token'), leaseUntilMs: END_MS };

        expect(await write(world, operation, claim)).toBe('lost');

        expect(await world.parked(parked.id)).toBeUndefined();
      },
    }),
  ),
  {
    name: 'P6: a failure puts the record back with one more attempt, and its first failure stays',
    async holds(world) {
      const claim = await redriven(world);
      world.clock.nowMs += 500;

      expect(await write(world, 'fail', claim)).toBe('written');

      expect(await look(world, claim.parked.id)).toEqual({
        kind: 'parked',
        parked: { ...claim.parked, attempts: 6, lastFailureMs: START_MS + 500 },
      });
    },
  },
  {
    name: 'P6: what failed is taken at once, and its attempts go on being counted',
    async holds(world) {
      let claim = await redriven(world);
      for (const attempts of [6, 7, 8]) {
        await write(world, 'fail', claim);

        claim = await claimed(world, asks(world, claim.parked.id));

        expect(claim.parked.attempts).toBe(attempts);
      }
    },
  },
  {
    name: 'P6: what was released is taken at once, with no attempt counted',
    async holds(world) {
      const claim = await redriven(world);
      await write(world, 'release', claim);

      const answer = await ask(world, asks(world, claim.parked.id));

      expect(answer).toMatchObject({ kind: 'claimed', claim: { parked: claim.parked }, takeover: false });
    },
  },
  {
    name: 'P2: a failure whose answer was lost recognises itself and is counted once',
    async holds(world) {
      const claim = await redriven(world);
      const atMs = world.clock.nowMs;

      const kinds = [await world.store.fail([{ claim, atMs }]), await world.store.fail([{ claim, atMs }])];

      expect(kinds.flat().map(({ kind }) => kind)).toEqual(['written', 'written']);
      expect((await world.parked(claim.parked.id))?.attempts).toBe(6);
    },
  },
  ...(['complete', 'release', 'renew'] as const).map(
    (operation): ParkingLaw => ({
      name: `C8: a ${operation} whose answer was lost recognises itself`,
      async holds(world) {
        const claim = await redriven(world);
        const untilMs = END_MS + 5_000;

        const kinds = [await write(world, operation, claim, untilMs), await write(world, operation, claim, untilMs)];

        expect(kinds).toEqual(['written', 'written']);
      },
    }),
  ),
  {
    name: 'C8: a claim whose answer was lost recognises itself, with the lease that is stored',
    async holds(world) {
      const { id } = await park(world);
      const request = asks(world, id);
      const first = await claimed(world, request);
      const before = await world.parked(id);
      world.clock.nowMs += 500;

      const again = await claimed(world, { ...request, leaseUntilMs: world.clock.nowMs + LEASE_MS });

      expect(again).toEqual(first);
      expect(await world.parked(id)).toEqual(before);
    },
  },
  {
    name: 'P6: who gave a record back does not get it again with the same token',
    async holds(world) {
      for (const operation of ['fail', 'release'] as const) {
        const claim = await redriven(world);
        await write(world, operation, claim);
        const before = await world.parked(claim.parked.id);
        world.clock.nowMs += 500;

        const answer = await ask(world, asks(world, claim.parked.id, { token: claim.token }));

        expect([operation, answer.kind]).toEqual([operation, 'busy']);
        expect(await world.parked(claim.parked.id)).toEqual(before);
      }
    },
  },
  {
    name: 'P6: a release behind its own failure is refused, and a failure behind its own release is not counted',
    async holds(world) {
      const [failed, released] = [await redriven(world), await redriven(world)];
      await write(world, 'fail', failed);
      await write(world, 'release', released);

      const kinds = [await write(world, 'release', failed), await write(world, 'fail', released)];

      expect(kinds).toEqual(['lost', 'lost']);
      expect((await world.parked(failed.parked.id))?.attempts).toBe(6);
      expect((await world.parked(released.parked.id))?.attempts).toBe(5);
    },
  },
  {
    name: 'P6: what was given back is not completed or renewed by who gave it back',
    async holds(world) {
      const claim = await redriven(world);
      await write(world, 'release', claim);
      const before = await world.parked(claim.parked.id);

      const kinds = [await write(world, 'complete', claim), await write(world, 'renew', claim, END_MS + 60_000)];

      expect(kinds).toEqual(['lost', 'lost']);
      expect(await world.parked(claim.parked.id)).toEqual(before);
    },
  },
  {
    name: 'P6: late copies of everything change nothing behind a release and behind a failure',
    async holds(world) {
      const [failed, released] = [await redriven(world), await redriven(world)];
      await write(world, 'renew', failed);
      await write(world, 'fail', failed);
      await write(world, 'release', released);
      const everything = () => Promise.all([failed, released].map(({ parked }) => world.parked(parked.id)));
      const before = await everything();
      expect(before.map((item) => item?.outcome)).toEqual(['parked', 'parked']);

      await world.lateCopies(async () => expect(await everything()).toEqual(before));
    },
  },
  {
    name: 'P6: late copies of everything change nothing while another redrive is at the record',
    async holds(world) {
      const first = await redriven(world);
      await write(world, 'release', first);
      const second = await claimed(world, asks(world, first.parked.id));
      await write(world, 'renew', second, END_MS + 5_000);
      const before = await world.parked(first.parked.id);
      expect(before?.owner).toBe(second.token);

      await world.lateCopies(async () => expect(await world.parked(first.parked.id)).toEqual(before));
    },
  },
  {
    name: 'P6: a renewal moves the lease forward, never back',
    async holds(world) {
      const claim = await redriven(world);
      await write(world, 'renew', claim, END_MS + 5_000);

      await write(world, 'renew', claim, END_MS + 1_000);

      expect((await world.parked(claim.parked.id))?.leaseUntilMs).toBe(END_MS + 5_000);
    },
  },
  {
    name: 'P6: a renewed redrive is not taken over when its first lease is over',
    async holds(world) {
      const claim = await redriven(world);
      await write(world, 'renew', claim, END_MS + 5_000);
      world.clock.nowMs = END_MS + 2 * SKEW_MS + 1;

      const answer = await ask(world, asks(world, claim.parked.id));

      expect(answer).toEqual({ kind: 'busy', leaseUntilMs: END_MS + 5_000 });
    },
  },
  {
    name: 'P6: an owner whose lease ran out completes, as long as nobody took over',
    async holds(world) {
      const claim = await redriven(world);
      world.clock.nowMs = END_MS + 60_000;

      expect(await write(world, 'complete', claim)).toBe('written');

      expect(await outcomeOf(world, claim.parked.id)).toBe('done');
    },
  },
  {
    name: 'P6: done is remembered from its completion on, for its time',
    async holds(world) {
      const claim = await redriven(world);
      world.clock.nowMs += 20_000;

      await write(world, 'complete', claim);

      expect(await world.parked(claim.parked.id)).toMatchObject({
        outcome: 'done',
        leaseUntilMs: undefined,
        expiration: START_MS / 1_000 + 20 + REMEMBER_FOR_SECONDS,
      });
    },
  },
  {
    name: 'P6: behind done everything is refused, to the one that made it done too',
    async holds(world) {
      const claim = await redriven(world);
      await write(world, 'complete', claim);
      const before = await world.parked(claim.parked.id);

      for (const operation of ['fail', 'release', 'renew'] as const) {
        expect([operation, await write(world, operation, claim, END_MS + 60_000)]).toEqual([operation, 'lost']);
      }
      const answers = [await ask(world, asks(world, claim.parked.id)), await ask(world, { ...claim, ...claim.parked })];

      expect(answers).toEqual([{ kind: 'done' }, { kind: 'done' }]);
      expect(await world.parked(claim.parked.id)).toEqual(before);
    },
  },
  {
    name: 'P6: success turns the outcome of a parked identity to done, and both are remembered anew',
    async holds(world) {
      const { claim, identityId } = await redrivenWithIdentity(world);
      world.clock.nowMs += 20_000;

      const answers = await world.store.complete([{ claim, identityId }]);

      const expiration = START_MS / 1_000 + 20 + REMEMBER_FOR_SECONDS;
      expect(answers).toEqual([{ kind: 'written' }]);
      expect(await world.parked(claim.parked.id)).toMatchObject({ outcome: 'done', expiration });
      expect(await world.identity(identityId)).toMatchObject({ status: 'COMPLETED', outcome: 'done', expiration });
    },
  },
  {
    name: 'P6: an identity stays parked while its record is redriven, fails and is released',
    async holds(world) {
      const { claim, identityId } = await redrivenWithIdentity(world);
      const before = await world.identity(identityId);
      await write(world, 'renew', claim);
      await write(world, 'fail', claim);
      await write(world, 'release', await claimed(world, asks(world, claim.parked.id)));

      expect(await world.identity(identityId)).toEqual(before);
    },
  },
  {
    name: 'P6: a completion with identity that is refused leaves the identity parked',
    async holds(world) {
      const { claim, identityId } = await redrivenWithIdentity(world);
      await takenOver(world, claim.parked.id);
      const before = await world.identity(identityId);

      const answers = await world.store.complete([{ claim, identityId }]);

      expect(answers).toEqual([{ kind: 'lost' }]);
      expect(await world.identity(identityId)).toEqual(before);
    },
  },
  {
    name: 'P6: a completion with identity whose answer was lost recognises itself, and both stay as they are',
    async holds(world) {
      const { claim, identityId } = await redrivenWithIdentity(world);
      await world.store.complete([{ claim, identityId }]);
      const everything = () => Promise.all([world.parked(claim.parked.id), world.identity(identityId)]);
      const before = await everything();
      world.clock.nowMs += 5_000;

      const answers = await world.store.complete([{ claim, identityId }]);

      expect(answers).toEqual([{ kind: 'written' }]);
      expect(await everything()).toEqual(before);
    },
  },
  {
    name: 'P6: an identity that is done already stays as it is, and the record is done all the same',
    async holds(world) {
      const held = await identity(world);
      await world.claims.complete([{ claim: held }]);
      const claim = await redriven(world);
      const before = await world.identity(held.id);
      world.clock.nowMs += 5_000;

      const answers = await world.store.complete([{ claim, identityId: held.id }]);

      expect(answers).toEqual([{ kind: 'written' }]);
      expect(await outcomeOf(world, claim.parked.id)).toBe('done');
      expect(await world.identity(held.id)).toEqual(before);
    },
  },
  {
    name: 'P6: an identity that somebody is working on stays as it is, and the record is done all the same',
    async holds(world) {
      const held = await identity(world);
      const claim = await redriven(world);
      const before = await world.identity(held.id);

      const answers = await world.store.complete([{ claim, identityId: held.id }]);

      expect(answers).toEqual([{ kind: 'written' }]);
      expect(await outcomeOf(world, claim.parked.id)).toBe('done');
      expect(await world.identity(held.id)).toEqual(before);
    },
  },
  {
    name: 'P6: an identity that is not there is not made, and the record is done all the same',
    async holds(world) {
      const claim = await redriven(world);
      const identityId = fresh('shop#orders');

      const answers = await world.store.complete([{ claim, identityId }]);

      expect(answers).toEqual([{ kind: 'written' }]);
      expect(await outcomeOf(world, claim.parked.id)).toBe('done');
      expect(await world.identity(identityId)).toBeUndefined();
    },
  },
  {
    name: 'C9: many claims and writes at once are answered each for itself, in their order',
    async holds(world) {
      const STATES = ['absent', 'parked', 'live', 'done'] as const;
      const records = range(120).map(() => failing());
      const inState = (...states: (typeof STATES)[number][]) =>
        records.filter((_, index) => states.includes(STATES[index % STATES.length] as (typeof STATES)[number]));
      await world.store.park(inState('parked', 'live', 'done'));
      const before = await world.store.claim(inState('live', 'done').map(({ id }) => asks(world, id)));
      const held = before.flatMap((answer) => (answer.kind === 'claimed' ? [{ claim: answer.claim }] : []));
      await world.store.complete(held.filter((_, index) => index % 2 === 1));

      const answers = await world.store.claim(records.map(({ id }) => asks(world, id)));
      const completed = await world.store.complete(held);

      const expected = { absent: 'absent', parked: 'claimed', live: 'busy', done: 'done' };
      expect(answers.map(({ kind }) => kind)).toEqual(
        records.map((_, index) => expected[STATES[index % STATES.length] as (typeof STATES)[number]]),
      );
      expect(completed.map(({ kind }) => kind)).toEqual(held.map(() => 'written'));
    },
  },
  {
    name: 'C9: completions with and without identity are answered each for itself, in their order',
    async holds(world) {
      const parked = await redrivenWithIdentity(world);
      const [alone, absent] = [await redriven(world), await redriven(world)];
      const stranger = (claim: RedriveClaim) => ({ ...claim, token: fresh('stranger') });
      const lost = await redrivenWithIdentity(world);

      const answers = await world.store.complete([
        { claim: stranger(lost.claim), identityId: lost.identityId },
        { claim: alone },
        { claim: absent, identityId: fresh('shop#orders') },
        { claim: stranger(await redriven(world)) },
        parked,
      ]);

      expect(answers.map(({ kind }) => kind)).toEqual(['lost', 'written', 'written', 'lost', 'written']);
      expect((await world.identity(lost.identityId))?.outcome).toBe('parked');
      expect((await world.identity(parked.identityId))?.outcome).toBe('done');
    },
  },
  {
    name: 'C9: a batch in which a key stands twice changes nothing and has no answer',
    async holds(world) {
      const [record, other] = [failing(), await redriven(world)];
      const before = await world.parked(other.parked.id);

      const answers = [
        ...(await world.store.park([record, record])),
        ...(await world.store.complete([{ claim: other }, { claim: other, identityId: 'any' }])),
        ...(await world.store.release([{ claim: other }, { claim: other }])),
        ...(await world.store.claim([asks(world, record.id), asks(world, record.id)])),
      ];

      expect(answers.map(({ kind }) => kind)).toEqual(answers.map(() => 'unknown'));
      expect(await world.parked(record.id)).toBeUndefined();
      expect(await world.parked(other.parked.id)).toEqual(before);
    },
  },
  {
    name: 'an empty batch has an empty answer',
    async holds({ store }) {
      const answers = await Promise.all([
        store.lookUp([]),
        store.park([]),
        store.claim([]),
        store.renew([]),
        store.complete([]),
        store.fail([]),
        store.release([]),
      ]);

      expect(answers).toEqual([[], [], [], [], [], [], []]);
    },
  },
];

/** Another redrive takes the record, long after the lease of the one before it. */
function takenOver(world: ParkingWorld, id: string): Promise<RedriveClaim> {
  world.clock.nowMs = END_MS + 60_000;
  return claimed(world, asks(world, id));
}

/** Declares one test per law. */
export function testParkingLaws(open: OpenParking): void {
  test.each(PARKING_LAWS.map((law) => [law.name, law] as const))('%s', async (_, law) => {
    await law.holds(openWorld(open));
  });
}

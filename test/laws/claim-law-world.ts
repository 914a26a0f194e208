/** What the laws of ClaimStore are told with: a world for each, and the workers that ask in it. */
import type {
  Claim,
  ClaimAnswer,
  ClaimRequest,
  ClaimStore,
  LookUp,
  LookUpAnswer,
  WriteAnswer,
} from '../../handlers/claims/claim-store';
import type { StoredClaim } from '../../handlers/claims/judge';
import type { StoredParked } from '../../handlers/parking/judge-parked';
import type { Parked } from '../../handlers/parking/parked';

export const SKEW_MS = 1_000;
export const LEASE_MS = 30_000;
export const REMEMBER_FOR_SECONDS = 1_209_600;
export const START_MS = 1_790_000_000_000;

/** A store under a clock that is turned by hand, and a look past it at what is stored. */
export interface LawWorld {
  readonly store: ClaimStore;
  readonly clock: { nowMs: number };
  stored(id: string): Promise<StoredClaim | undefined>;
  parked(id: string): Promise<StoredParked | undefined>;
}

export type OpenStore = (options: { clock: { now(): number }; clockSkewMs: number; rememberForSeconds: number }) => {
  store: ClaimStore;
  stored(id: string): Promise<StoredClaim | undefined>;
  parked(id: string): Promise<StoredParked | undefined>;
};

export function openWorld(open: OpenStore, rememberForSeconds = REMEMBER_FOR_SECONDS): LawWorld {
  const clock = { nowMs: START_MS };
  const opened = open({ clock: { now: () => clock.nowMs }, clockSkewMs: SKEW_MS, rememberForSeconds });
  return { ...opened, clock };
}

export interface Law {
  readonly name: string;
  /** Remembers for a shorter time than usual. */
  readonly rememberForSeconds?: number;
  /** Rejects when the law does not hold. */
  holds(world: LawWorld): Promise<void>;
}

let names = 0;
export const fresh = (prefix: string) => `${prefix}-${process.pid}-${Date.now().toString(36)}-${++names}`;

/** A record asks for its claim. */
export function asks(world: LawWorld, changes: Partial<ClaimRequest> = {}): ClaimRequest {
  return {
    id: fresh('id'),
    token: fresh('token'),
    partition: 0,
    offset: 7,
    payloadDigest: 'digest',
    leaseUntilMs: world.clock.nowMs + LEASE_MS,
    ...changes,
  };
}

/** Another worker asks for the same identity. */
export const another = (world: LawWorld, { id, payloadDigest }: ClaimRequest, changes: Partial<ClaimRequest> = {}) =>
  asks(world, { id, payloadDigest, ...changes });

export async function ask({ store }: LawWorld, request: ClaimRequest): Promise<ClaimAnswer> {
  const [answer] = await store.claim([request]);
  if (!answer) throw new Error('no answer');
  return answer;
}

export async function claimed(world: LawWorld, request: ClaimRequest = asks(world)): Promise<Claim> {
  const answer = await ask(world, request);
  expect(answer.kind).toBe('claimed');
  return (answer as Extract<ClaimAnswer, { kind: 'claimed' }>).claim;
}

export const WRITES = ['complete', 'park', 'fail', 'release', 'renew', 'suspect', 'cutOff'] as const;
export type Write = (typeof WRITES)[number];

export const failing = (): Parked => ({
  id: `parked#shop#source#1#orders#0#${fresh('offset')}`,
  attempts: 5,
  firstFailureMs: START_MS - 60_000,
  lastFailureMs: START_MS - 1_000,
});

export async function park({ store }: LawWorld, claim: Claim, parked: Parked = failing()): Promise<string> {
  const [answer] = await store.park([{ claim, parked }]);
  return answer?.kind ?? 'no answer';
}

export async function write(world: LawWorld, operation: Write, claim: Claim, leaseUntilMs?: number): Promise<string> {
  const { store, clock } = world;
  const answers: Promise<WriteAnswer[]> = {
    complete: () => store.complete([{ claim }]),
    park: () => store.park([{ claim, parked: failing() }]),
    fail: () => store.fail([{ claim, error: 'TypeError', atMs: clock.nowMs }]),
    release: () => store.release([{ claim }]),
    suspect: () => store.suspect([{ claim }]),
    cutOff: () => store.cutOff([{ claim, error: 'MSK_ONCE_UNSETTLED', atMs: clock.nowMs }]),
    renew: () => store.renew([{ claim, leaseUntilMs: leaseUntilMs ?? clock.nowMs + LEASE_MS + 1 }]),
  }[operation]();
  const [answer] = await answers;
  return answer?.kind ?? 'no answer';
}

export const END_MS = START_MS + LEASE_MS;

export async function look({ store }: LawWorld, { id, payloadDigest }: LookUp): Promise<LookUpAnswer | undefined> {
  const [answer] = await store.lookUp([{ id, payloadDigest }]);
  return answer;
}

export const range = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Claims in one state each, by turns; those of the first kind are not stored at all. */
export const STATES = ['absent', 'done', 'live', 'failed'] as const;

/** As many identities in {@link STATES}, by turns, with what an earlier worker asked for. */
export async function mixed(world: LawWorld, count: number): Promise<ClaimRequest[]> {
  const { store, clock } = world;
  const requests = range(count).map((offset) => asks(world, { offset }));
  const inState = (state: (typeof STATES)[number]) =>
    requests
      .filter((_, index) => STATES[index % STATES.length] === state)
      .map((request) => ({ ...request, attempts: 0 }));
  const stored = requests.filter((_, index) => index % STATES.length > 0);
  expect((await store.claim(stored)).map(({ kind }) => kind)).toEqual(stored.map(() => 'claimed'));
  await store.complete(inState('done').map((claim) => ({ claim })));
  await store.fail(inState('failed').map((claim) => ({ claim, error: 'E', atMs: clock.nowMs })));
  return requests;
}

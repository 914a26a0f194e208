/** Tests the laws: each is broken by a small, plausible mistake, which no other law notices. */
import type { StoredClaim } from '../../handlers/claims/judge';
import type { StoredParked } from '../../handlers/parking/judge-parked';
import type { RedriveCommitAnswer, RedriveCommitRequest } from '../../handlers/transaction/redrive-store';
import type { MemberRefusal } from '../../handlers/transaction/transaction-store';
import { memoryWorld } from '../support/transaction-worlds';
import { LEASE_MS, type OpenRedrives, openRedriveWorld, REDRIVE_LAWS, START_MS } from './redrive-store-laws';

type Right = ReturnType<typeof memoryWorld>;
type Commit = (request: RedriveCommitRequest) => Promise<RedriveCommitAnswer>;

interface Parts {
  readonly right: Right;
  readonly commit: Commit;
  now(): number;
  /** Whether the service has forgotten its request tokens. */
  isForgotten(): boolean;
  /** Answers of the right store so far, by request token. */
  readonly told: ReadonlyMap<string, RedriveCommitAnswer>;
  letterOf(request: RedriveCommitRequest): StoredParked | undefined;
  identityOf(request: RedriveCommitRequest): StoredClaim | undefined;
  /** Carries out what is not the parked item. */
  effectsOf(request: RedriveCommitRequest): Promise<void>;
}

interface Mutant {
  readonly breaks: string;
  readonly mistake: string;
  readonly change: (parts: Parts) => Commit;
}

const LOST: RedriveCommitAnswer = { kind: 'lost' };
const COMMITTED: RedriveCommitAnswer = { kind: 'committed' };
const refused = (refusal: MemberRefusal): RedriveCommitAnswer => ({ kind: 'refused', refusals: [refusal] });

/** Changes what the right store has answered. */
const onAnswer =
  (
    change: (answer: RedriveCommitAnswer, request: RedriveCommitRequest, parts: Parts) => RedriveCommitAnswer,
  ): Mutant['change'] =>
  (parts) =>
  async (request) =>
    change(await parts.commit(request), request, parts);

/** Another answer where a look at what stands says so, before the right store does anything. */
const before =
  (
    change: (request: RedriveCommitRequest, parts: Parts) => RedriveCommitAnswer | Promise<void> | undefined,
  ): Mutant['change'] =>
  (parts) =>
  async (request) =>
    (await change(request, parts)) ?? parts.commit(request);

const isHeldBy = (letter: StoredParked | undefined, { claim }: RedriveCommitRequest) =>
  letter?.outcome === 'redriving' && letter.owner === claim.token;

const MUTANTS: readonly Mutant[] = [
  {
    breaks: 'P6, T1: effects, the parked item and the identity are done together',
    mistake: 'offsets of identities are stored in 32 bits',
    change: onAnswer((answer, request, { right, identityOf }) => {
      const stored = identityOf(request);
      const id = request.identity?.id ?? '';
      if (stored) right.claims.items.set(id, { ...stored, offset: (stored.offset ?? 0) | 0 });
      return answer;
    }),
  },
  {
    breaks: 'T1: where one write is refused nothing stands',
    mistake: 'a letter whose writes are refused is done all the same',
    change: onAnswer((answer, request, { right, letterOf }) => {
      const stored = letterOf(request);
      const isOne = request.writes.length === 2 && request.identity !== undefined;
      const isCondition = answer.kind === 'refused' && answer.refusals[0]?.kind === 'condition';
      if (stored && isOne && isCondition) {
        right.parking.items.set(request.claim.parked.id, { ...stored, outcome: 'done', leaseUntilMs: undefined });
      }
      return answer;
    }),
  },
  {
    breaks: 'P6: effects of a redrive whose letter was taken over',
    mistake: 'the effects go before the fence',
    change: before(async (request, { letterOf, effectsOf }) => {
      const letter = letterOf(request);
      if (letter?.outcome === 'redriving' && letter.owner !== request.claim.token) await effectsOf(request);
    }),
  },
  {
    breaks: 'P6: effects behind a lease that has run out',
    mistake: 'a lease that has run out is a lost fence',
    change: before((request, { letterOf, now }) => {
      const letter = letterOf(request);
      return isHeldBy(letter, request) && (letter?.leaseUntilMs ?? 0) < now() ? LOST : undefined;
    }),
  },
  {
    breaks: 'P6, T5: a late copy changes nothing once the letter was given back',
    mistake: 'the token alone is the fence',
    change: before((request, { right, letterOf }) => {
      const letter = letterOf(request);
      if (letter?.outcome !== 'parked' || letter.owner !== request.claim.token) return undefined;
      right.parking.items.set(request.claim.parked.id, { ...letter, outcome: 'redriving' });
      return undefined;
    }),
  },
  {
    breaks: 'P6: what was never parked is lost',
    mistake: 'the parked item is an upsert',
    change: before((request, { right, letterOf }) => {
      if (letterOf(request)) return undefined;
      const { parked, token, leaseUntilMs } = request.claim;
      const { attempts, firstFailureMs, lastFailureMs } = parked;
      const history = { attempts, firstFailureMs, lastFailureMs, expiration: undefined };
      right.parking.items.set(parked.id, { ...history, outcome: 'redriving', owner: token, leaseUntilMs });
      return undefined;
    }),
  },
  {
    breaks: 'P6: an identity that is parked turns to done',
    mistake: 'it is remembered from when it was parked',
    change: (parts) => async (request) => {
      const stood = parts.identityOf(request);
      const answer = await parts.commit(request);
      const stands = parts.identityOf(request);
      if (stood?.outcome === 'parked' && stands?.outcome === 'done' && parts.now() > START_MS) {
        parts.right.claims.items.set(request.identity?.id ?? '', { ...stands, expiration: stood.expiration });
      }
      return answer;
    },
  },
  {
    breaks: 'P6: an identity that is done keeps its record out',
    mistake: 'the item takes the token of whoever came last',
    change: onAnswer((answer, request, { right, identityOf }) => {
      const stored = identityOf(request);
      const { identity } = request;
      const isOne = request.writes.length === 1 && stored?.owner !== identity?.token;
      if (identity && stored && isOne && answer.kind === 'refused' && answer.refusals[0]?.kind === 'closed') {
        right.claims.items.set(identity.id, { ...stored, owner: identity.token });
      }
      return answer;
    }),
  },
  {
    breaks: 'C7: an identity that is parked with another payload',
    mistake: 'payloads are not compared with what is parked',
    change: before((request, { right, identityOf }) => {
      const stored = identityOf(request);
      const { identity } = request;
      if (stored?.outcome !== 'parked' || identity?.payloadDigest === undefined) return undefined;
      right.claims.items.set(identity.id, { ...stored, payloadDigest: identity.payloadDigest });
      return undefined;
    }),
  },
  {
    breaks: 'C7: payloads of what is parked are not compared where they are not known',
    mistake: 'an unknown payload is another payload',
    change: before((request, { identityOf }) =>
      identityOf(request)?.outcome === 'parked' && request.identity?.payloadDigest === undefined
        ? refused({ kind: 'conflict' })
        : undefined,
    ),
  },
  {
    breaks: 'C6: a live claim of a worker that remembers by identity',
    mistake: 'a redrive takes what another worker is at',
    change: before((request, { right, identityOf }) => {
      if (identityOf(request)?.status === 'INPROGRESS') right.claims.items.delete(request.identity?.id ?? '');
      return undefined;
    }),
  },
  {
    breaks: 'P6, C2: an identity that has expired counts as absent',
    mistake: 'what is done is done until TTL removes it',
    change: before((request, { identityOf, now }) =>
      (identityOf(request)?.expiration ?? Number.POSITIVE_INFINITY) * 1_000 <= now()
        ? refused({ kind: 'closed', outcome: 'done' })
        : undefined,
    ),
  },
  {
    breaks: 'T5: a commit whose answer was lost is recognised',
    mistake: 'a copy that comes at once is taken for another redrive’s',
    change: before((request, { told, isForgotten }) =>
      told.get(request.requestToken)?.kind === 'committed' && !isForgotten() && request.identity ? LOST : undefined,
    ),
  },
  {
    breaks: 'T4, T5: after 10 minutes the parked item answers',
    mistake: 'a failed condition is believed without a look at the parked item',
    change: before((request, { told, isForgotten }) =>
      told.has(request.requestToken) && isForgotten() ? refused({ kind: 'condition', write: 1 }) : undefined,
    ),
  },
  {
    breaks: 'T5: a token that has stood for another content',
    mistake: 'a token stands for whatever comes under it',
    change: onAnswer((answer) => (answer.kind === 'unknown' ? COMMITTED : answer)),
  },
  {
    breaks: 'T4: of several refusals',
    mistake: 'the first write that is refused is told',
    change: onAnswer((answer, { writes, identity }) =>
      writes.length === 2 && identity === undefined && answer.kind === 'refused'
        ? refused({ kind: 'condition', write: 0 })
        : answer,
    ),
  },
  {
    breaks: 'T3: two writes on one item are not valid',
    mistake: 'what is not valid is carried out as far as it is',
    change: (parts) => async (request) => {
      const answer = await parts.commit(request);
      if (answer.kind === 'invalid' && request.writes.length === 2) {
        await parts.effectsOf({ ...request, writes: request.writes.slice(0, 1) });
      }
      return answer;
    },
  },
  {
    breaks: 'T2: 100 items with the parked one stand together',
    mistake: 'room is kept for an identity that nobody has declared',
    change: before(({ writes }) => (writes.length === 99 ? { kind: 'invalid', error: undefined } : undefined)),
  },
  {
    breaks: 'a record without a write is done by its parked item alone',
    mistake: 'a request without writes is not sent',
    change: before(({ writes, identity }) => (writes.length === 0 && !identity ? COMMITTED : undefined)),
  },
];

let scratches = 0;

function broken({ change }: Pick<Mutant, 'change'>): OpenRedrives {
  return (options) => {
    const right = memoryWorld(options);
    const told = new Map<string, RedriveCommitAnswer>();
    let isForgotten = false;
    const commit: Commit = async (request) => {
      const answer = await right.redrives.commit(request);
      if (!told.has(request.requestToken)) told.set(request.requestToken, answer);
      return answer;
    };
    const parts: Parts = {
      right,
      commit,
      now: () => options.clock.now(),
      isForgotten: () => isForgotten,
      told,
      letterOf: ({ claim }) => right.parking.items.get(claim.parked.id),
      identityOf: ({ identity }) => (identity ? right.claims.items.get(identity.id) : undefined),
      effectsOf: async (request) => {
        const id = `scratch ${++scratches}`;
        const parked = { ...request.claim.parked, id };
        await right.parking.park([parked]);
        const claim = { parked, token: id, leaseUntilMs: options.clock.now() + LEASE_MS };
        await right.parking.claim([{ id, token: id, leaseUntilMs: claim.leaseUntilMs }]);
        await right.redrives.commit({ ...request, requestToken: id, claim, identity: undefined });
      },
    };
    return {
      ...right,
      redrives: { commit: change(parts) },
      forgetTokens: () => {
        isForgotten = true;
        right.forgetTokens();
      },
    };
  };
}

async function brokenLaws(mutant: Pick<Mutant, 'change'>): Promise<string[]> {
  const found: string[] = [];
  for (const law of REDRIVE_LAWS) {
    await law.holds(openRedriveWorld(broken(mutant))).catch(() => found.push(law.name));
  }
  return found;
}

describe('the laws of redrives see what they are for', () => {
  test('a store without a mistake breaks none', async () => {
    expect(await brokenLaws({ change: ({ commit }) => commit })).toEqual([]);
  });

  test.each(MUTANTS.map((mutant) => [mutant.breaks, mutant.mistake, mutant] as const))(
    '"%s …" alone is broken when %s',
    async (breaks, _, mutant) => {
      expect(await brokenLaws(mutant)).toEqual([expect.stringContaining(breaks)]);
    },
  );

  test('every law is broken by a mutant', () => {
    const unseen = REDRIVE_LAWS.filter(({ name }) => !MUTANTS.some(({ breaks }) => name.startsWith(breaks)));

    expect(unseen.map(({ name }) => name)).toEqual([]);
  });
});

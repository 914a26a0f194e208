/** Tests the laws: each is broken by a small, plausible mistake, which no other law notices. */
import type { StoredClaim } from '../../handlers/claims/judge';
import { type MemoryLedger, markedInMemory } from '../../handlers/ledger/memory-ledger-store';
import { parkInMemory } from '../../handlers/parking/park-in-memory';
import type {
  MemberRefusal,
  TransactionAnswer,
  TransactionMember,
  TransactionRequest,
} from '../../handlers/transaction/transaction-store';
import { memoryWorld } from '../support/transaction-worlds';
import { LAWS, LEASE_MS, type OpenStores, openWorld, SKEW_MS } from './transaction-store-laws';

type Right = ReturnType<typeof memoryWorld>;
type Commit = (request: TransactionRequest) => Promise<TransactionAnswer>;

interface Parts {
  readonly right: Right;
  readonly commit: Commit;
  now(): number;
  /** Whether the service has forgotten its request tokens. */
  isForgotten(): boolean;
  /** Answers of the right store so far, by request token. */
  readonly told: ReadonlyMap<string, TransactionAnswer>;
  ledgerOf(request: TransactionRequest): MemoryLedger | undefined;
  /** Carries out what is not the mark. */
  effectsOf(request: TransactionRequest): Promise<void>;
}

interface Mutant {
  readonly breaks: string;
  readonly mistake: string;
  readonly change: (parts: Parts) => Commit;
}

const START_MS = 1_790_000_000_000;
const LOST: TransactionAnswer = { kind: 'lost' };
const COMMITTED: TransactionAnswer = { kind: 'committed' };

const refused = (refusal: MemberRefusal): TransactionAnswer => ({ kind: 'refused', refusals: [refusal] });

/** Looks at the item of a lone member's identity before the right store does. */
const onIdentity =
  (
    change: (
      stored: StoredClaim,
      digest: string | undefined,
      nowMs: number,
    ) => TransactionAnswer | 'absent' | undefined,
  ): Mutant['change'] =>
  ({ right, commit, now }) =>
  async (request) => {
    const identity = request.members.length === 1 ? request.members[0]?.identity : undefined;
    const stored = identity && right.claims.items.get(identity.id);
    const answer = stored && change(stored, identity.payloadDigest, now());
    if (answer === 'absent') right.claims.items.delete(identity?.id ?? '');
    return answer === undefined || answer === 'absent' ? commit(request) : answer;
  };

const isClaim = ({ status }: StoredClaim) => status === 'INPROGRESS';
const isBack = (stored: StoredClaim) => isClaim(stored) && stored.leaseUntilMs === 0;
const areTwo = (a: string | undefined, b: string | undefined) => a !== undefined && b !== undefined && a !== b;

/** Changes what the right store has answered. */
const onAnswer =
  (
    change: (answer: TransactionAnswer, request: TransactionRequest, parts: Parts) => TransactionAnswer,
  ): Mutant['change'] =>
  (parts) =>
  async (request) =>
    change(await parts.commit(request), request, parts);

/** Changes a partition's item after a commit. */
const onCommitted = (change: (stored: MemoryLedger) => MemoryLedger | undefined): Mutant['change'] =>
  onAnswer((answer, { mark }, { right }) => {
    const stored = right.ledger.items.get(mark.id);
    const changed = stored && answer.kind === 'committed' ? change(stored) : undefined;
    if (changed) right.ledger.items.set(mark.id, changed);
    return answer;
  });

const MUTANTS: readonly Mutant[] = [
  {
    breaks: 'T1: effects, identities and the mark stand together',
    mistake: 'offsets of identities are stored in 32 bits',
    change: onAnswer((answer, { members }, { right }) => {
      for (const { identity } of members) {
        const stored = identity && right.claims.items.get(identity.id);
        if (stored) right.claims.items.set(identity.id, { ...stored, offset: (stored.offset ?? 0) | 0 });
      }
      return answer;
    }),
  },
  {
    breaks: 'T1: where one write is refused none stands',
    mistake: 'identities are put before the conditions of the others are looked at',
    change: onAnswer((answer, { members }, { right }) => {
      const id = members.length === 2 && answer.kind === 'refused' ? members[0]?.identity?.id : undefined;
      if (id !== undefined) right.claims.items.set(id, { status: 'COMPLETED' } as StoredClaim);
      return answer;
    }),
  },
  {
    breaks: 'T1: effects of a worker whose partition was taken over',
    mistake: 'the effects go before the mark',
    change: (parts) => async (request) => {
      const stored = parts.ledgerOf(request);
      if (stored && stored.owner !== request.mark.token && stored.state.runs.length === 0)
        await parts.effectsOf(request);
      return parts.commit(request);
    },
  },
  {
    breaks: 'T1: a fence that has moved far beyond is lost',
    mistake: 'any later write under the own token is adopted',
    change: onAnswer((answer, request, { ledgerOf }) => {
      const stored = ledgerOf(request);
      const isOurs = answer.kind === 'lost' && stored?.owner === request.mark.token;
      return isOurs ? { kind: 'overtaken', seq: stored.seq, state: stored.state } : answer;
    }),
  },
  {
    breaks: 'T1: without a ledger item the fence is lost',
    mistake: 'the mark is an upsert',
    change:
      ({ right, commit, ledgerOf }) =>
      (request) => {
        const { mark } = request;
        if (!ledgerOf(request)) right.ledger.items.set(mark.id, { ...markedInMemory(mark), seq: mark.seq });
        return commit(request);
      },
  },
  {
    breaks: 'T1, L3: another write of ours that came before is told',
    mistake: 'the state that is told is the one that was to be written',
    change: onAnswer((answer, { mark }) => (answer.kind === 'overtaken' ? { ...answer, state: mark.state } : answer)),
  },
  {
    breaks: 'T1, L2: the next commit stands on top',
    mistake: 'a commit is taken for the first of its tenure',
    change: (parts) => async (request) => {
      const { mark, members } = request;
      const isSecond = mark.seq === 2 && mark.state.runs[0]?.last === 1n && members[0]?.writes.length === 1;
      return isSecond && !parts.told.has(request.requestToken) ? LOST : parts.commit(request);
    },
  },
  {
    breaks: 'T1, L2: a commit renews the lease',
    mistake: 'the lease stays as the claim has set it',
    change: onCommitted((stored) =>
      stored.leaseUntilMs > START_MS + LEASE_MS ? { ...stored, leaseUntilMs: START_MS + LEASE_MS } : undefined,
    ),
  },
  {
    breaks: 'T1, L5: the last commit gives the partition back',
    mistake: 'a commit always holds on to the partition',
    change: onCommitted((stored) =>
      stored.leaseUntilMs === 0 ? { ...stored, leaseUntilMs: START_MS + LEASE_MS } : undefined,
    ),
  },
  {
    breaks: 'T5: a commit whose answer was lost is recognised',
    mistake: 'a copy that comes at once is taken for another worker’s',
    change: (parts) => async (request) => {
      const isCopy = parts.told.get(request.requestToken)?.kind === 'committed' && !parts.isForgotten();
      const { mark, members } = request;
      const isSame = mark.seq === 1 && members[0]?.identity !== undefined && parts.now() === START_MS;
      return isCopy && isSame ? LOST : parts.commit(request);
    },
  },
  {
    breaks: 'T5, T4: after 10 minutes the mark answers',
    mistake: 'a failed condition is believed without a look at the mark',
    change: (parts) => async (request) => {
      const isOurs = parts.ledgerOf(request)?.owner === request.mark.token;
      return parts.isForgotten() && isOurs && parts.told.has(request.requestToken)
        ? refused({ kind: 'condition', write: 1 })
        : parts.commit(request);
    },
  },
  {
    breaks: 'T5: within 10 minutes the token answers',
    mistake: 'the owner is asked before the token',
    change: onAnswer((answer, request, { ledgerOf }) =>
      answer.kind === 'committed' && ledgerOf(request)?.owner !== request.mark.token ? LOST : answer,
    ),
  },
  {
    breaks: 'T5: after 10 minutes a late copy changes nothing',
    mistake: 'the effects of a late copy are carried out once more',
    change: (parts) => async (request) => {
      if (parts.isForgotten() && parts.ledgerOf(request)?.owner !== request.mark.token) await parts.effectsOf(request);
      return parts.commit(request);
    },
  },
  {
    breaks: 'T5: a late copy of what was refused changes nothing',
    mistake: 'a refusal is remembered for its token',
    change: (parts) => async (request) => {
      const before = parts.told.get(request.requestToken);
      return before?.kind === 'refused' ? before : parts.commit(request);
    },
  },
  {
    breaks: 'T5: a token that has stood for another content',
    mistake: 'a token stands for whatever comes under it',
    change: onAnswer((answer) => (answer.kind === 'unknown' ? COMMITTED : answer)),
  },
  {
    breaks: 'T4: each refusal stands at its member',
    mistake: 'members without anything against them are left out',
    change: onAnswer((answer, { members }) =>
      answer.kind === 'refused' && members.length === 4
        ? { ...answer, refusals: answer.refusals.filter((refusal) => refusal !== undefined) }
        : answer,
    ),
  },
  {
    breaks: 'T4: a write that its item does not bear',
    mistake: 'the first member is blamed',
    change: onAnswer((answer) =>
      answer.kind === 'refused' && answer.refusals.some((refusal) => refusal?.kind === 'invalid')
        ? { ...answer, refusals: [...answer.refusals].reverse() }
        : answer,
    ),
  },
  {
    breaks: 'T1: an identity that is done keeps its record out',
    mistake: 'the item takes the token of whoever came last',
    change: onAnswer((answer, { members }, { right }) => {
      const identity = answer.kind === 'refused' ? members[0]?.identity : undefined;
      const stored = identity && right.claims.items.get(identity.id);
      const isDone = stored?.status === 'COMPLETED' && stored.payloadDigest === identity?.payloadDigest;
      if (identity && stored && isDone) right.claims.items.set(identity.id, { ...stored, owner: identity.token });
      return answer;
    }),
  },
  {
    breaks: 'T1: an identity that was completed by a claim',
    mistake: 'only what transactions have done is known',
    change: onIdentity((stored) =>
      stored.status === 'COMPLETED' && stored.attempts !== undefined ? 'absent' : undefined,
    ),
  },
  {
    breaks: 'T1: what a transaction has done answers those who claim',
    mistake: 'it is remembered for a second less',
    change: onAnswer((answer, { members }, { right }) => {
      for (const { identity } of members) {
        const stored = identity && right.claims.items.get(identity.id);
        if (!identity || !stored?.expiration || answer.kind !== 'committed') continue;
        right.claims.items.set(identity.id, { ...stored, expiration: stored.expiration - 1 });
      }
      return answer;
    }),
  },
  {
    breaks: 'T1: an identity that has expired counts as absent',
    mistake: 'what is done is done until TTL removes it',
    change: onIdentity((stored, _, nowMs) =>
      (stored.expiration ?? 0) * 1_000 <= nowMs ? refused({ kind: 'closed', outcome: 'done' }) : undefined,
    ),
  },
  {
    breaks: 'C7: another payload under an identity that is done',
    mistake: 'payloads are not compared with what is done',
    change: onIdentity((stored, digest, nowMs) =>
      stored.status === 'COMPLETED' && areTwo(stored.payloadDigest, digest) && (stored.expiration ?? 0) * 1_000 > nowMs
        ? refused({ kind: 'closed', outcome: 'done' })
        : undefined,
    ),
  },
  {
    breaks: 'C6: a live claim of a worker',
    mistake: 'a claim gives way as soon as 2 skews have passed',
    change: onIdentity((stored, _, nowMs) =>
      isClaim(stored) && !isBack(stored) && nowMs === (stored.leaseUntilMs ?? 0) + 2 * SKEW_MS ? 'absent' : undefined,
    ),
  },
  {
    breaks: 'C3: a claim that has run out by more than 2 skews gives way',
    mistake: 'a claim that was not given back is waited for until it expires',
    change: onIdentity((stored, digest, nowMs) => {
      const { leaseUntilMs = 0 } = stored;
      const isOver = isClaim(stored) && !isBack(stored) && nowMs > leaseUntilMs + 2 * SKEW_MS;
      return isOver && !areTwo(stored.payloadDigest, digest) ? refused({ kind: 'busy', leaseUntilMs }) : undefined;
    }),
  },
  {
    breaks: 'C5: a claim that was given back gives way at once',
    mistake: 'a claim that was given back is waited for',
    change: onIdentity((stored, digest) =>
      isBack(stored) && stored.payloadDigest !== undefined && stored.payloadDigest === digest
        ? refused({ kind: 'busy', leaseUntilMs: 0 })
        : undefined,
    ),
  },
  {
    breaks: 'C7: a claim with another payload does not give way',
    mistake: 'payloads are not compared with a claim that was given back',
    change: onIdentity((stored, digest) =>
      isBack(stored) && areTwo(stored.payloadDigest, digest) ? 'absent' : undefined,
    ),
  },
  {
    breaks: 'C7: payloads are not compared where one of both is not known',
    mistake: 'an unknown payload is another payload',
    change: onIdentity((stored, digest) =>
      (stored.payloadDigest === undefined) !== (digest === undefined) ? refused({ kind: 'conflict' }) : undefined,
    ),
  },
  {
    breaks: 'T2: 100 items with the mark stand together',
    mistake: 'the mark is not counted, to be on the safe side twice',
    change: (parts) => async (request) =>
      request.members.length === 99 ? { kind: 'invalid', error: undefined } : parts.commit(request),
  },
  {
    breaks: 'T3: one identity twice is not committed',
    mistake: 'the second of two equal identities is left out',
    change: (parts) => (request) => {
      const [first, second] = request.members as [TransactionMember?, TransactionMember?];
      const isTwice = first?.identity !== undefined && first.identity.id === second?.identity?.id;
      return parts.commit(isTwice && first ? { ...request, members: [first] } : request);
    },
  },
  {
    breaks: 'T3: two writes on one item are not valid',
    mistake: 'what is not valid is carried out as far as it is',
    change: (parts) => async (request) => {
      const answer = await parts.commit(request);
      const [first, second] = request.members;
      if (answer.kind === 'invalid' && first && second && !first.identity && request.members.length === 2) {
        await parts.effectsOf({ ...request, members: [first] });
      }
      return answer;
    },
  },
  {
    breaks: 'P5: parked items stand with the mark and the effects',
    mistake: 'a parked item is overwritten',
    change: onAnswer((answer, { mark }, { right }) => {
      for (const { id, attempts } of mark.parked ?? []) {
        const item = right.ledger.parked.get(id);
        if (item && answer.kind === 'committed') right.ledger.parked.set(id, { ...item, attempts });
      }
      return answer;
    }),
  },
  {
    breaks: 'P5: where a write, or the fence, is refused',
    mistake: 'parked items are written before the conditions are looked at',
    change: onAnswer((answer, { mark }, { right }) => {
      if (answer.kind === 'refused' || answer.kind === 'lost') parkInMemory(right.ledger.parked, mark.parked ?? []);
      return answer;
    }),
  },
  {
    breaks: 'P5, T5: a mark that stands without the parked items',
    mistake: 'a commit is recognised by its state alone',
    change: onAnswer((answer, { mark }) =>
      answer.kind === 'overtaken' && mark.parked !== undefined ? COMMITTED : answer,
    ),
  },
  {
    breaks: 'records without a write are closed by the mark alone',
    mistake: 'a request without members is not sent',
    change: (parts) => async (request) => (request.members.length === 0 ? COMMITTED : parts.commit(request)),
  },
];

let scratches = 0;

function broken({ change }: Pick<Mutant, 'change'>): OpenStores {
  return (options) => {
    const right = memoryWorld(options);
    const told = new Map<string, TransactionAnswer>();
    let isForgotten = false;
    const commit: Commit = async (request) => {
      const answer = await right.store.commit(request);
      if (!told.has(request.requestToken)) told.set(request.requestToken, answer);
      return answer;
    };
    const parts: Parts = {
      right,
      commit,
      now: () => options.clock.now(),
      isForgotten: () => isForgotten,
      told,
      ledgerOf: ({ mark }) => right.ledger.items.get(mark.id),
      effectsOf: async (request) => {
        const requestToken = `scratch ${++scratches}`;
        const mark = { ...request.mark, id: requestToken };
        right.ledger.items.set(requestToken, { ...markedInMemory(mark), seq: mark.seq });
        await right.store.commit({ ...request, requestToken, mark });
      },
    };
    return {
      ...right,
      store: { commit: change(parts) },
      forgetTokens: () => {
        isForgotten = true;
        right.forgetTokens();
      },
    };
  };
}

async function brokenLaws(mutant: Pick<Mutant, 'change'>): Promise<string[]> {
  const found: string[] = [];
  for (const law of LAWS) await law.holds(openWorld(broken(mutant))).catch(() => found.push(law.name));
  return found;
}

describe('the laws of transactions see what they are for', () => {
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
    const unseen = LAWS.filter(({ name }) => !MUTANTS.some(({ breaks }) => name.startsWith(breaks)));

    expect(unseen.map(({ name }) => name)).toEqual([]);
  });
});

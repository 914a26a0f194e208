/** Tests the laws of the ledger: each is broken by a small, plausible mistake, which no other law notices. */
import { claimantOf } from '../../handlers/ledger/claimant';
import type {
  LedgerClaimAnswer,
  LedgerClaimRequest,
  LedgerMark,
  LedgerMarkAnswer,
  LedgerStore,
} from '../../handlers/ledger/ledger-store';
import { type MemoryLedger, type MemoryLedgerStore, markedInMemory } from '../../handlers/ledger/memory-ledger-store';
import { parkInMemory } from '../../handlers/parking/park-in-memory';
import { openMemoryLedger } from './ledger-memory';
import { LEDGER_LAWS, openWorld, SKEW_MS, START_MS } from './ledger-store-laws';

interface Parts {
  readonly right: MemoryLedgerStore;
  readonly now: () => number;
}

interface Mutant {
  readonly breaks: string;
  readonly mistake: string;
  readonly change: (parts: Parts) => Partial<LedgerStore>;
}

const LOST: LedgerMarkAnswer = { kind: 'lost' };
const WRITTEN: LedgerMarkAnswer = { kind: 'written' };

/** Replaces the claim, member by member; `otherwise` is what the right store does. */
function onClaim(
  { right }: Parts,
  change: (
    request: LedgerClaimRequest,
    stored: MemoryLedger | undefined,
    otherwise: () => Promise<LedgerClaimAnswer>,
  ) => Promise<LedgerClaimAnswer>,
): Partial<LedgerStore> {
  return {
    claim: async (batch) => {
      const answers: LedgerClaimAnswer[] = [];
      for (const request of batch) {
        const otherwise = async () => (await right.claim([request]))[0] as LedgerClaimAnswer;
        answers.push(await change(request, right.items.get(request.id), otherwise));
      }
      return answers;
    },
  };
}

const isParking = ({ parked }: LedgerMark) => parked !== undefined;

/** Marks without parked items only; the others have laws and mutants of their own. */
function onMark(parts: Parts, change: Parameters<typeof onMarks>[2]): Partial<LedgerStore> {
  return onMarks(parts, (mark) => !isParking(mark), change);
}

function onParking(parts: Parts, change: Parameters<typeof onMarks>[2]): Partial<LedgerStore> {
  return onMarks(parts, isParking, change);
}

function onMarks(
  { right }: Parts,
  isMeant: (mark: LedgerMark) => boolean,
  change: (
    mark: LedgerMark,
    stored: MemoryLedger | undefined,
    otherwise: () => Promise<LedgerMarkAnswer>,
    size: number,
  ) => Promise<LedgerMarkAnswer> | LedgerMarkAnswer,
): Partial<LedgerStore> {
  return {
    mark: async (batch) => {
      const answers: LedgerMarkAnswer[] = [];
      for (const mark of batch) {
        const otherwise = async () => (await right.mark([mark]))[0] as LedgerMarkAnswer;
        answers.push(
          await (isMeant(mark) ? change(mark, right.items.get(mark.id), otherwise, batch.length) : otherwise()),
        );
      }
      return answers;
    },
  };
}

/** Lets the right store see another item than the one that stands. */
const seeing =
  (parts: Parts, other: (request: LedgerClaimRequest, stored: MemoryLedger) => Partial<MemoryLedger> | undefined) =>
  () =>
    onClaim(parts, async (request, stored, otherwise) => {
      const changes = stored && other(request, stored);
      if (stored && changes) parts.right.items.set(request.id, { ...stored, ...changes });
      const answer = await otherwise();
      if (stored && changes && answer.kind !== 'claimed') parts.right.items.set(request.id, stored);
      return answer;
    });

/** Lets a mutant know whether a claim says what the first one with its token said. */
function knowingCopies(
  parts: Parts,
  change: (isCopy: (request: LedgerClaimRequest) => boolean) => Partial<LedgerStore>,
): Partial<LedgerStore> {
  const first = new Map<string, number>();
  const { claim = (batch) => parts.right.claim(batch) } = change(
    ({ token, leaseUntilMs }) => first.get(token) === leaseUntilMs,
  );
  return {
    claim: (batch) => {
      for (const { token, leaseUntilMs } of batch) if (!first.has(token)) first.set(token, leaseUntilMs);
      return claim(batch);
    },
  };
}

const without = ({ state }: MemoryLedger, token: string) => ({
  state: { ...state, claimants: state.claimants.filter((claimant) => claimant !== claimantOf(token)) },
});

const isBack = ({ leaseUntilMs }: MemoryLedger) => leaseUntilMs === 0;

const MUTANTS: readonly Mutant[] = [
  {
    breaks: 'L1: of two workers that ask at once',
    mistake: 'a claim that was taken in the same millisecond is not seen',
    change: ({ right }) => ({
      claim: async (batch) => {
        const [request] = batch;
        const stored = request && right.items.get(request.id);
        const isSame = stored?.leaseUntilMs === request?.leaseUntilMs && stored?.owner !== request?.token;
        if (batch.length === 1 && request && stored?.seq === 1 && isSame) {
          return [{ kind: 'claimed', claim: { ...stored, leaseUntilMs: request.leaseUntilMs } }];
        }
        return right.claim(batch);
      },
    }),
  },
  {
    breaks: 'L1: the first claim of a partition makes its item',
    mistake: 'offset 0 counts as covered from the beginning',
    change: (parts) =>
      onClaim(parts, async (_, stored, otherwise) => {
        const answer = await otherwise();
        if (stored || answer.kind !== 'claimed') return answer;
        return { kind: 'claimed', claim: { ...answer.claim, state: { ...answer.claim.state, high: 0n } } };
      }),
  },
  {
    breaks: 'L1, L6: a claim gives the whole state of the last mark',
    mistake: 'offsets go through floating point',
    change: (parts) =>
      onClaim(parts, async (_, stored, otherwise) => {
        const answer = await otherwise();
        if (!stored || !isBack(stored) || answer.kind !== 'claimed') return answer;
        const runs = answer.claim.state.runs.map(({ first, last }) => ({
          first: BigInt(Number(first)),
          last: BigInt(Number(last)),
        }));
        return { kind: 'claimed', claim: { ...answer.claim, state: { ...answer.claim.state, runs } } };
      }),
  },
  {
    breaks: 'L1: a lease is not taken over until',
    mistake: 'one skew is waited for instead of two',
    change: (parts) =>
      seeing(parts, (_, { leaseUntilMs }) =>
        leaseUntilMs > 0 && parts.now() > leaseUntilMs + SKEW_MS ? { leaseUntilMs: 1 } : undefined,
      )(),
  },
  {
    breaks: 'L1: a lease that has run out by more than 2 skews is taken over',
    mistake: 'a takeover begins the attempts anew',
    change: (parts) =>
      seeing(parts, (_, { state, leaseUntilMs }) =>
        leaseUntilMs > 0 && parts.now() > leaseUntilMs ? { state: { ...state, attempts: [] } } : undefined,
      )(),
  },
  {
    breaks: 'L1: a claim whose answer was lost recognises itself',
    mistake: 'a claim that is ours already is answered with the lease of the request',
    change: (parts) =>
      onClaim(parts, async ({ leaseUntilMs }, _, otherwise) => {
        const answer = await otherwise();
        return answer.kind === 'claimed' ? { kind: 'claimed', claim: { ...answer.claim, leaseUntilMs } } : answer;
      }),
  },
  {
    breaks: 'L5: what was given back is taken at once, and the token',
    mistake: 'a release hides the token of the owner',
    change: ({ right }) => {
      const hidden = new Map<string, string>();
      const showing = async <Answer>(ids: readonly string[], work: () => Promise<Answer>) => {
        for (const id of ids) {
          const stored = right.items.get(id);
          const owner = hidden.get(id);
          if (stored && owner !== undefined) right.items.set(id, { ...stored, owner });
          hidden.delete(id);
        }
        const answer = await work();
        for (const id of ids) {
          const stored = right.items.get(id);
          if (!stored || !isBack(stored)) continue;
          hidden.set(id, stored.owner);
          right.items.set(id, { ...stored, owner: '' });
        }
        return answer;
      };
      return {
        claim: (batch) =>
          showing(
            batch.map(({ id }) => id),
            () => right.claim(batch),
          ),
        mark: (batch) =>
          showing(
            batch.map(({ id }) => id),
            () => right.mark(batch),
          ),
      };
    },
  },
  {
    breaks: 'L5: who gave a partition back does not get it again',
    mistake: 'a claim that asks for another lease is taken for a new one, behind its own release',
    change: (parts) =>
      knowingCopies(parts, (isCopy) =>
        seeing(parts, (request, stored) =>
          !isCopy(request) && stored.owner === request.token && isBack(stored)
            ? { owner: 'nobody', ...without(stored, request.token) }
            : undefined,
        )(),
      ),
  },
  {
    breaks: 'L1: who lost a partition does not get it again',
    mistake: 'a claim that asks for another lease is taken for a new one, behind the claim of another',
    change: (parts) =>
      knowingCopies(parts, (isCopy) =>
        seeing(parts, (request, stored) =>
          !isCopy(request) && stored.owner !== request.token ? without(stored, request.token) : undefined,
        )(),
      ),
  },
  {
    breaks: 'P3: claims since the last release or progress are counted',
    mistake: 'a claim says that there was one',
    change: (parts) =>
      seeing(parts, ({ token }, { owner, state }) =>
        owner === token ? undefined : { state: { ...state, unclean: 0 } },
      )(),
  },
  {
    breaks: 'L6: a claim notes its array',
    mistake: 'a claim notes nothing',
    change: (parts) =>
      onClaim(parts, async ({ id }, _, otherwise) => {
        const answer = await otherwise();
        const after = parts.right.items.get(id);
        if (after) parts.right.items.set(id, { ...after, noted: [] });
        return answer;
      }),
  },
  {
    breaks: 'L2: only the owner marks',
    mistake: 'the sequence alone decides',
    change: (parts) =>
      onMark(parts, (mark, stored, otherwise, size) => {
        if (size > 1 || stored?.seq !== 1 || mark.seq !== 1) return otherwise();
        parts.right.items.set(mark.id, markedInMemory(mark));
        return WRITTEN;
      }),
  },
  {
    breaks: 'L2: a mark adds one to the sequence and renews the lease',
    mistake: 'a mark leaves the lease where the claim has set it',
    change: (parts) =>
      onMark(parts, async (mark, stored, otherwise) => {
        const answer = await otherwise();
        const after = parts.right.items.get(mark.id);
        if (stored && after && mark.leaseUntilMs !== undefined && parts.now() > START_MS) {
          parts.right.items.set(mark.id, { ...after, leaseUntilMs: stored.leaseUntilMs });
        }
        return answer;
      }),
  },
  {
    breaks: 'L2: an old write of the owner is refused',
    mistake: 'the owner may write with an old sequence what it has not written yet',
    change: (parts) => {
      const sent = new Set<string>();
      return onMark(parts, (mark, stored, otherwise) => {
        const text = `${mark.id} ${mark.seq} ${mark.state.high}`;
        const isNew = !sent.has(text);
        sent.add(text);
        if (!isNew || stored?.owner !== mark.token || mark.seq + 1 >= stored.seq) return otherwise();
        parts.right.items.set(mark.id, markedInMemory({ ...mark, seq: stored.seq }));
        return WRITTEN;
      });
    },
  },
  {
    breaks: 'L3: a mark whose answer was lost',
    mistake: 'a mark that landed already is refused',
    change: (parts) =>
      onMark(parts, async (mark, stored, otherwise) => {
        const answer = await otherwise();
        const landed = stored?.seq === mark.seq + 1 && mark.leaseUntilMs !== undefined;
        return landed && answer.kind === 'written' ? LOST : answer;
      }),
  },
  {
    breaks: 'L3: a release whose answer was lost',
    mistake: 'a release that landed already is refused',
    change: (parts) =>
      onMark(parts, (mark, stored, otherwise) =>
        stored && isBack(stored) && mark.leaseUntilMs === undefined ? LOST : otherwise(),
      ),
  },
  {
    breaks: 'L3: a mark on top of which another state',
    mistake: 'another state of ours is taken for that of another worker',
    change: (parts) =>
      onMark(parts, async (mark, stored, otherwise) => {
        const answer = await otherwise();
        return answer.kind === 'overtaken' && stored?.state.high !== mark.state.high ? LOST : answer;
      }),
  },
  {
    breaks: 'L3: an equal state with another lease',
    mistake: 'leases are not compared',
    change: (parts) =>
      onMark(parts, async (mark, stored, otherwise) => {
        const answer = await otherwise();
        return answer.kind === 'overtaken' && stored?.state.high === mark.state.high ? WRITTEN : answer;
      }),
  },
  {
    breaks: 'L3: after a takeover the old owner is refused everywhere',
    mistake: 'every token that ever owned the partition is an owner',
    change: (parts) => {
      const owners = new Set<string>();
      return {
        claim: async (batch) => {
          for (const { id, token } of batch) owners.add(`${id} ${token}`);
          return parts.right.claim(batch);
        },
        ...onMark(parts, (mark, stored, otherwise) => {
          const isFormer = stored && stored.owner !== mark.token && owners.has(`${mark.id} ${mark.token}`);
          if (!isFormer || stored.seq !== mark.seq) return otherwise();
          parts.right.items.set(mark.id, markedInMemory(mark));
          return WRITTEN;
        }),
      };
    },
  },
  {
    breaks: 'L5: what was given back is not marked',
    mistake: 'the owner is told to write on top of its own release',
    change: (parts) =>
      onMark(parts, async (mark, stored, otherwise) => {
        const answer = await otherwise();
        const isBehind = stored?.owner === mark.token && isBack(stored) && stored.seq === mark.seq + 1;
        return isBehind && answer.kind === 'lost'
          ? { kind: 'overtaken', seq: stored.seq, state: stored.state }
          : answer;
      }),
  },
  {
    breaks: 'L2: a mark never creates an item',
    mistake: 'a mark is an upsert',
    change: (parts) =>
      onMark(parts, (mark, stored, otherwise) => {
        if (stored) return otherwise();
        parts.right.items.set(mark.id, markedInMemory(mark));
        return WRITTEN;
      }),
  },
  {
    breaks: 'L2: late copies of a claim and of marks',
    mistake: 'a copy of our own claim behind a mark counts as a claim',
    change: (parts) =>
      knowingCopies(parts, (isCopy) =>
        onClaim(parts, async (request, stored, otherwise) => {
          const answer = await otherwise();
          if (isCopy(request) && stored?.owner === request.token && !isBack(stored) && stored.seq > 1) {
            parts.right.items.set(request.id, { ...stored, seq: stored.seq + 1 });
          }
          return answer;
        }),
      ),
  },
  {
    breaks: 'L5: late copies of everything change nothing behind a release',
    mistake: 'a copy of our own claim behind our release takes the partition again',
    change: (parts) =>
      knowingCopies(parts, (isCopy) =>
        onClaim(parts, async (request, stored, otherwise) => {
          const isAgain = isCopy(request) && stored?.owner === request.token && isBack(stored);
          if (isAgain && stored.state.runs.length > 0) {
            parts.right.items.set(request.id, { ...stored, leaseUntilMs: request.leaseUntilMs, seq: stored.seq + 1 });
          }
          return otherwise();
        }),
      ),
  },
  {
    breaks: 'L1: late copies of everything change nothing behind the claims',
    mistake: 'only the last owner is told from a new one',
    change: (parts) =>
      knowingCopies(parts, (isCopy) =>
        seeing(parts, (request, stored) =>
          isCopy(request) && stored.owner !== request.token ? without(stored, request.token) : undefined,
        )(),
      ),
  },
  {
    breaks: 'L1: a batch is answered partition by partition',
    mistake: 'answers come as they arrive',
    change: ({ right }) => ({ claim: async (batch) => (await right.claim(batch)).reverse() }),
  },
  {
    breaks: 'L2: a batch of marks is answered partition by partition',
    mistake: 'the first refusal ends the batch',
    change: ({ right }) => ({
      mark: async (batch) => {
        const answers: LedgerMarkAnswer[] = [];
        for (const mark of batch) {
          const isOver = !batch.some(isParking) && answers.some(({ kind }) => kind === 'lost');
          answers.push(isOver ? LOST : ((await right.mark([mark]))[0] as LedgerMarkAnswer));
        }
        return answers;
      },
    }),
  },
  {
    breaks: 'P5: a mark and its parked items stand together',
    mistake: 'the mark counts as one of the parked items that fit',
    change: ({ right }) => ({
      mark: (batch) =>
        right.mark(
          batch.map((mark) => (mark.parked?.length === 99 ? { ...mark, parked: mark.parked.slice(0, -1) } : mark)),
        ),
    }),
  },
  {
    breaks: 'P5: a mark that is refused leaves no parked item',
    mistake: 'parked items are written before the mark is looked at',
    change: (parts) =>
      onParking(parts, (mark, stored, otherwise, size) => {
        if (size === 1 && stored?.owner !== mark.token) parkInMemory(parts.right.parked, mark.parked ?? []);
        return otherwise();
      }),
  },
  {
    breaks: 'P5: a parked item that exists is left alone by a mark',
    mistake: 'a parked item is overwritten',
    change: (parts) =>
      onParking(parts, async (mark, _, otherwise) => {
        const answer = await otherwise();
        for (const { id, attempts } of mark.parked ?? []) {
          const item = parts.right.parked.get(id);
          if (item) parts.right.parked.set(id, { ...item, attempts });
        }
        return answer;
      }),
  },
  {
    breaks: 'P5, L3: a mark with parked items whose answer was lost',
    mistake: 'a mark with parked items that landed already is refused',
    change: (parts) =>
      onParking(parts, async (mark, stored, otherwise) => {
        const answer = await otherwise();
        const landed = mark.parked !== undefined && stored?.seq === mark.seq + 1;
        return landed && answer.kind === 'written' ? LOST : answer;
      }),
  },
  {
    breaks: 'P5, L3: an equal state that stands without',
    mistake: 'a mark is recognised by its state alone',
    change: (parts) =>
      onParking(parts, (mark, stored, otherwise) => {
        if (mark.parked === undefined || stored?.owner !== mark.token || stored.seq !== mark.seq + 1)
          return otherwise();
        const { parked: _, ...alone } = mark;
        return parts.right.mark([alone]).then(([answer]) => answer as LedgerMarkAnswer);
      }),
  },
  {
    breaks: 'P5: late copies of marks with parked items',
    mistake: 'a copy of a mark makes the parked items that are missing',
    change: (parts) => {
      const seen = new Set<LedgerMark>();
      return onParking(parts, (mark, _, otherwise) => {
        if (seen.has(mark)) parkInMemory(parts.right.parked, mark.parked ?? []);
        seen.add(mark);
        return otherwise();
      });
    },
  },
  {
    breaks: 'P5: a mark with more parked items than a transaction holds',
    mistake: 'the hundredth parked item is left out',
    change: ({ right }) => ({
      mark: (batch) =>
        right.mark(
          batch.map((mark) => (mark.parked?.length === 100 ? { ...mark, parked: mark.parked.slice(0, -1) } : mark)),
        ),
    }),
  },
  {
    breaks: 'P5: marks with and without parked items',
    mistake: 'marks with parked items are answered first',
    change: ({ right }) => ({
      mark: async (batch) => {
        const answers = await right.mark(batch);
        const isFirst = (_: unknown, index: number) => isParking(batch[index] as LedgerMark);
        return [...answers.filter(isFirst), ...answers.filter((answer, index) => !isFirst(answer, index))];
      },
    }),
  },
  {
    breaks: 'an empty batch has an empty answer',
    mistake: 'an empty batch is answered once',
    change: ({ right }) => ({ mark: async (batch) => (batch.length === 0 ? [LOST] : right.mark(batch)) }),
  },
];

async function brokenLaws({ change }: Pick<Mutant, 'change'>): Promise<string[]> {
  const found: string[] = [];
  for (const law of LEDGER_LAWS) {
    const world = openWorld((options) =>
      openMemoryLedger(options, (right) => change({ right, now: () => options.clock.now() })),
    );
    await law.holds(world).catch(() => found.push(law.name));
  }
  return found;
}

describe('the laws of the ledger see what they are for', () => {
  test('a store without a mistake breaks none', async () => {
    expect(await brokenLaws({ change: () => ({}) })).toEqual([]);
  });

  test.each(MUTANTS.map((mutant) => [mutant.breaks, mutant.mistake, mutant] as const))(
    '"%s …" alone is broken when %s',
    async (breaks, _, mutant) => {
      expect(await brokenLaws(mutant)).toEqual([expect.stringContaining(breaks)]);
    },
  );

  test('every law is broken by a mutant', () => {
    const unseen = LEDGER_LAWS.filter(({ name }) => !MUTANTS.some(({ breaks }) => name.startsWith(breaks)));

    expect(unseen.map(({ name }) => name)).toEqual([]);
  });
});

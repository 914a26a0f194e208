import fc from 'fast-check';
import type { ClaimStore } from '../../../handlers/claims/claim-store';
import { EMPTY_LEDGER } from '../../../handlers/ledger/ledger-state';
import type { LedgerMark, LedgerStore } from '../../../handlers/ledger/ledger-store';
import type { TransactionStore } from '../../../handlers/transaction/transaction-store';
import { type Broken, Chaos, type MemoryParts, type Plan, type Way, type WorkerPlan } from '../../support/chaos';

const WAYS: readonly Way[] = ['ledger', 'identity', 'transaction', 'transaction with identity'];

const IDS = ['a', 'b', 'c', 'd', 'e', 'f'];

const forEachId = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc.record(Object.fromEntries(IDS.map((id) => [id, value])));

const worker: fc.Arbitrary<WorkerPlan> = fc.record({
  remainingMs: fc.constantFrom(60_000, 60_000, 20_000, 6_000, 900),
  clockAheadMs: fc.integer({ min: -500, max: 500 }),
  diesInRun: fc.constantFrom(-1, -1, -1, 0, 1, 2),
  diesAfterEffect: fc.boolean(),
  isDeaf: fc.constantFrom(false, false, true),
});
const calmWorker = fc.constant<WorkerPlan>({
  remainingMs: 60_000,
  clockAheadMs: 0,
  diesInRun: -1,
  diesAfterEffect: false,
  isDeaf: false,
});

function plan(given: {
  readonly ways: readonly Way[];
  readonly worker: fc.Arbitrary<WorkerPlan>;
  readonly together: number;
  readonly faultRates: readonly number[];
  readonly workMs: readonly number[];
}): fc.Arbitrary<Plan> {
  const record = fc.record({
    id: fc.constantFrom(...IDS),
    amount: fc.constantFrom(1, 1, 1, 1, 1, 1, 1, 2),
    key: fc.constantFrom('k', 'l', undefined),
  });
  return fc.record({
    partitions: fc.array(fc.array(record, { maxLength: 6 }), { minLength: 1, maxLength: 3 }),
    way: fc.constantFrom(...given.ways),
    independent: fc.boolean(),
    checkpointMs: fc.constantFrom(1, 250, 250, 5_000),
    order: fc.constantFrom('partition' as const, 'key' as const, 'none' as const),
    concurrency: fc.constantFrom(1, 2, 32),
    mode: fc.constantFrom('listed' as const, 'checkpoint' as const, 'throw' as const),
    failuresOf: forEachId(fc.constantFrom(0, 0, 0, 1, 3)),
    refusalsOf: forEachId(fc.constantFrom(0, 0, 0, 1, 2)),
    workMsOf: forEachId(fc.constantFrom(...given.workMs)),
    deliveries: fc.array(fc.array(given.worker, { minLength: 1, maxLength: given.together }), { maxLength: 6 }),
    seed: fc.nat(),
    faultRate: fc.constantFrom(...given.faultRates),
    latencyMs: fc.constantFrom(0, 3, 40, 700),
  });
}

async function holds(plans: fc.Arbitrary<Plan>, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(plans, async (given) => {
      const chaos = new Chaos(given);
      await chaos.run();
      expect(chaos.violations).toEqual([]);
    }),
    { numRuns },
  );
}

/** Of real time, on a busy machine; the schedules themselves run in virtual time. */
jest.setTimeout(180_000);

describe.each(WAYS)(
  '%s, whatever goes wrong: no effect twice but where it is admitted, nothing lost, every lane in order',
  (way) => {
    const ways = [way];

    test('one worker after the other, in peace: the answer is exact and attempts are counted one by one', () =>
      holds(plan({ ways, worker: calmWorker, together: 1, faultRates: [0], workMs: [0, 5, 300] }), 60));

    test('workers that die, before and after their effect, and that run out of time', () =>
      holds(plan({ ways, worker, together: 1, faultRates: [0], workMs: [0, 100, 4_000, 20_000] }), 60));

    test('two or three workers on one batch', () =>
      holds(plan({ ways, worker, together: 3, faultRates: [0], workMs: [0, 100, 4_000, 40_000] }), 60));

    test('two or three workers on one batch and a store that loses requests and answers', () =>
      holds(plan({ ways, worker, together: 3, faultRates: [0.02, 0.1, 0.4], workMs: [0, 100, 4_000, 40_000] }), 90));
  },
);

type Mutant = readonly [rule: string, name: string, way: Way, broken: Broken];

const claims = (change: (right: MemoryParts['claims']) => Partial<ClaimStore>): Broken => ({
  store: (right) => ({
    ...right,
    claims: {
      lookUp: (batch) => right.claims.lookUp(batch),
      claim: (batch) => right.claims.claim(batch),
      renew: (batch) => right.claims.renew(batch),
      complete: (batch) => right.claims.complete(batch),
      park: (batch) => right.claims.park(batch),
      fail: (batch) => right.claims.fail(batch),
      release: (batch) => right.claims.release(batch),
      suspect: (batch) => right.claims.suspect(batch),
      cutOff: (batch) => right.claims.cutOff(batch),
      ...change(right.claims),
    },
  }),
});
const ledger = (change: (right: MemoryParts['ledger']) => Partial<LedgerStore>): Broken => ({
  store: (right) => ({
    ...right,
    ledger: {
      claim: (batch) => right.ledger.claim(batch),
      mark: (batch) => right.ledger.mark(batch),
      ...change(right.ledger),
    },
  }),
});
const commits = (commit: (right: MemoryParts) => TransactionStore['commit']): Broken => ({
  store: (right) => ({ ...right, transactions: { commit: commit(right) } }),
});

const written = async (batch: readonly unknown[]) => batch.map(() => ({ kind: 'written' as const }));
/** The fence is where this mark wants it. */
const unfenced = (right: Pick<MemoryParts['ledger'], 'items'>, { id, token, seq }: LedgerMark) => {
  const item = right.items.get(id);
  if (item) right.items.set(id, { ...item, owner: token, seq });
};

const CLAIM_MUTANTS: readonly Mutant[] = [
  ['A1', 'marks that are not durable', 'identity', claims(() => ({ complete: written }))],
  [
    'twice',
    'claims that everybody gets',
    'identity',
    claims((right) => ({
      claim: async (batch) => {
        await right.claim(batch);
        return batch.map((request) => ({ kind: 'claimed', claim: { ...request, attempts: 0 }, takeover: false }));
      },
      complete: async (batch) => {
        await right.complete(batch);
        return written(batch);
      },
    })),
  ],
  [
    'A1',
    'records that count as closed while they are claimed',
    'identity',
    claims((right) => ({
      claim: async (batch) =>
        (await right.claim(batch)).map((answer) =>
          answer.kind === 'busy' ? { kind: 'closed', outcome: 'done' } : answer,
        ),
    })),
  ],
  [
    'lost',
    'claims that nobody takes over',
    'identity',
    claims((right) => ({
      claim: async (batch) => {
        const stuck = batch.map(({ id, token }) => {
          const item = right.items.get(id);
          return item?.status === 'INPROGRESS' && item.owner !== token;
        });
        const answers = await right.claim(batch.filter((_, index) => !stuck[index]));
        return stuck.map((isStuck) => (isStuck ? { kind: 'busy', leaseUntilMs: 0 } : (answers.shift() as never)));
      },
    })),
  ],
  ['P2', 'attempts that are not counted', 'identity', claims((right) => ({ fail: (batch) => right.release(batch) }))],
  [
    'A1',
    'a look-up that finds everything done',
    'identity',
    claims(() => ({
      lookUp: async (batch) => batch.map(() => ({ kind: 'closed', outcome: 'done' })),
    })),
  ],
];

const LEDGER_MUTANTS: readonly Mutant[] = (['ledger', 'transaction'] as const).flatMap((way): Mutant[] => [
  ['O1', 'lanes that do not hold their order', way, { settings: { order: 'none' } }],
  [
    'A1',
    'a partition that counts as closed while it is another’s',
    way,
    ledger((right) => ({
      claim: async (batch) =>
        (await right.claim(batch)).map((answer, index) => {
          if (answer.kind !== 'busy') return answer;
          const { first, last } = batch[index] as (typeof batch)[number];
          const state = { ...EMPTY_LEDGER, runs: [{ first, last }], high: last, highTimestampMs: 2 ** 50 };
          return { kind: 'claimed', claim: { state, seq: 0, leaseUntilMs: Number.MAX_SAFE_INTEGER } };
        }),
    })),
  ],
  [
    'lost',
    'partitions that nobody takes over',
    way,
    ledger((right) => ({
      claim: async (batch) => {
        const answers = batch.map(async (request) => {
          const item = right.items.get(request.id);
          const isStuck = item !== undefined && item.owner !== request.token && item.leaseUntilMs > 0;
          if (isStuck) return { kind: 'busy' as const, leaseUntilMs: item.leaseUntilMs };
          return (await right.claim([request]))[0] as Awaited<ReturnType<LedgerStore['claim']>>[number];
        });
        return Promise.all(answers);
      },
    })),
  ],
  [
    'P2',
    'attempts that are not counted',
    way,
    ledger((right) => ({
      mark: (batch) => right.mark(batch.map((one) => ({ ...one, state: { ...one.state, attempts: [] } }))),
    })),
  ],
]);

const MARK_MUTANTS: readonly Mutant[] = [
  ['A1', 'marks that are not durable', 'ledger', ledger(() => ({ mark: written }))],
  [
    'twice',
    'a partition that everybody gets, and marks without a fence',
    'ledger',
    ledger((right) => ({
      claim: (batch) => {
        for (const { id } of batch) {
          const item = right.items.get(id);
          if (item) right.items.set(id, { ...item, leaseUntilMs: 0 });
        }
        return right.claim(batch);
      },
      mark: (batch) => {
        for (const mark of batch) unfenced(right, mark);
        return right.mark(batch);
      },
    })),
  ],
  [
    'lost',
    'marks that close what lies between first and last',
    'ledger',
    ledger((right) => ({
      mark: (batch) =>
        right.mark(
          batch.map((one) => {
            const [first, last] = [one.state.runs[0], one.state.runs.at(-1)];
            return {
              ...one,
              state: { ...one.state, runs: first && last ? [{ first: first.first, last: last.last }] : [] },
            };
          }),
        ),
    })),
  ],
];

const COMMIT_MUTANTS: readonly Mutant[] = [
  [
    'T2',
    'records that run side by side though their lane says otherwise',
    'transaction',
    { settings: { order: 'none', independent: true } },
  ],
  ['O1', 'records that start before the one before is committed', 'transaction', { settings: { independent: true } }],
  [
    'twice',
    'a partition that everybody gets, and commits without a fence',
    'transaction',
    {
      store: (right) => ({
        ...right,
        ledger: {
          mark: (batch) => right.ledger.mark(batch),
          claim: (batch) => {
            for (const { id } of batch) {
              const item = right.ledger.items.get(id);
              if (item) right.ledger.items.set(id, { ...item, leaseUntilMs: 0 });
            }
            return right.ledger.claim(batch);
          },
        },
        transactions: {
          commit: (request) => {
            unfenced(right.ledger, request.mark);
            return right.transactions.commit(request);
          },
        },
      }),
    },
  ],
  [
    'twice',
    'effects without their mark',
    'transaction',
    commits((right) => async (request) => {
      const before = right.ledger.items.get(request.mark.id);
      const answer = await right.transactions.commit(request);
      if (before && request.mark.leaseUntilMs !== undefined)
        right.ledger.items.set(request.mark.id, { ...before, seq: request.mark.seq + 1 });
      return answer;
    }),
  ],
  [
    'twice',
    'effects without the mark of their identity',
    'transaction with identity',
    commits((right) => (request) => {
      for (const { identity } of request.members) if (identity) right.claims.items.delete(identity.id);
      return right.transactions.commit(request);
    }),
  ],
  [
    'lost',
    'marks without their effects',
    'transaction',
    commits(
      (right) => (request) =>
        right.transactions.commit({
          ...request,
          members: request.members.map((member) => ({ ...member, writes: [] })),
        }),
    ),
  ],
  [
    'twice',
    'a request token that is new in each copy, and no fence',
    'transaction',
    commits((right) => {
      let copies = 0;
      return (request) => {
        unfenced(right.ledger, request.mark);
        copies += 1;
        return right.transactions.commit({ ...request, requestToken: `copy-${copies}` });
      };
    }),
  ],
];

describe('the oracle sees what it is for', () => {
  test.each<Mutant>([
    ['O1', 'lanes that do not hold their order', 'identity', { settings: { order: 'none' } }],
    ...CLAIM_MUTANTS,
    ...LEDGER_MUTANTS,
    ...MARK_MUTANTS,
    ...COMMIT_MUTANTS,
  ])('%s: %s (%s)', async (rule, _, way, broken) => {
    const plans = fc.oneof(
      plan({ ways: [way], worker: calmWorker, together: 1, faultRates: [0], workMs: [0, 5, 300] }),
      plan({ ways: [way], worker, together: 3, faultRates: [0], workMs: [0, 100, 4_000, 40_000] }),
      plan({ ways: [way], worker, together: 1, faultRates: [0.1, 0.4], workMs: [0, 100, 4_000] }),
    );
    const seen: string[] = [];

    for (const given of fc.sample(plans, { numRuns: 120, seed: 42 })) {
      const chaos = new Chaos(given, broken);
      await chaos.run();
      seen.push(...chaos.violations);
      if (seen.some((violation) => violation.startsWith(rule))) break;
    }

    expect(seen).toContainEqual(expect.stringMatching(new RegExp(`^${rule}`)));
  });
});

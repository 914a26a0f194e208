/** One changed decision each, and the rule of the protocol that it breaks. */
import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type {
  Claim,
  ClaimAnswer,
  ClaimRequest,
  ClaimStore,
  LookUpAnswer,
  WriteAnswer,
} from '../../handlers/claims/claim-store';
import type { judge, StoredClaim, Verdict } from '../../handlers/claims/judge';
import type { ArrayOutcomes, answerFor } from '../../handlers/core/answer';
import type { claimId } from '../../handlers/core/identity';
import type { planLanes } from '../../handlers/core/lanes';
import type { previousTwins } from '../../handlers/core/twins';
import type { Statements } from '../../handlers/dynamodb/statements';
import type { RecordState } from '../../handlers/engine/record-state';
import type { advance } from '../../handlers/ledger/advance';
import type { judgeLedgerClaim } from '../../handlers/ledger/judge-ledger';
import type { ledgerId } from '../../handlers/ledger/ledger-id';
import type { LedgerState } from '../../handlers/ledger/ledger-state';
import type { LedgerClaimAnswer, LedgerMark, LedgerMarkAnswer, LedgerStore } from '../../handlers/ledger/ledger-store';
import { union } from '../../handlers/ledger/offset-runs';
import type { findReuse } from '../../handlers/ledger/reuse';
import type { ClaimWindow } from '../../handlers/remember/claim-window';
import type { IdentityReader } from '../../handlers/remember/identity-reader';
import type { LeaseKeeper } from '../../handlers/remember/lease-keeper';
import type { Partition } from '../../handlers/remember/partition';
import type { PartitionKeeper } from '../../handlers/remember/partition-keeper';
import type { Unknown } from '../../handlers/store/unknown';
import type { nextGroup } from '../../handlers/transaction/group';
import type { standingOf } from '../../handlers/transaction/ledger-mark';
import type { TransactionAnswer, TransactionStore } from '../../handlers/transaction/transaction-store';
import type { Remember } from '../../local/simulator/plan';
import type { SimulationRule } from '../../local/simulator/violation';
import { type Change, type CommandInput, setCondition, setsOf } from '../support/broken-runtimes';

export interface PlantedBug {
  readonly bug: string;
  /** Rule of the protocol. */
  readonly rule: string;
  /** The kinds of violation that show it. */
  readonly shows: readonly SimulationRule[];
  /** Index of the first schedule that is tried, where the first ones do not catch it. @default 0 */
  readonly from?: number;
  /** Of these ways of remembering. @default all */
  readonly of?: readonly Remember[];
  readonly change: Change;
}

const WRITTEN: WriteAnswer = { kind: 'written' };

/** Another judgement of what stands in the way of a claim. */
function judging(
  change: (right: Verdict, stored: StoredClaim, request: ClaimRequest) => Verdict,
): NonNullable<Change['module']> {
  return {
    path: 'claims/judge',
    change: (actual: { readonly judge: typeof judge }) => ({
      judge: (...given: Parameters<typeof judge>) => change(actual.judge(...given), given[0], given[1]),
    }),
  };
}

/** Other outcomes than those that the answer should be made of. */
function answering(
  change: (arrays: readonly ArrayOutcomes[]) => readonly ArrayOutcomes[],
): NonNullable<Change['module']> {
  return {
    path: 'core/answer',
    change: (actual: { readonly answerFor: typeof answerFor }) => ({
      answerFor: (...[arrays, mode]: Parameters<typeof answerFor>) => actual.answerFor(change(arrays), mode),
    }),
  };
}

/** Another answer to each claim. */
const claiming =
  (change: (answer: ClaimAnswer, claim: Claim) => ClaimAnswer) =>
  (right: ClaimStore): Partial<ClaimStore> => ({
    claim: async (batch) => {
      const answers = await right.claim(batch);
      return answers.map((answer, index) => change(answer, { ...batch[index], attempts: 0 } as Claim));
    },
  });

/** Another condition of the writes that set all of these attributes and none of those. */
const conditional =
  (sets: readonly string[], not: readonly string[], change: (conjuncts: string[]) => readonly string[]) =>
  (input: CommandInput): void => {
    const names = setsOf(input);
    if (sets.every((name) => names.includes(name)) && !not.some((name) => names.includes(name))) {
      setCondition(input, change);
    }
  };

const without = (name: string) => (conjuncts: string[]) => conjuncts.filter((one) => !one.startsWith(name));

const COMPLETED = ['status', 'outcome'];
const TAKEN_OVER = ['status', 'owner'];
const LEASED = ['in_progress_expiration'];

/** Another answer to each claim of a partition. */
const claimingPartitions =
  (change: (answer: LedgerClaimAnswer, leaseUntilMs: number) => LedgerClaimAnswer) =>
  (right: LedgerStore): Partial<LedgerStore> => ({
    claim: async (batch) =>
      (await right.claim(batch)).map((answer, index) => change(answer, batch[index]?.leaseUntilMs ?? 0)),
  });

/** Another mark of a partition, or another answer to it. */
const marking =
  (
    change: (mark: LedgerMark) => LedgerMark,
    answered: (answer: LedgerMarkAnswer) => LedgerMarkAnswer = (answer) => answer,
  ) =>
  (right: LedgerStore): Partial<LedgerStore> => ({
    mark: async (batch) => (await right.mark(batch.map(change))).map(answered),
  });

const same = (mark: LedgerMark) => mark;

/** Another state after an array. */
function advancing(change: (...given: [...Parameters<typeof advance>, right: typeof advance]) => object) {
  return {
    path: 'ledger/advance',
    change: (actual: { readonly advance: typeof advance }) => ({
      advance: (...given: Parameters<typeof advance>) => change(...given, actual.advance),
    }),
  };
}

/** Another answer to each commit. */
const committing =
  (change: (answer: TransactionAnswer) => TransactionAnswer) =>
  (right: TransactionStore): Partial<TransactionStore> => ({
    commit: async (request) => change(await right.commit(request)),
  });

/** Another reading of the identity of a twin in a transaction. */
function reading(change: (right: LookUpAnswer | Unknown) => LookUpAnswer | Unknown): NonNullable<Change['module']> {
  return {
    path: 'remember/identity-reader',
    change: (actual: { readonly IdentityReader: typeof IdentityReader }) => ({
      IdentityReader: class extends actual.IdentityReader<unknown> {
        override async read(state: RecordState<unknown>) {
          return change(await super.read(state));
        }
      },
    }),
  };
}

/** Another way to keep partitions. */
function keeping(change: Pick<PartitionKeeper<unknown>, 'refusal'>) {
  return {
    path: 'remember/partition-keeper',
    change: (actual: { readonly PartitionKeeper: typeof PartitionKeeper }) => ({
      PartitionKeeper: class extends actual.PartitionKeeper<unknown> {
        override refusal(partition: Partition<unknown>, nowMs: number) {
          return change.refusal(partition, nowMs);
        }
      },
    }),
  };
}

/** Another next group. */
function grouping(change: (...given: [...Parameters<typeof nextGroup>, right: typeof nextGroup]) => object) {
  return {
    path: 'transaction/group',
    change: (actual: { readonly nextGroup: typeof nextGroup }) => ({
      nextGroup: (...given: Parameters<typeof nextGroup>) => change(...given, actual.nextGroup),
    }),
  };
}

/** What an item of a transaction is about. */
const keyOf = ({ Put, Update }: TransactWriteItem) => ({
  table: Put?.TableName ?? Update?.TableName,
  id: Put?.Item?.id ?? Update?.Key?.id,
});

/** The items of a transaction, those that are meant without their condition and what only it names. */
const withoutConditions =
  (isMeant: (item: TransactWriteItem, index: number) => boolean) =>
  (items: readonly TransactWriteItem[]): TransactWriteItem[] =>
    items.map((item, index) => {
      if (!isMeant(item, index)) return item;
      const [[kind, write]] = Object.entries(item) as [[string, Record<string, unknown>]];
      const {
        ConditionExpression: _,
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: values,
        ...rest
      } = write;
      const text = String(rest.UpdateExpression ?? '');
      const used = (entries: unknown) => {
        const left = Object.entries((entries ?? {}) as object).filter(([name]) =>
          new RegExp(`${name}(?!\\w)`).test(text),
        );
        return left.length === 0 ? undefined : Object.fromEntries(left);
      };
      const [ExpressionAttributeNames, ExpressionAttributeValues] = [used(names), used(values)];
      return { [kind]: { ...rest, ExpressionAttributeNames, ExpressionAttributeValues } } as TransactWriteItem;
    });

const WRITTEN_MARK: LedgerMarkAnswer = { kind: 'written' };

const NOTHING_CLOSED: LedgerState = {
  runs: [],
  delivered: [],
  high: -1n,
  highTimestampMs: -1,
  samples: [],
  attempts: [],
  closedByBound: [],
  unclean: 0,
  suspect: undefined,
  claimants: [],
};
const COMMITTED: TransactionAnswer = { kind: 'committed' };
const LEDGER_CLAIMED = ['owner', 'claimants'];
const MARKED = ['runs', 'high'];
const BY_IDENTITY: readonly Remember[] = ['identity'];
const BY_OFFSET: readonly Remember[] = ['ledger', 'transaction'];

/** Broken rules that no promise is broken by, and the law of the store that sees each. */
export interface InvisibleBug {
  readonly bug: string;
  readonly rule: string;
  readonly because: string;
  readonly law: RegExp;
  readonly change: Change;
}

export const INVISIBLE_BUGS: readonly InvisibleBug[] = [
  {
    bug: "an own claim is taken for a stranger's",
    rule: 'C3',
    because: 'the record waits for its own lease to run out, and then takes effect once',
    law: /^C8: a claim whose answer was lost recognises itself/,
    change: {
      module: judging((right, stored, request) =>
        right.kind === 'claimed' && stored.owner === request.token
          ? { kind: 'busy', leaseUntilMs: request.leaseUntilMs }
          : right,
      ),
    },
  },
  {
    bug: 'a renewal moves the lease back',
    rule: 'C4',
    because: 'another renewal mends it within half a lease, and nobody asked in between in 2,000 schedules',
    law: /^C4: a renewal moves the lease forward, never back/,
    change: { send: conditional([...LEASED, 'expiration'], ['owner'], without('in_progress_expiration <')) },
  },
  {
    bug: 'a claim that was given back is taken again by its late copy',
    rule: 'C3',
    because: 'in the table the copy is refused where it lands: only who reads and asks on for it would take it',
    law: /^C3: a late copy of a claim that was given back/,
    change: {
      module: judging((right, stored, { token }) =>
        right.kind === 'busy' && stored.leaseUntilMs === 0 && stored.owner === token
          ? { kind: 'takeover', attempts: stored.attempts ?? 0 }
          : right,
      ),
    },
  },
  {
    bug: 'what stood in an older mark of ours is written over',
    rule: 'L3',
    because: 'each mark is made of everything that the invocation did so far: it leaves out nothing of an older one',
    law: /^L3: a mark on top of which another state of ours stands is told so/,
    change: {
      ledger: marking(same, (answer) => (answer.kind === 'overtaken' ? { ...answer, state: NOTHING_CLOSED } : answer)),
    },
  },
  {
    bug: 'an item that has expired counts as present',
    rule: 'C2',
    because: 'no schedule lasts as long as a mark is remembered',
    law: /^C2: a done record that has expired counts as absent/,
    change: {
      module: {
        path: 'claims/judge',
        change: (actual: { readonly judge: typeof judge }) => ({
          judge: (...[stored, ...rest]: Parameters<typeof judge>) =>
            actual.judge({ ...stored, expiration: undefined }, ...rest),
        }),
      },
    },
  },
  {
    bug: 'a completion creates an item',
    rule: 'C5',
    because: 'an item vanishes only when its memory is over, and no schedule lasts so long',
    law: /^C5: to complete never creates an item/,
    change: {
      store: (right) => ({
        complete: async (batch) => {
          await right.claim(batch.map(({ claim }) => claim));
          return right.complete(batch);
        },
      }),
    },
  },
  {
    bug: 'a partition is kept until its lease runs out',
    rule: 'L5',
    because: 'the next one waits for the rest of the lease, and everything takes effect once',
    law: /^L5: what was given back is taken at once/,
    change: {
      ledger: marking((mark) => ({ ...mark, leaseUntilMs: mark.leaseUntilMs ?? Number.MAX_SAFE_INTEGER })),
    },
  },
  {
    bug: 'a transaction that stands is not recognised by its mark',
    rule: 'T5',
    because: 'its records stay open, and come again to a ledger that closes them',
    law: /^T5, T4: after 10 minutes the mark answers/,
    change: {
      module: {
        path: 'transaction/ledger-mark',
        change: (actual: { readonly standingOf: typeof standingOf }) => ({
          standingOf: (...given: Parameters<typeof standingOf>) => {
            const right = actual.standingOf(...given);
            return right.kind === 'committed' ? { kind: 'free' } : right;
          },
        }),
      },
    },
  },
  {
    bug: 'a late copy of a claim takes the partition',
    rule: 'L1',
    because: 'a copy would have to come behind the release and before the next claim',
    law: /^L1: late copies of everything change nothing behind the claims/,
    change: { send: conditional(LEDGER_CLAIMED, [], without('NOT contains')) },
  },
];

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    bug: 'the answer leaves out the last open record',
    rule: 'A1',
    shows: ['left-out'],
    change: {
      module: answering((arrays) => {
        const last = arrays.flatMap(({ records }) => records).findLast(({ outcome }) => outcome === 'open');
        return arrays.map(({ name, records }) => ({ name, records: records.filter((record) => record !== last) }));
      }),
    },
  },
  {
    bug: 'the answer leaves out the open records of every partition but the first',
    rule: 'A1',
    shows: ['left-out'],
    change: {
      module: answering((arrays) => arrays.map((array, index) => (index === 0 ? array : { ...array, records: [] }))),
    },
  },
  {
    bug: 'the answer lists an open record twice',
    rule: 'A1',
    shows: ['misreported'],
    change: {
      module: answering((arrays) =>
        arrays.map(({ name, records }) => ({ name, records: [...records, ...records.slice(-1)] })),
      ),
    },
  },
  {
    bug: 'a completion is not conditional: no fence',
    rule: 'C5',
    of: BY_IDENTITY,
    shows: ['stale-mark'],
    from: 300,
    change: { send: conditional(COMPLETED, [], () => []) },
  },
  {
    bug: 'a lease that is live is taken over',
    rule: 'C3',
    of: BY_IDENTITY,
    shows: ['overlap'],
    change: { module: judging((right) => (right.kind === 'busy' ? { kind: 'takeover', attempts: 0 } : right)) },
  },
  {
    bug: 'a take-over is conditional on nothing',
    rule: 'C3',
    of: BY_IDENTITY,
    shows: ['overlap', 'twice'],
    from: 28,
    change: { send: conditional(TAKEN_OVER, [], () => []) },
  },
  {
    bug: 'a take-over is conditional on the status alone, not on the claim that was read',
    rule: 'C3',
    of: BY_IDENTITY,
    shows: ['overlap', 'attempts'],
    change: {
      send: conditional(TAKEN_OVER, [], (conjuncts) => conjuncts.filter((one) => one.startsWith('status'))),
    },
  },
  {
    bug: 'the mark is written before the effect',
    rule: 'P2',
    of: BY_IDENTITY,
    shows: ['lost', 'twice', 'left-out'],
    change: {
      store: (right) => ({
        claim: async (batch) => {
          const answers = await right.claim(batch);
          await right.complete(answers.flatMap((one) => (one.kind === 'claimed' ? [{ claim: one.claim }] : [])));
          return answers;
        },
        renew: async (batch) => batch.map(() => WRITTEN),
        complete: async (batch) => batch.map(() => WRITTEN),
      }),
    },
  },
  {
    bug: 'the effect is not waited for',
    rule: 'A5',
    shows: ['outlived', 'lost', 'twice', 'overlap'],
    change: {
      surroundings: (right) => ({
        ...right,
        process: async (record) => {
          right.process(record).catch(() => undefined);
          return undefined;
        },
      }),
    },
  },
  {
    bug: 'a late copy of a release is accepted, whoever holds the claim by then',
    rule: 'C5',
    of: BY_IDENTITY,
    shows: ['stale-lease'],
    change: { send: conditional(LEASED, ['expiration', 'owner'], () => []) },
  },
  {
    bug: 'a renewal is accepted after the claim was given back',
    rule: 'C5',
    of: BY_IDENTITY,
    shows: ['stale-lease'],
    from: 40,
    change: { send: conditional([...LEASED, 'expiration'], ['owner'], without('in_progress_expiration >')) },
  },
  {
    bug: 'a lane goes on behind its open record',
    rule: 'O1',
    shows: ['order'],
    change: {
      module: {
        path: 'core/lanes',
        change: (actual: { readonly planLanes: typeof planLanes }) => ({
          planLanes: (records: Parameters<typeof planLanes>[0]) => actual.planLanes(records, 'none'),
        }),
      },
    },
  },
  {
    bug: 'the lane of a partition is split by key',
    rule: 'O1',
    shows: ['order'],
    change: {
      module: {
        path: 'core/lanes',
        change: (actual: { readonly planLanes: typeof planLanes }) => ({
          planLanes: (...[records, order]: Parameters<typeof planLanes>) =>
            actual.planLanes(records, order === 'partition' ? 'key' : order),
        }),
      },
    },
  },
  {
    bug: 'a twin is settled by its neighbour, without the store',
    rule: 'O3',
    of: BY_IDENTITY,
    shows: ['left-out'],
    change: {
      module: {
        path: 'remember/claim-window',
        change: (actual: { readonly ClaimWindow: typeof ClaimWindow }) => ({
          ClaimWindow: class extends actual.ClaimWindow<unknown> {
            override claim(state: RecordState<unknown>) {
              const twin = state.previousTwin;
              if (twin?.outcome === 'done') return Promise.resolve({ kind: 'closed', outcome: 'done' } as const);
              return super.claim(state);
            }
          },
        }),
      },
    },
  },
  {
    bug: 'a busy record counts as done',
    rule: 'C6',
    of: BY_IDENTITY,
    shows: ['left-out'],
    change: { store: claiming((answer) => (answer.kind === 'busy' ? { kind: 'closed', outcome: 'done' } : answer)) },
  },
  {
    bug: 'a record that is done is taken over',
    rule: 'C3',
    of: BY_IDENTITY,
    shows: ['twice'],
    change: { module: judging((right) => (right.kind === 'closed' ? { kind: 'takeover', attempts: 0 } : right)) },
  },
  {
    bug: 'a conflict counts as a duplicate',
    rule: 'C7',
    of: BY_IDENTITY,
    shows: ['left-out'],
    change: { module: judging((right) => (right.kind === 'conflict' ? { kind: 'closed', outcome: 'done' } : right)) },
  },
  {
    bug: 'a conflict overwrites the record that was there first',
    rule: 'C7',
    of: BY_IDENTITY,
    shows: ['twice', 'overlap'],
    change: { module: judging((right) => (right.kind === 'conflict' ? { kind: 'takeover', attempts: 0 } : right)) },
  },
  {
    bug: 'a claim without an answer counts as ours',
    rule: 'C8',
    of: BY_IDENTITY,
    shows: ['twice', 'overlap', 'left-out'],
    change: {
      store: claiming((answer, claim) =>
        answer.kind === 'unknown' ? { kind: 'claimed', claim, takeover: false } : answer,
      ),
    },
  },
  {
    bug: 'a mark without an answer counts as written',
    rule: 'C8',
    of: BY_IDENTITY,
    shows: ['left-out'],
    change: {
      store: (right) => ({
        complete: async (batch) =>
          (await right.complete(batch)).map((answer) => (answer.kind === 'unknown' ? WRITTEN : answer)),
      }),
    },
  },
  {
    bug: 'a refused mark counts as written',
    rule: 'C5',
    of: BY_IDENTITY,
    shows: ['left-out'],
    from: 300,
    change: {
      store: (right) => ({
        complete: async (batch) => {
          const answers = await right.complete(batch);
          return answers.map((answer) => (answer.kind === 'lost' ? WRITTEN : answer));
        },
      }),
    },
  },
  {
    bug: 'a failed run is not counted',
    rule: 'P2',
    of: BY_IDENTITY,
    shows: ['attempts'],
    change: { store: (right) => ({ fail: (batch) => right.release(batch) }) },
  },
  {
    bug: 'a failed run counts twice',
    rule: 'P2',
    of: BY_IDENTITY,
    shows: ['attempts'],
    change: {
      store: (right) => ({
        fail: (batch) =>
          right.fail(batch.map((one) => ({ ...one, claim: { ...one.claim, attempts: one.claim.attempts + 1 } }))),
      }),
    },
  },
  {
    bug: 'a take-over forgets the attempts',
    rule: 'C5',
    of: BY_IDENTITY,
    shows: ['attempts'],
    change: { module: judging((right) => (right.kind === 'takeover' ? { ...right, attempts: 0 } : right)) },
  },
  {
    bug: 'an aborted record runs again at once',
    rule: 'C4',
    of: BY_IDENTITY,
    shows: ['twice', 'overlap', 'outlived', 'attempts'],
    from: 17,
    change: {
      surroundings: (right) => ({
        ...right,
        process: async (record) => {
          try {
            return await right.process(record);
          } catch (error) {
            if (!record.signal.aborted) throw error;
            return right.process({ ...record, signal: new AbortController().signal });
          }
        },
      }),
    },
  },
  {
    bug: 'one token for every claim of a worker',
    rule: 'C3',
    of: BY_IDENTITY,
    shows: ['stale-lease', 'stale-mark', 'overlap', 'twice'],
    change: { surroundings: (right) => ({ ...right, random: { ...right.random, token: () => 'the token' } }) },
  },

  {
    bug: 'an identity is another one each time it is computed',
    rule: 'C1',
    of: ['identity', 'transaction'],
    shows: ['twice'],
    change: {
      module: {
        path: 'core/identity',
        change: (actual: { readonly claimId: typeof claimId }) => {
          let computed = 0;
          return { claimId: (...given: Parameters<typeof claimId>) => `${actual.claimId(...given)}${++computed}` };
        },
      },
    },
  },
  {
    bug: 'a look-up takes what is claimed for done',
    rule: 'C2',
    of: BY_IDENTITY,
    shows: ['left-out', 'lost'],
    change: {
      store: (right) => ({
        lookUp: async (batch) => {
          // Reads as the real one does, and takes an item for its completion.
          const answers = await right.lookUp(batch);
          const tried = await right.claim(
            batch.map(({ id, payloadDigest }) => ({
              id,
              payloadDigest,
              token: '',
              partition: -1,
              offset: -1,
              leaseUntilMs: 1,
            })),
          );
          return answers.map((answer, index) =>
            answer.kind === 'open' && tried[index]?.kind === 'busy' ? { kind: 'closed', outcome: 'done' } : answer,
          );
        },
      }),
    },
  },
  {
    bug: 'a lease is not renewed',
    rule: 'C4',
    of: BY_IDENTITY,
    shows: ['overlap', 'twice'],
    from: 48,
    change: {
      module: {
        path: 'remember/lease-keeper',
        change: (actual: { readonly LeaseKeeper: typeof LeaseKeeper }) => ({
          LeaseKeeper: class extends actual.LeaseKeeper {
            override keep() {
              return () => true;
            }
          },
        }),
      },
    },
  },
  {
    bug: 'a refused renewal counts as written',
    rule: 'C4',
    of: BY_IDENTITY,
    shows: ['overlap', 'twice'],
    change: {
      store: (right) => ({
        renew: async (batch) => (await right.renew(batch)).map((answer) => (answer.kind === 'lost' ? WRITTEN : answer)),
      }),
    },
  },
  {
    bug: 'a key that came back unprocessed counts as absent',
    rule: 'C8',
    of: BY_OFFSET,
    shows: ['twice', 'left-out'],
    from: 395,
    change: {
      module: {
        path: 'dynamodb/statements',
        change: (actual: { readonly Statements: typeof Statements }) => ({
          Statements: class extends actual.Statements {
            override async read(...given: Parameters<Statements['read']>) {
              return (await super.read(...given)).map((item) => (item?.kind === 'unknown' ? undefined : item));
            }
          },
        }),
      },
    },
  },
  {
    bug: 'twins are asked for in one request',
    rule: 'C9',
    of: BY_IDENTITY,
    shows: ['stuck'],
    change: {
      module: {
        path: 'core/twins',
        change: () => ({
          previousTwins: (records: Parameters<typeof previousTwins>[0]) => records.map(() => undefined),
        }),
      },
    },
  },
  {
    bug: 'a mark is remembered for a second',
    rule: 'C10',
    of: ['identity', 'transaction'],
    shows: ['twice'],
    change: { settings: { rememberForSeconds: 1 } },
  },

  {
    bug: 'a live lease of a partition is taken over',
    rule: 'L1',
    of: BY_OFFSET,
    shows: ['overlap'],
    change: {
      module: {
        path: 'ledger/judge-ledger',
        change: (actual: { readonly judgeLedgerClaim: typeof judgeLedgerClaim }) => ({
          judgeLedgerClaim: (...given: Parameters<typeof judgeLedgerClaim>) => {
            const right = actual.judgeLedgerClaim(...given);
            return right.kind === 'busy' ? { kind: 'takeover' } : right;
          },
        }),
      },
    },
  },
  {
    bug: 'the claim of a partition is conditional on nothing',
    rule: 'L1',
    of: BY_OFFSET,
    shows: ['overlap'],
    change: { send: conditional(LEDGER_CLAIMED, [], () => []) },
  },
  {
    bug: 'two clocks are taken to be equal',
    rule: 'L1',
    of: BY_OFFSET,
    shows: ['overlap'],
    from: 1_010,
    change: { settings: { clockSkewMs: 0 } },
  },
  {
    bug: 'a partition whose claim has no answer counts as claimed',
    rule: 'L1',
    of: BY_OFFSET,
    shows: ['overlap', 'twice', 'left-out', 'lost'],
    change: {
      ledger: claimingPartitions((answer, leaseUntilMs) =>
        answer.kind === 'unknown'
          ? { kind: 'claimed', claim: { state: NOTHING_CLOSED, seq: 0, leaseUntilMs } }
          : answer,
      ),
    },
  },
  {
    bug: 'a claim brings nothing of what is closed',
    rule: 'L1',
    of: ['ledger'],
    shows: ['twice'],
    change: {
      ledger: claimingPartitions((answer) =>
        answer.kind === 'claimed' ? { ...answer, claim: { ...answer.claim, state: NOTHING_CLOSED } } : answer,
      ),
    },
  },
  {
    bug: 'all partitions share one item',
    rule: 'L1',
    of: BY_OFFSET,
    shows: ['left-out', 'lost', 'stuck', 'overlap'],
    from: 1,
    change: {
      module: {
        path: 'ledger/ledger-id',
        change: (actual: { readonly ledgerId: typeof ledgerId }) => ({
          ledgerId: (...[mapping, topic]: Parameters<typeof ledgerId>) => actual.ledgerId(mapping, topic, 0),
        }),
      },
    },
  },
  {
    bug: 'a mark is conditional on nothing',
    rule: 'L2',
    of: ['ledger'],
    shows: ['stale-mark', 'twice', 'overlap'],
    change: { send: conditional(MARKED, [], () => []) },
  },
  {
    bug: 'a mark is conditional on the owner alone',
    rule: 'L2',
    of: ['ledger'],
    shows: ['stale-mark', 'twice', 'overlap', 'attempts'],
    from: 17,
    change: { send: conditional(MARKED, [], (conjuncts) => conjuncts.filter((one) => one.startsWith('owner'))) },
  },
  {
    bug: 'marks are written at the end, not by time',
    rule: 'L2',
    of: ['ledger'],
    shows: ['twice'],
    from: 120,
    change: {
      surroundings: (right) => ({ ...right, settings: { ...right.settings, checkpointMs: 60_000 } }),
    },
  },
  {
    bug: 'a mark does not renew the lease',
    rule: 'L2',
    of: BY_OFFSET,
    shows: ['overlap', 'twice'],
    change: { ledger: marking((mark) => ({ ...mark, ...(mark.leaseUntilMs !== undefined && { leaseUntilMs: 1 }) })) },
  },
  {
    bug: 'a mark without an answer counts as written',
    rule: 'L2',
    of: BY_OFFSET,
    shows: ['left-out', 'twice'],
    change: { ledger: marking(same, (answer) => (answer.kind === 'unknown' ? WRITTEN_MARK : answer)) },
  },
  {
    bug: 'a refused mark counts as written',
    rule: 'L3',
    of: BY_OFFSET,
    shows: ['left-out'],
    from: 350,
    change: { ledger: marking(same, (answer) => (answer.kind === 'lost' ? WRITTEN_MARK : answer)) },
  },
  {
    bug: 'whatever stands one above is taken for the mark that was sent',
    rule: 'L3',
    of: BY_OFFSET,
    shows: ['left-out', 'twice', 'attempts', 'overlap'],
    from: 630,
    change: { ledger: marking(same, (answer) => (answer.kind === 'overtaken' ? WRITTEN_MARK : answer)) },
  },
  {
    bug: 'a stale worker goes on',
    rule: 'L3',
    of: BY_OFFSET,
    shows: ['overlap', 'twice'],
    change: { module: keeping({ refusal: () => undefined }) },
  },
  {
    bug: 'a record starts after the end of the lease',
    rule: 'L4',
    of: BY_OFFSET,
    shows: ['overlap', 'twice'],
    from: 60,
    change: { module: keeping({ refusal: (partition) => partition.refusal }) },
  },
  {
    bug: 'every mark gives the partition back',
    rule: 'L5',
    of: ['ledger'],
    shows: ['overlap', 'stale-mark', 'twice', 'stuck'],
    change: { ledger: marking((mark) => ({ ...mark, leaseUntilMs: undefined })) },
  },
  {
    bug: 'a partition is given back while something of it runs',
    rule: 'L5',
    of: ['ledger'],
    shows: ['overlap', 'stale-mark', 'twice'],
    change: {
      module: {
        path: 'remember/partition',
        change: (actual: { readonly Partition: typeof Partition }) => ({
          Partition: class extends actual.Partition<unknown> {
            override get isFinal() {
              return super.isFinal || this.pending.length > 0;
            }
          },
        }),
      },
    },
  },
  {
    bug: 'everything below a closed offset counts as closed',
    rule: 'L6',
    of: BY_OFFSET,
    shows: ['lost', 'left-out'],
    change: {
      module: advancing((claimed, array, progress, right) => {
        const advanced = right(claimed, array, progress);
        const last = advanced.state.runs.at(-1)?.last;
        return last === undefined
          ? advanced
          : { ...advanced, state: { ...advanced.state, runs: [{ first: 0n, last }] } };
      }),
    },
  },
  {
    bug: 'the gap between two deliveries is closed',
    rule: 'L6',
    of: BY_OFFSET,
    shows: ['lost', 'left-out'],
    from: 210,
    change: {
      module: advancing((claimed, array, progress, right) => {
        const advanced = right(claimed, array, progress);
        const gap = { first: claimed.high + 1n, last: BigInt(array[0]?.offset ?? 0) - 1n };
        if (gap.last < gap.first) return advanced;
        return { ...advanced, state: { ...advanced.state, runs: union(advanced.state.runs, [gap]) } };
      }),
    },
  },
  {
    bug: 'what was delivered counts as closed',
    rule: 'L6',
    of: BY_OFFSET,
    shows: ['lost', 'left-out'],
    change: {
      module: advancing((claimed, array, progress, right) =>
        right(claimed, array, { ...progress, closed: new Set(array.map(({ offset }) => offset)) }),
      ),
    },
  },
  {
    bug: 'a record that comes again as it was is taken for another one',
    rule: 'L7',
    of: BY_OFFSET,
    shows: ['stuck'],
    from: 2,
    change: {
      module: {
        path: 'ledger/reuse',
        change: (actual: { readonly findReuse: typeof findReuse }) => ({
          findReuse: (...[state, array]: Parameters<typeof findReuse>) =>
            actual.findReuse({ ...state, highTimestampMs: 0 }, array),
        }),
      },
    },
  },

  {
    bug: 'a twin of another payload counts as a duplicate in a transaction',
    rule: 'O3',
    of: ['transaction'],
    shows: ['left-out'],
    from: 60,
    change: { module: reading((right) => (right.kind === 'conflict' ? { kind: 'closed', outcome: 'done' } : right)) },
  },
  {
    bug: 'a twin in a transaction is a duplicate of one that is done nowhere',
    rule: 'O3',
    of: ['transaction'],
    shows: ['left-out', 'lost'],
    from: 150,
    change: { module: reading((right) => (right.kind === 'open' ? { kind: 'closed', outcome: 'done' } : right)) },
  },
  {
    bug: 'the effect is committed without its mark',
    rule: 'T1',
    of: ['transaction'],
    shows: ['left-out', 'twice'],
    change: { transact: ([, ...effects]) => effects },
  },
  {
    bug: 'the mark of a transaction is conditional on nothing',
    rule: 'T1',
    of: ['transaction'],
    shows: ['stale-mark', 'twice', 'overlap'],
    from: 120,
    change: { transact: withoutConditions((_, index) => index === 0) },
  },
  {
    bug: 'the identity of a transaction is conditional on nothing',
    rule: 'T1',
    of: ['transaction'],
    shows: ['twice'],
    from: 11,
    change: { transact: withoutConditions((item) => item.Put !== undefined) },
  },
  {
    bug: 'the identity is left out of the transaction',
    rule: 'T1',
    of: ['transaction'],
    shows: ['twice'],
    from: 11,
    change: {
      transactions: (right) => ({
        commit: (request) =>
          right.commit({ ...request, members: request.members.map((member) => ({ ...member, identity: undefined })) }),
      }),
    },
  },
  {
    bug: 'writes that depend on what was read are taken to be independent',
    rule: 'T2',
    of: ['transaction'],
    shows: ['order'],
    change: { surroundings: (right) => ({ ...right, settings: { ...right.settings, independent: true } }) },
  },
  {
    bug: 'the records of a group are taken from its end',
    rule: 'T2',
    of: ['transaction'],
    shows: ['order'],
    from: 31,
    change: { module: grouping((waiting, own, right) => right(waiting.slice(-1), own)) },
  },
  {
    bug: 'of two writes on one item the later is left out',
    rule: 'T3',
    of: ['transaction'],
    shows: ['lost'],
    change: {
      module: grouping((waiting) => ({ group: waiting, cut: 'end' })),
      transact: (items) => [...new Map(items.map((item) => [JSON.stringify(keyOf(item)), item])).values()],
    },
  },
  {
    bug: 'a refused commit counts as committed',
    rule: 'T4',
    of: ['transaction'],
    shows: ['left-out', 'lost'],
    change: { transactions: committing((answer) => (answer.kind === 'refused' ? COMMITTED : answer)) },
  },
  {
    bug: 'a condition that failed is everybody’s fault',
    rule: 'T4',
    of: ['transaction'],
    shows: ['lost', 'left-out'],
    from: 120,
    change: {
      transactions: committing((answer) => {
        if (answer.kind !== 'refused') return answer;
        const blamed = answer.refusals.find((refusal) => refusal !== undefined);
        return { ...answer, refusals: answer.refusals.map(() => blamed) };
      }),
    },
  },
  {
    bug: 'a commit without an answer counts as committed',
    rule: 'T5',
    of: ['transaction'],
    shows: ['left-out', 'lost'],
    from: 47,
    change: { transactions: committing((answer) => (answer.kind === 'unknown' ? COMMITTED : answer)) },
  },
  {
    bug: 'one request token for every commit',
    rule: 'T5',
    of: ['transaction'],
    shows: ['stuck', 'left-out', 'lost', 'late-answer'],
    from: 6,
    change: {
      transactions: (right) => ({ commit: (request) => right.commit({ ...request, requestToken: 'the token' }) }),
    },
  },
];

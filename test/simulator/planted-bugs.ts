/** One changed decision each, and the rule of the protocol that it breaks. */
import type { Claim, ClaimAnswer, ClaimRequest, ClaimStore, WriteAnswer } from '../../handlers/claims/claim-store';
import type { ClaimWindow } from '../../handlers/claims/claim-window';
import type { judge, StoredClaim, Verdict } from '../../handlers/claims/judge';
import type { ArrayOutcomes, answerFor } from '../../handlers/core/answer';
import type { planLanes } from '../../handlers/core/lanes';
import type { RecordState } from '../../handlers/engine/record-state';
import type { Rule } from '../../local/oracle/findings';
import { type Change, type CommandInput, setCondition, setsOf } from '../support/broken-runtimes';

export interface PlantedBug {
  readonly bug: string;
  /** Rule of the protocol. */
  readonly rule: string;
  /** The kinds of violation that show it. */
  readonly shows: readonly Rule[];
  /** It is caught within so many schedules. */
  readonly within: number;
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

/** Broken rules that no promise is broken by, and the law of the claim store that sees each. */
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
    change: { send: conditional(COMPLETED, [], () => []) },
  },
];

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    bug: 'the answer leaves out the last open record',
    rule: 'A1',
    shows: ['left-out'],
    within: 60,
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
    within: 60,
    change: {
      module: answering((arrays) => arrays.map((array, index) => (index === 0 ? array : { ...array, records: [] }))),
    },
  },
  {
    bug: 'the answer lists an open record twice',
    rule: 'A1',
    shows: ['misreported'],
    within: 60,
    change: {
      module: answering((arrays) =>
        arrays.map(({ name, records }) => ({ name, records: [...records, ...records.slice(-1)] })),
      ),
    },
  },
  {
    bug: 'a completion is not conditional: no fence',
    rule: 'C5',
    shows: ['stale-mark'],
    within: 400,
    change: { send: conditional(COMPLETED, [], () => []) },
  },
  {
    bug: 'a lease that is live is taken over',
    rule: 'C3',
    shows: ['overlap'],
    within: 60,
    change: { module: judging((right) => (right.kind === 'busy' ? { kind: 'takeover', attempts: 0 } : right)) },
  },
  {
    bug: 'a take-over is conditional on nothing',
    rule: 'C3',
    shows: ['overlap', 'twice'],
    within: 200,
    change: { send: conditional(TAKEN_OVER, [], () => []) },
  },
  {
    bug: 'a take-over is conditional on the status alone, not on the claim that was read',
    rule: 'C3',
    shows: ['overlap', 'attempts'],
    within: 200,
    change: {
      send: conditional(TAKEN_OVER, [], (conjuncts) => conjuncts.filter((one) => one.startsWith('status'))),
    },
  },
  {
    bug: 'the mark is written before the effect',
    rule: 'P2',
    shows: ['lost', 'twice', 'left-out'],
    within: 60,
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
    within: 60,
    change: {
      surroundings: (right) => ({
        ...right,
        process: async (record) => {
          right.process(record).catch(() => undefined);
        },
      }),
    },
  },
  {
    bug: 'a late copy of a release is accepted, whoever holds the claim by then',
    rule: 'C5',
    shows: ['stale-lease'],
    within: 60,
    change: { send: conditional(LEASED, ['expiration', 'owner'], () => []) },
  },
  {
    bug: 'a renewal is accepted after the claim was given back',
    rule: 'C5',
    shows: ['stale-lease'],
    within: 60,
    change: { send: conditional([...LEASED, 'expiration'], ['owner'], without('in_progress_expiration >')) },
  },
  {
    bug: 'a renewal moves the lease back',
    rule: 'C4',
    shows: ['overlap'],
    within: 60,
    change: { send: conditional([...LEASED, 'expiration'], ['owner'], without('in_progress_expiration <')) },
  },
  {
    bug: 'a lane goes on behind its open record',
    rule: 'O1',
    shows: ['order'],
    within: 60,
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
    within: 60,
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
    shows: ['left-out'],
    within: 60,
    change: {
      module: {
        path: 'claims/claim-window',
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
    shows: ['left-out'],
    within: 60,
    change: { store: claiming((answer) => (answer.kind === 'busy' ? { kind: 'closed', outcome: 'done' } : answer)) },
  },
  {
    bug: 'a record that is done is taken over',
    rule: 'C3',
    shows: ['twice'],
    within: 60,
    change: { module: judging((right) => (right.kind === 'closed' ? { kind: 'takeover', attempts: 0 } : right)) },
  },
  {
    bug: 'a conflict counts as a duplicate',
    rule: 'C7',
    shows: ['left-out'],
    within: 60,
    change: { module: judging((right) => (right.kind === 'conflict' ? { kind: 'closed', outcome: 'done' } : right)) },
  },
  {
    bug: 'a conflict overwrites the record that was there first',
    rule: 'C7',
    shows: ['twice', 'overlap'],
    within: 60,
    change: { module: judging((right) => (right.kind === 'conflict' ? { kind: 'takeover', attempts: 0 } : right)) },
  },
  {
    bug: 'a claim without an answer counts as ours',
    rule: 'C8',
    shows: ['twice', 'overlap', 'left-out'],
    within: 60,
    change: {
      store: claiming((answer, claim) =>
        answer.kind === 'unknown' ? { kind: 'claimed', claim, takeover: false } : answer,
      ),
    },
  },
  {
    bug: 'a mark without an answer counts as written',
    rule: 'C8',
    shows: ['left-out'],
    within: 60,
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
    shows: ['left-out'],
    within: 800,
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
    shows: ['attempts'],
    within: 60,
    change: { store: (right) => ({ fail: (batch) => right.release(batch) }) },
  },
  {
    bug: 'a failed run counts twice',
    rule: 'P2',
    shows: ['attempts'],
    within: 60,
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
    shows: ['attempts'],
    within: 60,
    change: { module: judging((right) => (right.kind === 'takeover' ? { ...right, attempts: 0 } : right)) },
  },
  {
    bug: 'an aborted record runs again at once',
    rule: 'C4',
    shows: ['twice', 'overlap', 'outlived'],
    within: 60,
    change: {
      surroundings: (right) => ({
        ...right,
        process: async (record) => {
          try {
            await right.process(record);
          } catch (error) {
            if (!record.signal.aborted) throw error;
            await right.process({ ...record, signal: new AbortController().signal });
          }
        },
      }),
    },
  },
  {
    bug: 'the process is not ended when user code outlives its grace',
    rule: 'A5',
    shows: ['outlived'],
    within: 200,
    change: {
      surroundings: (right) => ({
        ...right,
        exit: () => {
          throw new Error('not ended');
        },
      }),
    },
  },
  {
    bug: 'one token for every claim of a worker',
    rule: 'C3',
    shows: ['stale-lease', 'stale-mark', 'overlap', 'twice'],
    within: 60,
    change: { surroundings: (right) => ({ ...right, random: { ...right.random, token: () => 'the token' } }) },
  },
];

/** As in planted-bugs.ts, of records that cannot work: schedules with dead letters show them. */
import type { WriteAnswer } from '../../handlers/claims/claim-store';
import type { judge } from '../../handlers/claims/judge';
import { isThenable } from '../../handlers/core/thenable';
import type { RecordState } from '../../handlers/engine/record-state';
import type { LedgerMark, LedgerStore } from '../../handlers/ledger/ledger-store';
import type { ParkedAnswer } from '../../handlers/parking/parking-store';
import type { LetterDesk } from '../../handlers/remember/letter-desk';
import type { Partition } from '../../handlers/remember/partition';
import type { PartitionFailures } from '../../handlers/remember/partition-failures';
import type { Remember } from '../../local/simulator/plan';
import { PUT_LETTERS, type Surroundings } from '../../local/simulator/runtime';
import type { Change } from '../support/broken-runtimes';
import type { PlantedBug } from './planted-bugs';

const WRITTEN: WriteAnswer = { kind: 'written' };
const ABSENT: ParkedAnswer = { kind: 'absent' };
const BY_IDENTITY: readonly Remember[] = ['identity'];
const BY_OFFSET: readonly Remember[] = ['ledger', 'transaction'];

type Failing = Parameters<LetterDesk<unknown>['takes']>[0];

/** Another judgement of what goes to the dead letters. */
const condemning = (change: (failed: Failing) => Failing): NonNullable<Change['module']> => ({
  path: 'remember/letter-desk',
  change: (actual: { readonly LetterDesk: typeof LetterDesk }) => ({
    LetterDesk: class extends actual.LetterDesk<unknown> {
      override takes(failed: Failing, attempts: number) {
        return super.takes(change(failed), attempts);
      }
    },
  }),
});

/** Another partition. */
const partitioned = (
  change: (Actual: typeof Partition<unknown>) => typeof Partition<unknown>,
): NonNullable<Change['module']> => ({
  path: 'remember/partition',
  change: (actual: { readonly Partition: typeof Partition }) => ({ Partition: change(actual.Partition) }),
});

/** After an answer that an earlier mark stands, the next mark counts once more what it counts. */
function doubling(right: LedgerStore): Partial<LedgerStore> {
  const overtaken = new Set<string>();
  const doubled = (mark: LedgerMark): LedgerMark => {
    if (!overtaken.delete(mark.token)) return mark;
    const attempts = mark.state.attempts.map((one) => ({ ...one, count: one.count + 1 }));
    return { ...mark, state: { ...mark.state, attempts } };
  };
  return {
    mark: async (batch) => {
      const answers = await right.mark(batch.map(doubled));
      answers.forEach(({ kind }, index) => {
        if (kind === 'overtaken') overtaken.add(batch[index]?.token ?? '');
      });
      return answers;
    },
  };
}

/** A suspect is the record behind the one that ran, where there is one. */
function blamingNeighbours(right: LedgerStore): Partial<LedgerStore> {
  return {
    claim: async (batch) =>
      (await right.claim(batch)).map((answer, index) => {
        if (answer.kind !== 'claimed') return answer;
        const { state } = answer.claim;
        const { last = 0n } = batch[index] ?? {};
        if (state.suspect === undefined || state.suspect >= last) return answer;
        return { ...answer, claim: { ...answer.claim, state: { ...state, suspect: state.suspect + 1n } } };
      }),
  };
}

/** Letters are answered before they are sent. */
function lateLetters(right: Surroundings): Surroundings {
  const { connection } = right;
  return {
    ...right,
    connection: {
      updateHttpClientConfig: () => connection.updateHttpClientConfig(),
      httpHandlerConfigs: () => connection.httpHandlerConfigs(),
      destroy: () => connection.destroy(),
      handle: async (request, options) => {
        if (!request.headers['x-amz-target']?.endsWith(PUT_LETTERS)) return connection.handle(request, options);
        void right.sleep(1_000).then(() => connection.handle(request, options).catch(() => undefined));
        return { response: { statusCode: 200, headers: {}, body: new TextEncoder().encode('{}') } };
      },
    },
  };
}

export const PARKING_BUGS: readonly PlantedBug[] = [
  {
    bug: 'a permanent error is tried on and on',
    rule: 'P1',
    shows: ['attempts', 'stuck'],
    change: { module: condemning((failed) => ({ ...failed, errorClass: 'transient' })) },
  },
  {
    bug: 'an error that may pass goes to the dead letters at once',
    rule: 'P1',
    shows: ['early-letter'],
    change: { module: condemning((failed) => ({ ...failed, errorClass: 'permanent' })) },
  },
  {
    bug: 'an attempt is counted for every record behind the one that failed',
    rule: 'P2',
    of: BY_OFFSET,
    shows: ['attempts'],
    from: 59,
    change: {
      module: partitioned(
        (Actual) =>
          class extends Actual {
            override fail(state: RecordState<unknown>, error: string, atMs: number) {
              const behind = this.array.states.slice(this.array.states.indexOf(state));
              for (const each of behind) if (!each.isSettled) super.fail(each, error, atMs);
            }
          },
      ),
    },
  },
  {
    bug: 'an answer that was lost counts an attempt twice',
    rule: 'P2',
    of: ['ledger'],
    shows: ['attempts', 'early-letter'],
    from: 180,
    change: { ledger: doubling },
  },
  {
    bug: 'the record behind the one that a process died of is blamed',
    rule: 'P3',
    of: ['ledger'],
    shows: ['attempts', 'early-letter'],
    from: 28,
    change: { ledger: blamingNeighbours },
  },
  {
    bug: 'a suspect stays one when its run is over',
    rule: 'P3',
    of: BY_OFFSET,
    shows: ['attempts', 'early-letter'],
    change: {
      module: partitioned(
        (Actual) =>
          class extends Actual {
            override acquit() {}
          },
      ),
    },
  },
  {
    bug: 'letters of one kind have no bound',
    rule: 'P4',
    shows: ['mass-letters'],
    change: {
      module: {
        path: 'engine/runs',
        change: () => {
          let kinds = 0;
          return { codeOf: () => `kind ${++kinds}` };
        },
      },
    },
  },
  {
    bug: 'the mark is written before the letter is durable',
    rule: 'P5',
    shows: ['no-letter'],
    change: { surroundings: lateLetters },
  },
  {
    bug: 'a lane goes on before the closing mark of a parked record',
    rule: 'P5',
    of: BY_OFFSET,
    shows: ['order'],
    from: 30,
    change: {
      module: {
        path: 'remember/partition-failures',
        change: (actual: { readonly PartitionFailures: typeof PartitionFailures }) => ({
          PartitionFailures: class extends actual.PartitionFailures<unknown> {
            override failed(...given: Parameters<PartitionFailures<unknown>['failed']>) {
              const step = super.failed(...given);
              return isThenable(step) ? 'next' : step;
            }
          },
        }),
      },
    },
  },
  {
    bug: 'a record that nobody can claim is closed without its parked item',
    rule: 'P5',
    of: BY_IDENTITY,
    shows: ['left-out', 'stuck'],
    change: { parking: () => ({ park: async (batch) => batch.map(() => WRITTEN) }) },
  },
  {
    bug: 'what was parked is not looked up before a letter is written',
    rule: 'P5',
    of: BY_IDENTITY,
    shows: ['letter-twice'],
    change: { parking: () => ({ lookUp: async (ids) => ids.map(() => ABSENT) }) },
  },
  {
    bug: 'the closing mark goes without the parked item',
    rule: 'P5',
    of: BY_OFFSET,
    shows: ['lost', 'left-out'],
    change: {
      transact: (items) => items.filter(({ Update }) => !Update?.Key?.id?.S?.startsWith('parked#')),
    },
  },
  {
    bug: 'a parked identity is taken over',
    rule: 'P5',
    of: BY_IDENTITY,
    shows: ['ran-parked'],
    from: 43,
    change: {
      module: {
        path: 'claims/judge',
        change: (actual: { readonly judge: typeof judge }) => ({
          judge: (...given: Parameters<typeof judge>) => {
            const right = actual.judge(...given);
            return right.kind === 'closed' && right.outcome === 'parked' ? { kind: 'takeover', attempts: 0 } : right;
          },
        }),
      },
    },
  },
  {
    bug: 'the process is not ended when user code outlives its grace',
    rule: 'A5',
    shows: ['outlived'],
    change: {
      surroundings: (right) => ({
        ...right,
        exit: () => {
          throw new Error('not ended');
        },
      }),
    },
  },
];

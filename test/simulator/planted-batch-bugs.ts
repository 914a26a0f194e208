/** As in planted-bugs.ts, of calls over several records. */
import type { CallEnded, callTogether } from '../../handlers/engine/batch-call';
import type { Remember } from '../../local/simulator/plan';
import type { Change } from '../support/broken-runtimes';
import type { PlantedBug } from './planted-bugs';

const OF: readonly Remember[] = ['ledger', 'identity'];

type Answered = Extract<CallEnded, { readonly kind: 'answered' }>;

/** Another reading of how a call has ended, by the number of its records. */
const reading = (change: (right: CallEnded, records: number) => CallEnded): Change => ({
  module: {
    path: 'engine/batch-call',
    change: (actual: { readonly callTogether: typeof callTogether }) => ({
      callTogether: async (...given: Parameters<typeof callTogether>) =>
        change(await actual.callTogether(...given), given[1].length),
    }),
  },
});

const answered = (failures: Answered['failures'], isAborted = false): Answered => ({
  kind: 'answered',
  failures,
  isAborted,
});

/** Failures of which none is the first. */
class Unordered extends Map<number, unknown> {
  override keys() {
    return [Number.POSITIVE_INFINITY].values();
  }
}

export const BATCH_BUGS: readonly PlantedBug[] = [
  {
    bug: 'a call that rejects counts for each of its records',
    rule: 'P2',
    of: OF,
    shows: ['attempts', 'early-letter'],
    from: 15,
    change: reading((right, records) =>
      right.kind === 'answered'
        ? right
        : answered(new Map(Array.from({ length: records }, (_, index) => [index, right.error]))),
    ),
  },
  {
    bug: 'what stands behind a listed failure is closed',
    rule: 'O1',
    of: OF,
    shows: ['lost'],
    from: 15,
    change: reading((right) =>
      right.kind === 'answered' ? answered(new Unordered(right.failures), right.isAborted) : right,
    ),
  },
  {
    bug: 'a call that is cut short counts for the record that it lists',
    rule: 'P2',
    of: OF,
    shows: ['attempts', 'early-letter'],
    from: 235,
    change: reading((right) => (right.kind === 'answered' ? answered(right.failures) : right)),
  },
];

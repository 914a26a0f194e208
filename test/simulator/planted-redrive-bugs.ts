/** As in planted-bugs.ts, of letters that are redriven. */
import type { judgeRedrive } from '../../handlers/parking/judge-parked';
import type { Remember } from '../../local/simulator/plan';
import type { PlantedBug } from './planted-bugs';

/** In a transaction the commit itself is fenced, and is the completion. */
const UNCOMMITTED: readonly Remember[] = ['ledger', 'identity'];

export const REDRIVE_BUGS: readonly PlantedBug[] = [
  {
    bug: 'a letter that another redrive has is taken over at once',
    rule: 'P6',
    of: UNCOMMITTED,
    shows: ['redriven-twice'],
    from: 5,
    change: {
      module: {
        path: 'parking/judge-parked',
        change: (actual: { readonly judgeRedrive: typeof judgeRedrive }) => ({
          judgeRedrive: (...given: Parameters<typeof judgeRedrive>) => {
            const right = actual.judgeRedrive(...given);
            return right.kind === 'busy' ? { kind: 'free', takeover: false } : right;
          },
        }),
      },
    },
  },
  {
    bug: 'a redrive answers done before its completion is durable',
    rule: 'P6',
    of: UNCOMMITTED,
    shows: ['redrive-answer'],
    change: {
      parking: (right) => ({
        complete: async (batch) => {
          void right.complete(batch);
          return batch.map(() => ({ kind: 'written' as const }));
        },
      }),
    },
  },
  {
    bug: 'a redrive that failed makes its letter done',
    rule: 'P6',
    shows: ['redriven-lost', 'redrive-answer'],
    change: { parking: (right) => ({ fail: (batch) => right.complete(batch) }) },
  },
  {
    bug: 'a redrive commits its writes without the end of its letter',
    rule: 'P6',
    of: ['transaction'],
    shows: ['redrive-answer', 'redriven-twice'],
    change: {
      transact: (items) => {
        const isRedrive = items[0]?.Update?.Key?.id?.S?.startsWith('parked#') && items.length > 1;
        return isRedrive ? items.slice(1) : [...items];
      },
    },
  },
  {
    bug: 'a redrive counts attempts from the beginning',
    rule: 'P6',
    shows: ['attempts'],
    change: {
      parking: (right) => ({
        claim: async (batch) =>
          (await right.claim(batch)).map((answer) =>
            answer.kind === 'claimed'
              ? { ...answer, claim: { ...answer.claim, parked: { ...answer.claim.parked, attempts: 0 } } }
              : answer,
          ),
      }),
    },
  },
];

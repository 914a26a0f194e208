import { everyPlaceText, placedRunText } from '../../../bin/demo/every-place-text';
import type { PlacedRun } from '../../../bin/demo/run-demo';

const run = (at: number, happened: boolean, failedChecks: string[] = []): PlacedRun => ({
  ok: failedChecks.length === 0,
  failedChecks,
  fault: {
    fault: `kill-after@${at}`,
    name: 'kill-after',
    happened,
    counted: happened ? at + 2 : at - 1,
    moment: happened ? { request: at, operation: 'PutItem', tables: ['Memory'], worker: 'poller-1/1' } : undefined,
    notes: [],
  },
});
const KILL = { name: 'kill-after', settings: {} } as const;

test('a run is a line, with what failed below it', () => {
  expect(placedRunText(run(3, true))).toBe(
    '  ok      kill-after@3 happened at request 3 (PutItem on Memory) of poller-1/1',
  );
  expect(placedRunText(run(3, false, ['every flight took effect: 1 flights have no effect']))).toBe(
    [
      '  FAILED  kill-after@3 did not happen: 2 came by',
      '            every flight took effect: 1 flights have no effect',
    ].join('\n'),
  );
});

test('the whole counts runs, faults and failures, and names the places that failed', () => {
  const verdicts = [run(1, true), run(2, true, ['x']), run(3, true, ['x']), run(4, false)];

  const text = everyPlaceText(KILL, { verdicts, complete: true, ok: false });

  expect(text.split('\n').filter(Boolean)).toEqual([
    '  runs                            4   the last one without a place for the fault',
    '  with the fault                  3   kill-after, each time at another place',
    '  failed                          2   kill-after@2 kill-after@3',
    'The verdict does NOT hold at 2 places.',
  ]);
});

test('a loop that was cut short says so', () => {
  const text = everyPlaceText(KILL, { verdicts: [run(1, true)], complete: false, ok: true });

  expect(text).toContain('and not every place was tried');
  expect(text).toContain('The verdict holds at every place.');
});

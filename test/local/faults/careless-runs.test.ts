/** A function that does not do it right must be seen to fail, or nothing would be shown by one that holds. */
import { everyPlace } from '../../../local/faults/every-place';
import { parseFault, parseFaultWithoutPlace } from '../../../local/faults/fault-text';
import { temporaryFolder } from '../worker/worker-fixture';
import { smallRun } from './small-run';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const run = (way: 'careful' | 'careless', faults: readonly string[]) =>
  smallRun({ folder: folder.path, way, faults: faults.map(parseFault), records: [2, 2] });

describe('a careless function is seen to fail', () => {
  test.each(['answer-lost@2', 'late-copy@1,after=1', 'kill-after@2', 'duplicate-delivery@1', 'crash-after-success@1'])(
    '%s',
    async (fault) => {
      const { ok, effects, fault: report } = await run('careless', [fault]);

      expect(report.happened).toBe(true);
      expect(Object.values(effects).some((times) => times > 1)).toBe(true);
      expect(ok).toBe(false);
    },
  );

  test('and without a fault it is not', async () => {
    const { ok } = await run('careless', []);

    expect(ok).toBe(true);
  });
});

describe('for every n', () => {
  test.each([
    ['careful', true],
    ['careless', false],
  ] as const)('of a small run the worker of a %s function is killed: holds is %s', async (way, holds) => {
    const { verdicts, complete, ok } = await everyPlace(parseFaultWithoutPlace('kill-after'), (fault) =>
      smallRun({ folder: folder.path, way, faults: [fault], records: [2, 1] }),
    );

    expect(complete).toBe(true);
    // Three requests, and a run that has no fourth one.
    expect(verdicts.map(({ fault }) => fault.happened)).toEqual([true, true, true, false]);
    expect(ok).toBe(holds);
    expect(verdicts.at(-1)?.ok).toBe(true);
  });
});

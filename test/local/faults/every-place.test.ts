import { everyPlace, type RunVerdict } from '../../../local/faults/every-place';
import type { Fault } from '../../../local/faults/fault';
import { formatFault } from '../../../local/faults/fault-text';

/** A run in which so many requests come by; those at the given places are not survived. */
function runOf(requests: number, fatal: readonly number[] = [], inert: readonly number[] = []) {
  const tried: string[] = [];
  const run = async (fault: Fault): Promise<RunVerdict> => {
    tried.push(formatFault(fault));
    const counted = Math.min(requests, fault.at + 2);
    const happened = fault.at <= requests && !inert.includes(fault.at);
    const report = { fault: formatFault(fault), name: fault.name, happened, counted, moment: undefined, notes: [] };
    return { ok: !fatal.includes(fault.at), fault: report };
  };
  return { run, tried };
}

const KILL = { name: 'kill-after', settings: { operation: 'UpdateItem' } } as const;

test('every place is tried once, and then a run that has no such place', async () => {
  const { run, tried } = runOf(3);
  const seen: number[] = [];

  const result = await everyPlace(KILL, run, { onVerdict: (_, at) => seen.push(at) });

  expect(tried).toEqual([1, 2, 3, 4].map((at) => `kill-after@${at},operation=UpdateItem`));
  expect(seen).toEqual([1, 2, 3, 4]);
  expect(result).toMatchObject({ complete: true, ok: true });
  expect(result.verdicts.map(({ fault }) => fault.happened)).toEqual([true, true, true, false]);
});

test('one failing place makes the whole fail, and the places behind it are tried all the same', async () => {
  const { run } = runOf(4, [2]);

  const result = await everyPlace(KILL, run);

  expect(result.ok).toBe(false);
  expect(result.verdicts.map(({ ok }) => ok)).toEqual([true, false, true, true, true]);
});

test('a place that came by without the fault does not end the loop', async () => {
  const { run } = runOf(3, [], [2]);

  const result = await everyPlace(KILL, run);

  expect(result.verdicts.map(({ fault }) => fault.happened)).toEqual([true, false, true, false]);
  expect(result.complete).toBe(true);
});

test('it begins and ends where it is told, and says that not every place was tried', async () => {
  const { run, tried } = runOf(100);

  const result = await everyPlace(KILL, run, { from: 40, limit: 2 });

  expect(tried).toEqual(['kill-after@40,operation=UpdateItem', 'kill-after@41,operation=UpdateItem']);
  expect(result).toMatchObject({ complete: false, ok: true });
});

test('several runs side by side try the same places, and keep their order', async () => {
  const { run, tried } = runOf(7, [3]);
  let running = 0;
  let most = 0;
  const slower = async (fault: Fault) => {
    running += 1;
    most = Math.max(most, running);
    // The later a place, the sooner its run ends.
    await new Promise((resolve) => setTimeout(resolve, 30 - 2 * fault.at));
    running -= 1;
    return run(fault);
  };

  const result = await everyPlace(KILL, slower, { atOnce: 3 });

  expect(most).toBe(3);
  expect(result.verdicts.map(({ fault }) => fault.fault)).toEqual(
    [1, 2, 3, 4, 5, 6, 7, 8].map((at) => `kill-after@${at},operation=UpdateItem`),
  );
  expect(result.verdicts.map(({ ok }) => ok)).toEqual([true, true, false, true, true, true, true, true]);
  expect(result).toMatchObject({ complete: true, ok: false });
  // No more than what had begun already.
  expect(tried.length).toBeLessThanOrEqual(10);
});

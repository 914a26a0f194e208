import { event, failures, ids, ledger, orders, world } from '../../support/virtual-world';

/** The first run takes most of its invocation and rejects; the next try of the same invocation is cut off soon. */
async function attemptsOf(options: typeof ledger | typeof orders) {
  const w = world();
  const attempts: number[] = [];
  const handler = w.handler(
    options(
      async ({ attempt, signal }) => {
        attempts.push(attempt);
        if (attempts.length > 2) return;
        await w.time.sleep(attempts.length === 1 ? 16_000 : 60_000, signal);
        throw new Error('not now');
      },
      { retries: 1 },
    ),
  );
  const batch = event({ 0: ids('a') });
  const answers = [await handler(batch, w.context(20_000)), await handler(batch, w.context(20_000))];
  return { attempts, open: answers.map(failures) };
}

describe('P2: a run that rejected counts, though the next try of its invocation was cut off', () => {
  test.each([
    ['offsets are remembered', ledger],
    ['identities are remembered', orders],
  ] as const)('where %s', async (_, options) => {
    const { attempts, open } = await attemptsOf(options);

    // Tries within an invocation are one attempt.
    expect(attempts).toEqual([1, 1, 2]);
    expect(open).toEqual([['orders-0@0'], []]);
  });
});

/** Row 33 of section 8: what may go wrong with a delivery, and what a poller makes of it. */
import type { InvocationFault, InvocationPoint } from '../../../local/event-source/delivery-faults';
import { Letters, names, report, Stage, SUCCESS, THROWN } from './poller-fixture';

let stage: Stage;
beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(async () => {
  await stage.stop();
  jest.useRealTimers();
});

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

/** The faults of the first invocation, of the second, and so on; then none. */
const script = (...faults: readonly (readonly InvocationFault[])[]) => {
  const left = [...faults];
  return { invocation: () => left.shift() ?? [] };
};

describe.each(['throttle', 'service-error'] as const)('%s', (fault) => {
  test('the batch does not reach the function, comes later, and no attempt is counted', async () => {
    stage = await Stage.with(2);
    const points: InvocationPoint[] = [];
    const left: InvocationFault[][] = [[fault], [], [fault], [fault]];
    const faults = {
      invocation: (point: InvocationPoint) => {
        points.push(point);
        return left.shift() ?? [];
      },
    };

    await stage.poll(() => THROWN, { retryLimit: 1 }, { faults });
    await pass(60_000);

    expect(stage.delivered).toEqual([names(0, 0, 2), names(0, 0, 2)]);
    expect(points.map(({ retries }) => retries)).toEqual([0, 0, 1, 1, 1]);
    expect(stage.discarded).toHaveLength(1);
  });

  test('waits longer each time, and holds its partition meanwhile', async () => {
    stage = await Stage.with(1);
    const points: number[] = [];
    const faults = {
      invocation: (): readonly InvocationFault[] => {
        points.push(Date.now());
        return points.length < 5 ? [fault] : [];
      },
    };
    await stage.poll(() => SUCCESS, { choices: { 'retry-base-ms': 100, 'retry-cap-ms': 400 } }, { faults });
    await stage.append(0, 1);
    await pass(10_000);

    const pauses = points.slice(1, 5).map((at, index) => at - (points[index] ?? 0));
    for (const [index, limit] of [100, 200, 400, 400].entries()) {
      expect(pauses[index]).toBeGreaterThanOrEqual(limit / 2);
      expect(pauses[index]).toBeLessThanOrEqual(limit + 1);
    }
    expect(stage.delivered[0]).toEqual(['0@0']);
  });
});

describe('duplicate-delivery', () => {
  test('the answer is lost: the same records come again at once, and no attempt is counted', async () => {
    stage = await Stage.with(3);
    const answers: string[] = [];

    await stage.poll(
      () => SUCCESS,
      { retryLimit: 0 },
      {
        faults: script(['duplicate-delivery']),
        events: { answered: (_, __, { kind }, again) => answers.push(`${kind} ${again.length}`) },
      },
    );
    await pass(10);

    expect(stage.delivered).toEqual([names(0, 0, 3), names(0, 0, 3)]);
    expect(answers).toEqual(['lost 3', 'success 0']);
    expect(stage.commits).toEqual(['0@0', '0@3']);
  });

  test('what the function reported is lost with it', async () => {
    stage = await Stage.with(3);

    await stage.poll(() => report('0@2'), { retryLimit: 1 }, { faults: script(['duplicate-delivery']) });
    await pass(10_000);

    expect(stage.delivered).toEqual([names(0, 0, 3), names(0, 0, 3), ['0@2']]);
  });
});

describe('crash-after-success', () => {
  test('row 9: everything from the committed offset comes again, with a count that begins anew', async () => {
    stage = await Stage.with(4);
    const answers = [report('0@1'), SUCCESS];
    let next = 0;
    const retries: number[] = [];

    await stage.poll(
      () => answers[next++] ?? SUCCESS,
      {},
      { faults: script([], ['crash-after-success']), events: { delivered: (_, __, count) => retries.push(count) } },
    );
    await pass(10_000);

    // 0@0 was committed; 0@2 and 0@3 succeeded above the open 0@1.
    expect(stage.delivered).toEqual([names(0, 0, 4), ['0@1'], names(0, 1, 4)]);
    expect(retries).toEqual([0, 1, 0]);
    expect(await stage.committed()).toEqual([[0, 4]]);
  });

  test('of one poller: the others take over, and share with it again', async () => {
    stage = await Stage.with(3, 3);
    await stage.poll(() => SUCCESS, { batchSize: 1 }, { faults: script(['crash-after-success']) });
    await stage.poll(() => SUCCESS, { batchSize: 1 }, { name: 'poller-2', seed: 2 });
    await pass(5_000);

    expect(await stage.committed()).toEqual([
      [0, 3],
      [1, 3],
    ]);
    expect(new Set(stage.delivered.flat()).size).toBe(6);
  });
});

test('rebalance: it is asked for while the function runs', async () => {
  stage = await Stage.with(1);
  const order: string[] = [];

  await stage.poll(
    () => {
      order.push('invoked');
      return SUCCESS;
    },
    {},
    {
      faults: script(['rebalance']),
      rebalance: () => order.push('rebalance'),
      events: { delivered: () => order.push('delivered'), answered: () => order.push('answered') },
    },
  );
  await pass(10);

  expect(order).toEqual(['delivered', 'rebalance', 'invoked', 'answered']);
});

describe('commit failure', () => {
  test('the commit is not made, and made again later', async () => {
    stage = await Stage.with(2);
    let failures = 2;
    const asked: string[] = [];

    await stage.poll(
      () => SUCCESS,
      {},
      {
        faults: {
          commitFails: ({ poller, partition, nextOffset }) => {
            asked.push(`${poller} ${partition}@${nextOffset}`);
            failures -= 1;
            return failures >= 0;
          },
        },
      },
    );
    await pass(10);
    const meanwhile = await stage.committed();
    await pass(5_000);

    expect(meanwhile).toEqual([]);
    expect(asked).toEqual(Array.from({ length: 3 }, () => 'poller-1 0@2'));
    expect(await stage.committed()).toEqual([[0, 2]]);
    expect(stage.delivered).toEqual([['0@0', '0@1']]);
  });

  test('then a rebalance delivers again what had succeeded', async () => {
    stage = await Stage.with(0, 2);
    await stage.poll(() => SUCCESS, {}, { faults: { commitFails: () => true } });
    await pass(10);

    await stage.poll(() => SUCCESS, {}, { name: 'poller-2' });
    await pass(10);

    expect(stage.delivered).toEqual([names(1, 0, 2), names(1, 0, 2)]);
    expect(await stage.committed()).toEqual([[1, 2]]);
  });
});

test('destination failure: what is given up is lost, and the destination was not asked', async () => {
  stage = await Stage.with(1);
  const destination = new Letters();

  await stage.poll(() => THROWN, { retryLimit: 0 }, { destination, faults: { destinationFails: () => true } });
  await pass(1_000);

  expect(destination.taken).toEqual([]);
  expect(stage.discarded).toMatchObject([{ records: ['0@0'], delivered: false }]);
  expect(stage.complaints).toEqual([]);
  expect(await stage.committed()).toEqual([[0, 1]]);
});

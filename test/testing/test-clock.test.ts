import { TestClock } from '../../testing';

const START_MS = 1_000;
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('who sleeps wakes up in the order of time, and no time is waited for', async () => {
  const clock = new TestClock(START_MS);
  const woken: [string, number][] = [];
  const sleep = async (name: string, ms: number) => {
    await clock.sleep(ms);
    woken.push([name, clock.now()]);
  };

  await Promise.all([sleep('late', 3_600_000), sleep('first', 10), sleep('second', 10), sleep('now', 0)]);

  expect(woken).toEqual([
    ['now', 1_000],
    ['first', 1_010],
    ['second', 1_010],
    ['late', 3_601_000],
  ]);
});

test('an aborted sleep ends at once, and the clock does not go on for it', async () => {
  const clock = new TestClock(START_MS);
  const controller = new AbortController();
  const sleep = clock.sleep(1_000, controller.signal);
  controller.abort();

  await sleep;
  await clock.sleep(1_000, AbortSignal.abort());
  await turn();

  expect(clock.now()).toBe(START_MS);
});

describe('while work is held', () => {
  test('time stands still, and goes on when the work has ended', async () => {
    const clock = new TestClock(START_MS);
    let end = () => {};
    void clock.hold(() => new Promise<void>((resolve) => (end = resolve)));
    const sleep = clock.sleep(50);
    await turn();
    await turn();
    const during = clock.now();

    end();
    await sleep;

    expect([during, clock.now()]).toEqual([START_MS, START_MS + 50]);
  });

  test('time goes on where the work itself sleeps, also behind a promise', async () => {
    const clock = new TestClock(START_MS);

    await clock.hold(async () => {
      await Promise.resolve();
      await clock.sleep(50);
      await turn();
      await clock.sleep(50);
    });

    expect(clock.now()).toBe(START_MS + 100);
  });

  test('one that sleeps does not speak for another that works', async () => {
    const clock = new TestClock(START_MS);
    let end = () => {};
    const works = clock.hold(() => new Promise<void>((resolve) => (end = resolve)));
    const sleeps = clock.hold(() => clock.sleep(50));
    await turn();
    await turn();
    const during = clock.now();

    end();
    await Promise.all([works, sleeps]);

    expect([during, clock.now()]).toEqual([START_MS, START_MS + 50]);
  });

  test('released, it holds nothing any more', async () => {
    const clock = new TestClock(START_MS);
    const controller = new AbortController();
    void clock.hold(() => new Promise<void>(() => undefined), controller.signal);
    controller.abort();

    await clock.sleep(50);

    expect(clock.now()).toBe(START_MS + 50);
  });

  test('what it answers or throws at once comes through, and holds nothing', async () => {
    const clock = new TestClock(START_MS);

    expect(clock.hold(() => 7)).toBe(7);
    expect(() =>
      clock.hold(() => {
        throw new Error('no');
      }),
    ).toThrow('no');
    await expect(clock.hold(() => Promise.reject(new Error('later')))).rejects.toThrow('later');
    await clock.sleep(50);

    expect(clock.now()).toBe(START_MS + 50);
  });
});

describe('advance', () => {
  test('turns the clock under work, and wakes all on the way at their time', async () => {
    const clock = new TestClock(START_MS);
    const woken: number[] = [];
    void clock.hold(() => new Promise<void>(() => undefined));
    const sleepAgain = async () => {
      for (;;) {
        await clock.sleep(40);
        woken.push(clock.now());
      }
    };
    void sleepAgain();

    await clock.advance(100);

    expect(woken).toEqual([1_040, 1_080]);
    expect(clock.now()).toBe(1_100);
  });

  test('goes exactly as far as it is told where nobody sleeps', async () => {
    const clock = new TestClock(START_MS);

    await clock.advance(7);

    expect(clock.now()).toBe(1_007);
  });
});

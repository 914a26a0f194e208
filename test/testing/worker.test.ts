import { TestClock } from '../../testing';
import { mortal } from '../../testing/mortal';
import { Worker } from '../../testing/worker';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Whether it was settled by now. */
async function settled(work: Promise<unknown>): Promise<boolean> {
  let isSettled = false;
  void work.finally(() => (isSettled = true));
  await turn();
  return isSettled;
}

/** A store with a door, which answers when it is told to. */
class Store {
  readonly table = 'memory';
  readonly asked: string[] = [];
  #last: string | undefined;
  #answer: () => void = () => {};
  readonly door = {
    ask: (what: string) => {
      this.asked.push(what);
      this.#last = what;
      return new Promise<string>((resolve) => {
        this.#answer = () => resolve(`answer to ${what}`);
      });
    },
  };

  answer(): void {
    this.#answer();
  }

  /** A method that looks at what is private, through whatever it was called. */
  async last(): Promise<string | undefined> {
    return this.#last;
  }
}

describe('the store of a worker', () => {
  test('is the store, as long as it lives', async () => {
    const store = new Store();
    const seen = mortal(store, new Worker(new TestClock()));
    const asked = seen.door.ask('a');
    store.answer();

    expect([seen.table, await asked, await seen.last()]).toEqual(['memory', 'answer to a', 'a']);
  });

  test('gets nothing of a dead worker', async () => {
    const store = new Store();
    const worker = new Worker(new TestClock());
    worker.end('was killed');

    const asked = mortal(store, worker).door.ask('a');
    store.answer();

    expect([await settled(asked), store.asked]).toEqual([false, []]);
  });

  test('does what was sent before the death, and its answer reaches nobody', async () => {
    const store = new Store();
    const worker = new Worker(new TestClock());
    const asked = mortal(store, worker).door.ask('a');
    worker.end('was killed');
    store.answer();

    expect([await settled(asked), store.asked]).toEqual([false, ['a']]);
  });
});

test('timers of a dead worker never ring, and hold no time up', async () => {
  const clock = new TestClock(0);
  const worker = new Worker(clock);
  const sleep = worker.sleep(10, new AbortController().signal);
  worker.end('was killed');

  await clock.sleep(5);

  expect([await settled(sleep), await settled(worker.sleep(0)), clock.now()]).toEqual([false, false, 5]);
});

test('whoever waits for a worker is told how it died, once', async () => {
  const worker = new Worker(new TestClock());
  worker.end('was killed here');
  worker.end('was killed there');

  await expect(worker.died).rejects.toThrow(
    'The worker was killed here. To a mapping this is a failed invocation: deliver the event again',
  );
});

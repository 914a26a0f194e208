import type { Decision, Director, Place } from '../../../local/simulator/decision';
import { type OwnedStep, type Owner, Scheduler } from '../../../local/simulator/scheduler';
import { Trace } from '../../../local/simulator/trace';
import { Worker } from '../../../local/simulator/worker';

const START_MS = 1_000;

function schedulerOf(decide: Director['decide'] = () => undefined) {
  const trace = new Trace(true);
  const decisions: Decision[] = [];
  const scheduler = new Scheduler({
    director: { decide },
    trace,
    startMs: START_MS,
    onDecision: (decision) => decisions.push(decision),
  });
  const went: string[] = [];
  const add = (name: string, afterMs: number, owner?: Owner, place?: Place) =>
    scheduler.add({
      name,
      afterMs,
      go: () => went.push(`${name} at ${scheduler.elapsedMs}`),
      ...(owner && { owner }),
      ...(place && { place }),
    });
  return { scheduler, trace, went, decisions, add };
}

const workerIn = (scheduler: Scheduler) => new Worker({ name: 'w', scheduler, seed: 1, aheadMs: 0 });
const never = () => false;

test('the earliest goes first, and among those of one time the one that was added first; time jumps to it', async () => {
  const { scheduler, went, add } = schedulerOf();
  add('late', 50);
  add('first', 10);
  add('second', 10);

  expect(await scheduler.run(never)).toBe('idle');

  expect(went).toEqual(['first at 10', 'second at 10', 'late at 50']);
  expect(scheduler.now()).toBe(START_MS + 50);
});

test('a step goes on only when everything that the one before it set going has come to rest', async () => {
  const { scheduler, went, add } = schedulerOf();
  scheduler.add({
    name: 'chain',
    afterMs: 1,
    go: () => {
      void (async () => {
        for (let link = 0; link < 50; link += 1) await Promise.resolve();
        await new Promise((resolve) => process.nextTick(resolve));
        went.push('chain has come to rest');
      })();
    },
  });
  add('next', 1);

  await scheduler.run(never);

  expect(went).toEqual(['chain has come to rest', 'next at 1']);
});

test('it ends as soon as it is over, and what has not gone on by then does not', async () => {
  const { scheduler, went, add } = schedulerOf();
  add('one', 1);
  add('two', 2);

  expect(await scheduler.run(() => went.length === 1)).toBe('over');

  expect(went).toEqual(['one at 1']);
});

test('a step that is taken back does not go on', async () => {
  const { scheduler, went, add } = schedulerOf();
  const cancel = add('one', 1);
  add('two', 2);
  cancel();

  await scheduler.run(never);

  expect(went).toEqual(['two at 2']);
});

describe('what a director decides', () => {
  const at = (name: string, decision: Decision) => (place: Place, asked: string) =>
    asked === name && (place === 'tie') === (decision.do === 'switch') ? decision : undefined;

  test('a switch lets everything go first that is due at the same time', async () => {
    const { scheduler, went, add } = schedulerOf(at('one', { at: 'one', do: 'switch' }));
    add('one', 5);
    add('two', 5);
    add('later', 6);

    await scheduler.run(never);

    expect(went).toEqual(['two at 5', 'one at 5', 'later at 6']);
  });

  test('nobody is asked to switch where nothing else is due', async () => {
    const asked: string[] = [];
    const { scheduler, add } = schedulerOf((place, name) => {
      asked.push(`${place} ${name}`);
      return undefined;
    });
    add('one', 5);
    add('later', 6);

    await scheduler.run(never);

    expect(asked).toEqual([]);
  });

  test('a delay lets it go on later, and its place is asked about once', async () => {
    const asked: string[] = [];
    const { scheduler, went, add } = schedulerOf((place, name) => {
      if (place === 'answer') asked.push(name);
      return place === 'answer' ? { at: name, do: 'delay', ms: 100 } : undefined;
    });
    add('answer', 5, undefined, 'answer');
    add('other', 50);

    await scheduler.run(never);

    expect(went).toEqual(['other at 50', 'answer at 105']);
    expect(asked).toEqual(['answer']);
  });

  test('a crash: nothing of the worker goes on, and everything else does', async () => {
    const { scheduler, went, add } = schedulerOf(at('mine', { at: 'mine', do: 'crash' }));
    const worker = workerIn(scheduler);
    const ends: string[] = [];
    worker.onEnded((cause) => ends.push(cause));
    add('mine', 1, worker, 'wake');
    add('mine too', 2, worker);
    add('on the wire', 2);

    await scheduler.run(never);

    expect(went).toEqual(['on the wire at 2']);
    expect(ends).toEqual(['crash']);
    expect(worker.isDead).toBe(true);
  });

  test('a freeze: its steps wait, in their order, until it thaws', async () => {
    const { scheduler, went, add } = schedulerOf(at('mine', { at: 'mine', do: 'freeze', ms: 100 }));
    const worker = workerIn(scheduler);
    add('mine', 1, worker, 'answer');
    add('mine too', 20, worker);
    add('on the wire', 30);
    add('after the thaw', 200, worker);

    await scheduler.run(never);

    expect(went).toEqual(['on the wire at 30', 'mine at 101', 'mine too at 101', 'after the thaw at 200']);
  });

  test('every decision is told, and stands in the trace', async () => {
    const decision: Decision = { at: 'one', do: 'rewind', partition: 2, offset: 7 };
    const { scheduler, decisions, trace, add } = schedulerOf(at('one', decision));
    add('one', 5, undefined, 'answer');

    await scheduler.run(never);

    expect(decisions).toEqual([decision]);
    expect(trace.lines).toEqual(['       5 ms  one: rewind partition 2 offset 7', '       5 ms  one']);
  });
});

describe('sleep', () => {
  test('takes whole milliseconds of virtual time, at least one, as timers do', async () => {
    const { scheduler } = schedulerOf();
    const woke: number[] = [];
    for (const ms of [0, 2.9, 40]) void scheduler.sleep(ms).then(() => woke.push(scheduler.elapsedMs));

    await scheduler.run(never);

    expect(woke).toEqual([1, 2, 40]);
  });

  test('ends with its signal, before it began too', async () => {
    const { scheduler, add } = schedulerOf();
    const abort = new AbortController();
    const woke: number[] = [];
    void scheduler.sleep(1_000, abort.signal).then(() => woke.push(scheduler.elapsedMs));
    void scheduler.sleep(1_000, AbortSignal.abort()).then(() => woke.push(scheduler.elapsedMs));
    scheduler.add({ name: 'abort', afterMs: 30, go: () => abort.abort() });
    add('end', 40);

    await scheduler.run(never);

    expect(woke).toEqual([0, 30]);
    expect(scheduler.elapsedMs).toBe(40);
  });
});

test('an owner that is frozen keeps its steps itself', async () => {
  const { scheduler, went, add } = schedulerOf();
  const parked: OwnedStep[] = [];
  const owner: Owner = {
    isDead: false,
    isFrozen: true,
    park: (step) => parked.push(step),
    crash: () => {},
    freeze: () => {},
  };
  add('mine', 1, owner);

  expect(await scheduler.run(never)).toBe('idle');

  expect(went).toEqual([]);
  expect(parked.map(({ name }) => name)).toEqual(['mine']);
});

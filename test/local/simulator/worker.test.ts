import { Scheduler } from '../../../local/simulator/scheduler';
import { Trace } from '../../../local/simulator/trace';
import { Worker } from '../../../local/simulator/worker';

function workerOf({ name = 'poller-1/1', seed = 1, aheadMs = 0 } = {}) {
  const scheduler = new Scheduler({
    director: { decide: () => undefined },
    trace: new Trace(false),
    startMs: 10_000,
    onDecision: () => {},
  });
  const worker = new Worker({ name, scheduler, seed, aheadMs });
  const went: string[] = [];
  const after = (what: string, ms: number) =>
    worker.after(what, ms, () => went.push(`${what} at ${scheduler.elapsedMs}`));
  return { worker, scheduler, went, after };
}

const never = () => false;

test('its clock is as far ahead as it is told', () => {
  expect(workerOf({ aheadMs: -300 }).worker.clock.now()).toBe(9_700);
});

test('its calls are counted by kind', () => {
  const { worker } = workerOf();

  expect([worker.next('PutItem'), worker.next('UpdateItem'), worker.next('PutItem')]).toEqual([
    'poller-1/1 PutItem#1',
    'poller-1/1 UpdateItem#1',
    'poller-1/1 PutItem#2',
  ]);
});

test('its randomness comes from the seed and its name, and its tokens are nobody else’s', () => {
  const draw = (options: { name?: string; seed?: number }) => {
    const { random } = workerOf(options).worker;
    return [random.fraction(), random.fraction()];
  };

  expect(draw({ seed: 7 })).toEqual(draw({ seed: 7 }));
  expect(draw({ seed: 7 })).not.toEqual(draw({ seed: 8 }));
  expect(draw({ name: 'a' })).not.toEqual(draw({ name: 'b' }));
  const tokens = ['a', 'b'].flatMap((name) => {
    const { random } = workerOf({ name }).worker;
    return [random.token(), random.token()];
  });
  expect(new Set(tokens).size).toBe(4);
});

test('between two invocations nothing of it goes on; what was due then goes on in the next one', async () => {
  const { worker, scheduler, went, after } = workerOf();
  after('due meanwhile', 10);
  worker.rest();
  scheduler.add({ name: 'next invocation', afterMs: 50, go: () => worker.resume() });

  await scheduler.run(never);

  expect(went).toEqual(['due meanwhile at 50']);
});

test('one that rests and is frozen goes on only when both are over', async () => {
  const { worker, scheduler, went, after } = workerOf();
  after('mine', 10);
  worker.rest();
  worker.freeze(100);
  scheduler.add({ name: 'next invocation', afterMs: 50, go: () => worker.resume() });

  await scheduler.run(never);

  expect(went).toEqual(['mine at 100']);
});

test('a call made while it is frozen leaves when it thaws, and none leaves a dead one', async () => {
  const { worker, scheduler, went } = workerOf();
  worker.onceRunning('at once', () => went.push('at once'));
  worker.freeze(20);
  worker.onceRunning('later', () => went.push(`later at ${scheduler.elapsedMs}`));

  await scheduler.run(never);
  worker.crash();
  worker.onceRunning('never', () => went.push('never'));
  await scheduler.run(never);

  expect(went).toEqual(['at once', 'later at 20']);
});

test('a sleep that begins while it is frozen begins with the thaw', async () => {
  const { worker, scheduler } = workerOf();
  const woke: number[] = [];
  worker.freeze(100);
  void worker.sleep(30).then(() => woke.push(scheduler.elapsedMs));

  await scheduler.run(never);

  expect(woke).toEqual([130]);
});

test('it dies once, and whoever listens hears why, unless he has gone', () => {
  const { worker } = workerOf();
  const heard: string[] = [];
  worker.onEnded((cause) => heard.push(`first ${cause}`));
  const forget = worker.onEnded((cause) => heard.push(`gone ${cause}`));
  forget();

  worker.crash('time-out');
  worker.crash('crash');

  expect(heard).toEqual(['first time-out']);
});

test('what held it up counts until its next invocation begins', () => {
  const { worker } = workerOf();
  expect(worker.wasDisturbed).toBe(false);

  worker.freeze(10);
  expect(worker.wasDisturbed).toBe(true);

  worker.resume();
  expect(worker.wasDisturbed).toBe(false);
});

describe('that it stands still is told', () => {
  function stalled() {
    const told: string[] = [];
    const scheduler = new Scheduler({
      director: { decide: () => undefined },
      trace: new Trace(false),
      startMs: 0,
      onDecision: () => {},
    });
    const onStall = (kind: string) => told.push(`${kind} at ${scheduler.now()}`);
    return { told, scheduler, worker: new Worker({ name: 'w', scheduler, seed: 1, aheadMs: 0, onStall }) };
  }

  test('once for what it goes on for', async () => {
    const { told, scheduler, worker } = stalled();
    worker.freeze(100);
    scheduler.add({ name: 'again', afterMs: 50, go: () => worker.freeze(100) });

    await scheduler.run(never);

    expect(told).toEqual(['frozen at 0', 'thawed at 150']);
  });

  test('and not of the rest between two invocations, nor once it is dead', async () => {
    const { told, scheduler, worker } = stalled();
    worker.rest();
    worker.resume();
    worker.freeze(100);
    worker.crash();

    await scheduler.run(never);

    expect(told).toEqual(['frozen at 0']);
  });
});

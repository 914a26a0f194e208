import type { Assignment, GroupMember } from '../../../local/broker/broker';
import { CommitRefused } from '../../../local/broker/commit-refused';
import { CRASHED, names, report, returned, Stage, SUCCESS, sleep, THROWN, TIMED_OUT } from './poller-fixture';
import { topicRecord } from './topic-records';

let stage: Stage;
beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(async () => {
  await stage.stop();
  jest.useRealTimers();
});

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
/** Answers one after the other; the last one for ever. */
function answering<T>(...answers: readonly T[]): () => T {
  let next = 0;
  return () => answers[Math.min(next++, answers.length - 1)] as T;
}
/** Time between the deliveries, in ms. */
const pauses = () => stage.deliveries.slice(1).map(({ atMs }, i) => atMs - (stage.deliveries[i]?.atMs ?? 0));

describe('a batch that succeeds', () => {
  test('is delivered once, and its partition is committed behind it', async () => {
    stage = await Stage.with(3);

    await stage.poll(answering(SUCCESS));
    await pass(1_000);

    expect(stage.delivered).toEqual([['0@0', '0@1', '0@2']]);
    expect(await stage.committed()).toEqual([[0, 3]]);
  });

  test('carries the partitions of its poller together', async () => {
    stage = await Stage.with(2, 2, 2);

    await stage.poll(answering(SUCCESS));
    await pass(1_000);

    expect(stage.deliveries[0]?.records.length).toBeGreaterThan(1);
    expect(stage.delivered.flat().sort()).toEqual(['0@0', '0@1', '1@0', '1@1', '2@0', '2@1']);
    expect(await stage.committed()).toEqual([
      [0, 2],
      [1, 2],
      [2, 2],
    ]);
  });

  test('nothing is delivered where nothing is', async () => {
    stage = await Stage.with(0, 0);

    await stage.poll(answering(SUCCESS));
    await pass(60_000);

    expect(stage.delivered).toEqual([]);
    expect(await stage.committed()).toEqual([]);
  });

  test('records that arrive later are delivered without a rebalance', async () => {
    stage = await Stage.with(1);
    await stage.poll(answering(SUCCESS));
    await pass(1_000);

    await stage.append(0, 2);
    await pass(1);

    expect(stage.delivered).toEqual([['0@0'], ['0@1', '0@2']]);
  });
});

describe('batch size', () => {
  test.each([1, 7, 100])(
    '%d: no batch is larger, and all of them together are everything, in order',
    async (batchSize) => {
      stage = await Stage.with(40, 0, 25);

      await stage.poll(answering(SUCCESS), { batchSize });
      await pass(10_000);

      expect(Math.max(...stage.delivered.map(({ length }) => length))).toBeLessThanOrEqual(batchSize);
      for (const [partition, count] of [40, 0, 25].entries()) {
        const given = stage.delivered.flat().filter((name) => name.startsWith(`${partition}@`));
        expect(given).toEqual(names(partition, 0, count));
      }
    },
  );

  test('10,000 records are one batch, as many as there may be', async () => {
    stage = await Stage.with(10_001);

    await stage.poll(answering(SUCCESS), { batchSize: 10_000 });
    await pass(1_000);

    expect(stage.delivered.map(({ length }) => length)).toEqual([10_000, 1]);
    expect(await stage.committed()).toEqual([[0, 10_001]]);
  });

  test('no partition waits for ever behind a fuller one', async () => {
    stage = await Stage.with(1_000, 1);

    await stage.poll(answering(SUCCESS), { batchSize: 10 });
    await pass(2_000);

    const turn = stage.delivered.findIndex((batch) => batch.includes('1@0'));
    expect(turn).toBeGreaterThanOrEqual(0);
    expect(turn).toBeLessThan(20);
  });
});

describe('the batching window begins when the batch before is complete', () => {
  test('what arrives in it travels together at its end', async () => {
    stage = await Stage.with(1);
    await stage.poll(answering(SUCCESS), { batchSize: 10, batchingWindowMs: 500 });
    await pass(1);

    await stage.append(0, 1);
    await pass(300);
    await stage.append(0, 1);
    await pass(190);
    const withinTheWindow = stage.delivered.length;
    await pass(500);

    expect(withinTheWindow).toBe(1);
    expect(stage.delivered).toEqual([['0@0'], ['0@1', '0@2']]);
  });

  test('a full batch does not wait for the end', async () => {
    stage = await Stage.with(1);
    await stage.poll(answering(SUCCESS), { batchSize: 3, batchingWindowMs: 300_000 });
    await pass(1);

    await stage.append(0, 4);
    await pass(1);

    expect(stage.delivered).toEqual([['0@0'], ['0@1', '0@2', '0@3']]);
  });

  test('0: everything goes at once', async () => {
    stage = await Stage.with(1);
    await stage.poll(answering(SUCCESS), { batchSize: 10, batchingWindowMs: 0 });
    await pass(1);

    await stage.append(0, 1);
    await pass(1);

    expect(stage.delivered).toEqual([['0@0'], ['0@1']]);
  });

  test('a retry does not wait for it', async () => {
    stage = await Stage.with(1);

    await stage.poll(answering(THROWN, SUCCESS), {
      batchSize: 10,
      batchingWindowMs: 300_000,
      choices: { 'retry-base-ms': 100 },
    });
    await pass(200);

    expect(stage.delivered).toEqual([['0@0'], ['0@0']]);
  });
});

describe('a batch that fails', () => {
  test.each([
    ['thrown', THROWN],
    ['timed out', TIMED_OUT],
    ['crashed', CRASHED],
    ['a report that cannot be read', returned({ batchItemFailures: [{ itemIdentifier: '0@1' }] })],
  ])('%s: comes again whole, and nothing is committed meanwhile', async (_, failure) => {
    stage = await Stage.with(3);

    await stage.poll(answering(failure, failure, SUCCESS));
    await pass(10);
    const meanwhile = await stage.committed();
    await pass(5_000);

    expect(meanwhile).toEqual([[0, 0]]);
    expect(stage.delivered).toEqual([names(0, 0, 3), names(0, 0, 3), names(0, 0, 3)]);
    expect(await stage.committed()).toEqual([[0, 3]]);
  });

  test('holds its partitions, and no others', async () => {
    stage = await Stage.with(2, 0);
    const settings = { choices: { 'retry-base-ms': 10_000, 'retry-cap-ms': 10_000 } };
    await stage.poll((records) => (records.some(({ partition }) => partition === 0) ? THROWN : SUCCESS), settings);
    await pass(1);

    await stage.append(0, 1);
    await stage.append(1, 1);
    await pass(4_000);

    expect(stage.delivered).toEqual([['0@0', '0@1'], ['1@0']]);
    expect(await stage.committed()).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  test('comes again when its pause is over, however much is new elsewhere', async () => {
    stage = await Stage.with(1, 500);
    let failures = 0;
    await stage.poll(
      (records) =>
        sleep(10).then(() => (records.some(({ partition }) => partition === 0) && failures++ === 0 ? THROWN : SUCCESS)),
      { batchSize: 1, choices: { 'retry-base-ms': 100 } },
    );
    await pass(10_000);

    const times = stage.deliveries.filter(({ records }) => records.includes('0@0')).map(({ atMs }) => atMs);
    expect(times).toHaveLength(2);
    // The pause, and the one invocation that may be running when it ends.
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeLessThanOrEqual(10 + 100 + 10);
    expect(stage.deliveries).toHaveLength(502);
  });

  test('is retried with a pause that doubles up to the cap, and never less than half of it', async () => {
    stage = await Stage.with(1);

    await stage.poll(answering(THROWN), {
      choices: { 'retry-base-ms': 100, 'retry-cap-ms': 400, 'blocked-after-retries': 5 },
    });
    await pass(10_000);

    for (const [index, limit] of [100, 200, 400, 400, 400].entries()) {
      expect(pauses()[index]).toBeGreaterThanOrEqual(limit / 2);
      // An idle poller looks around every 100 ms, and never later than its next retry is due.
      expect(pauses()[index]).toBeLessThanOrEqual(limit + 1);
    }
    expect(pauses()).toHaveLength(5);
  });
});

describe('a partial response', () => {
  test('listed: only the listed ones come again; the commit waits below the lowest of them', async () => {
    stage = await Stage.with(5);

    await stage.poll(answering(report('0@1', '0@3'), SUCCESS));
    await pass(10);
    const meanwhile = await stage.committed();
    await pass(1_000);

    expect(stage.delivered).toEqual([names(0, 0, 5), ['0@1', '0@3']]);
    expect(meanwhile).toEqual([[0, 1]]);
    expect(await stage.committed()).toEqual([[0, 5]]);
  });

  test('checkpoint: everything from the lowest listed one comes again', async () => {
    stage = await Stage.with(5);

    await stage.poll(answering(report('0@3', '0@1'), SUCCESS), { choices: { 'partial-response': 'checkpoint' } });
    await pass(1_000);

    expect(stage.delivered).toEqual([names(0, 0, 5), names(0, 1, 5)]);
  });

  test('listed: a second partial response over the rest narrows it again', async () => {
    stage = await Stage.with(5);

    await stage.poll(answering(report('0@1', '0@3', '0@4'), report('0@4'), SUCCESS));
    await pass(5_000);

    expect(stage.delivered).toEqual([names(0, 0, 5), ['0@1', '0@3', '0@4'], ['0@4']]);
    expect(stage.commits).toEqual(['0@1', '0@4', '0@5']);
  });

  test('an identifier of the first delivery that is not in the second fails that whole batch', async () => {
    stage = await Stage.with(3);

    await stage.poll(answering(report('0@1', '0@2'), report('0@0'), SUCCESS));
    await pass(5_000);

    expect(stage.delivered).toEqual([names(0, 0, 3), ['0@1', '0@2'], ['0@1', '0@2']]);
    expect(stage.complaints).toMatchObject([{ kind: 'error', row: 10, text: expect.stringContaining('"offset":0') }]);
  });

  test('partitions without a failure are done: committed at once, and not held', async () => {
    stage = await Stage.with(2, 2);
    const failing = answering(report('0@0'), SUCCESS);
    const settings = { choices: { 'retry-base-ms': 10_000, 'retry-cap-ms': 10_000 }, batchSize: 4 };
    await stage.poll((records) => (records.some(({ partition }) => partition === 0) ? failing() : SUCCESS), settings, {
      seed: 5,
    });
    await pass(1);

    await stage.append(1, 1);
    await pass(1);

    expect(await stage.committed()).toEqual([
      [0, 0],
      [1, 3],
    ]);
  });
});

describe('without ReportBatchItemFailures', () => {
  test('a report is not read: the batch is done, and that is said', async () => {
    stage = await Stage.with(2);

    await stage.poll(answering(report('0@0')), { reportBatchItemFailures: false });
    await pass(5_000);

    expect(stage.delivered).toEqual([['0@0', '0@1']]);
    expect(await stage.committed()).toEqual([[0, 2]]);
    expect(stage.complaints).toMatchObject([
      { kind: 'error', row: 13, text: expect.stringContaining('1 failed records') },
    ]);
  });
});

describe('a finite number of retries', () => {
  test.each([0, 1, 4])(
    '%d: so many after the first delivery, then the batch is discarded, said, and passed',
    async (retries) => {
      stage = await Stage.with(2);

      await stage.poll(answering(THROWN), { retryLimit: retries });
      await pass(60_000);

      expect(stage.delivered).toEqual(Array.from({ length: retries + 1 }, () => ['0@0', '0@1']));
      expect(stage.discarded).toEqual([
        { records: ['0@0', '0@1'], condition: 'RetryAttemptsExhausted', reason: 'Error: no', delivered: false },
      ]);
      expect(stage.blocked).toEqual([]);
      expect(await stage.committed()).toEqual([[0, 2]]);
    },
  );

  test('row 14: partial failures count for the batch, and only what is left is discarded', async () => {
    stage = await Stage.with(4);

    await stage.poll(answering(report('0@1', '0@2'), report('0@2')), { retryLimit: 1 });
    await pass(60_000);

    expect(stage.delivered).toEqual([names(0, 0, 4), ['0@1', '0@2']]);
    expect(stage.discarded).toMatchObject([{ records: ['0@2'], reason: 'partial response' }]);
    expect(await stage.committed()).toEqual([[0, 4]]);
  });

  test('the partition goes on behind what was discarded', async () => {
    stage = await Stage.with(1);
    await stage.poll(answering(THROWN, SUCCESS), { retryLimit: 0 });
    await pass(1);

    await stage.append(0, 1);
    await pass(1_000);

    expect(stage.delivered).toEqual([['0@0'], ['0@1']]);
    expect(await stage.committed()).toEqual([[0, 2]]);
  });

  test('more of them than endless retries are shown: all of them are made', async () => {
    stage = await Stage.with(1);

    await stage.poll(answering(THROWN), { retryLimit: 6, choices: { 'blocked-after-retries': 3 } });
    await pass(60_000);

    expect(stage.deliveries).toHaveLength(7);
    expect(stage.blocked).toEqual([]);
    expect(stage.discarded).toHaveLength(1);
  });
});

describe('endless retries', () => {
  test('are given up for the demonstration, reported as blocked, and commit nothing', async () => {
    stage = await Stage.with(2);

    const { poller } = await stage.poll(answering(THROWN), { choices: { 'blocked-after-retries': 3 } });
    await pass(600_000);

    expect(stage.deliveries).toHaveLength(4);
    expect(stage.blocked).toEqual([{ records: ['0@0', '0@1'], reason: 'Error: no' }]);
    expect(stage.discarded).toEqual([]);
    expect(await stage.committed()).toEqual([[0, 0]]);
    expect([...poller.blocked]).toEqual([0]);
    expect(poller.inFlight).toEqual([]);
  });

  test('block their partition only', async () => {
    stage = await Stage.with(1, 0);
    await stage.poll((records) => (records.some(({ partition }) => partition === 0) ? THROWN : SUCCESS), {
      choices: { 'blocked-after-retries': 1 },
    });
    await pass(10_000);

    await stage.append(0, 1);
    await stage.append(1, 1);
    await pass(10_000);

    expect(stage.delivered).toEqual([['0@0'], ['0@0'], ['1@0']]);
  });
});

describe('a rebalance', () => {
  test('while a batch runs: the old owner resolves nothing of what moved, the new one gets it again', async () => {
    stage = await Stage.with(0, 2);
    await stage.poll(() => sleep(1_000).then(() => SUCCESS));
    await pass(10);

    await stage.poll(answering(SUCCESS), {}, { name: 'poller-2' });
    await pass(10);
    const whileTheOldOneRuns = await stage.committed();
    await pass(2_000);

    expect(stage.deliveries.map(({ poller, records }) => [poller, records])).toEqual([
      ['poller-1', ['1@0', '1@1']],
      ['poller-2', ['1@0', '1@1']],
    ]);
    expect(whileTheOldOneRuns).toEqual([[1, 2]]);
    expect(stage.commits).toEqual(['1@2']);
  });

  test('discards nothing of what moved while its last attempt failed', async () => {
    stage = await Stage.with(1, 1);
    await stage.poll(() => sleep(1_000).then(() => THROWN), { retryLimit: 0 });
    await pass(10);

    await stage.poll(answering(SUCCESS), {}, { name: 'poller-2' });
    await pass(10_000);

    expect(stage.discarded.flatMap(({ records }) => records)).not.toContain('1@0');
    expect(stage.deliveries.find(({ poller }) => poller === 'poller-2')?.records).toEqual(['1@0']);
  });

  test('drops the retries of what moved', async () => {
    stage = await Stage.with(0, 1);
    await stage.poll(answering(THROWN), { choices: { 'retry-base-ms': 1_000 } });
    await pass(10);

    await stage.poll(answering(SUCCESS), {}, { name: 'poller-2' });
    await pass(10_000);

    expect(stage.deliveries.map(({ poller }) => poller)).toEqual(['poller-1', 'poller-2']);
    expect(await stage.committed()).toEqual([[1, 1]]);
  });

  test('a poller that leaves finishes its batch first, and commits it', async () => {
    stage = await Stage.with(1, 1);
    const { leave, ended } = await stage.poll(() => sleep(1_000).then(() => SUCCESS));
    await pass(10);

    leave();
    await pass(2_000);
    await ended;

    expect(stage.delivered.flat().sort()).toEqual(['0@0', '1@0']);
    expect(await stage.committed()).toEqual([
      [0, 1],
      [1, 1],
    ]);
  });

  test('one partition assigned anew is not held by a retry of another one', async () => {
    stage = await Stage.with(1);
    const member = new HandMember([0, 1]);
    const failing = answering(report('0@0', '1@0'), report('0@0'));
    await stage.poll(
      failing,
      { choices: { 'retry-base-ms': 10_000, 'retry-cap-ms': 10_000 }, batchSize: 2 },
      { member },
    );
    await pass(1);

    member.assignAnew(1);
    await pass(200);

    expect(stage.delivered).toEqual([expect.arrayContaining(['0@0', '1@0']), ['1@0']]);
  });
});

test('what was given up in an assignment that is over is another owner’s to give up', async () => {
  stage = await Stage.with(1);
  const member = new HandMember([0]);
  await stage.poll(() => THROWN, { retryLimit: 0 }, { member, destination: { deliver: () => sleep(5_000) } });
  await pass(1);

  member.assignAnew(0);
  await pass(6_000);
  const meanwhile = [...stage.commits];
  await pass(6_000);

  expect(meanwhile).toEqual([]);
  expect(stage.delivered).toEqual([['0@0'], ['0@0']]);
  expect(stage.commits).toEqual(['0@1']);
});

describe('a commit', () => {
  test('that is refused does no harm: the owner after us reads from the last one', async () => {
    stage = await Stage.with(1);
    const member = new HandMember([0, 1]);
    member.refuse(new CommitRefused('orders', 0, 1, 'the group rebalances'));

    const { poller } = await stage.poll(answering(SUCCESS), { batchSize: 2 }, { member });
    await pass(1_000);

    expect(stage.delivered.flat().sort()).toEqual(['0@0', '1@0']);
    expect(stage.commits).toEqual([]);
    expect(poller.inFlight).toEqual([]);
  });

  test('that fails for another reason ends the poller with that error', async () => {
    stage = await Stage.with(1);
    const member = new HandMember([0]);
    member.refuse(new Error('no broker answers'));

    const { ended } = await stage.poll(answering(SUCCESS), {}, { member });
    const end = expect(ended).rejects.toThrow('no broker answers');
    await pass(1_000);

    await end;
  });
});

test('an invocation that cannot be made ends the poller with its error', async () => {
  stage = await Stage.with(1);

  const { ended } = await stage.poll(() => Promise.reject(new Error('no endpoint')));
  const end = expect(ended).rejects.toThrow('no endpoint');
  await pass(1_000);

  await end;
});

test('the same seed brings back the same batches, another one others', async () => {
  const batches = async (seed: number) => {
    stage = await Stage.with(30, 30, 30);
    await stage.poll(answering(SUCCESS), { batchSize: 10 }, { seed });
    await pass(1_000);
    await stage.stop();
    return stage.delivered;
  };

  const [first, again, other] = [await batches(3), await batches(3), await batches(4)];

  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
});

/** A member of a group whose assignments the test makes by hand; each partition has one record. */
class HandMember implements GroupMember {
  readonly #epochs: Map<number, number>;
  readonly #taken = new Set<string>();
  #refusal: Error | undefined;
  #wake = () => {};

  constructor(partitions: readonly number[]) {
    this.#epochs = new Map(partitions.map((partition) => [partition, 1]));
  }

  assignAnew(partition: number): void {
    this.#epochs.set(partition, (this.#epochs.get(partition) ?? 0) + 1);
    this.#wake();
  }

  refuse(refusal: Error): void {
    this.#refusal = refusal;
  }

  assigned(): readonly Assignment[] {
    return [...this.#epochs].map(([partition, epoch]) => ({ partition, epoch }));
  }

  ready(partition: number): number {
    return this.#taken.has(this.#assignment(partition)) ? 0 : 1;
  }

  position(): undefined {
    return undefined;
  }

  take(partition: number, max: number) {
    if (max < 1 || this.ready(partition) === 0) return [];
    this.#taken.add(this.#assignment(partition));
    return [topicRecord(partition, 0)];
  }

  async changed(timeoutMs: number): Promise<void> {
    await Promise.race([
      sleep(timeoutMs),
      new Promise<void>((resolve) => {
        this.#wake = resolve;
      }),
    ]);
  }

  async commit(): Promise<void> {
    if (this.#refusal) throw this.#refusal;
  }

  async leave(): Promise<void> {}

  #assignment(partition: number): string {
    return `${partition} ${this.#epochs.get(partition)}`;
  }
}

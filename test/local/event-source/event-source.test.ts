/** A mapping at work with real worker processes, over small handlers that lie in folders of their own. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TopicRecord } from '../../../local/broker/broker';
import { InProcessBroker } from '../../../local/broker/in-process';
import { defaultChoices } from '../../../local/event-source/choices';
import { EventSource, type EventSourceOptions } from '../../../local/event-source/event-source';
import { WorkerSandboxes, type WorkerSandboxesOptions } from '../../../local/event-source/worker-sandboxes';
import type { KafkaMapping } from '../../../local/template/kafka-mapping';
import type { LambdaFunction } from '../../../local/template/lambda-function';
import type { InvocationResult } from '../../../local/worker/invocation-result';
import { deploy, isRunning, temporaryFolder, until } from '../worker/worker-fixture';
import { mappingOf } from './mapping';
import { nameOf } from './topic-records';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const GROUP = 'shop-orders';
const QUICK = { ...defaultChoices(), 'retry-base-ms': 1, 'retry-cap-ms': 30 };
const running: Run[] = [];
afterEach(async () => {
  for (const run of running.splice(0)) await run.source.stop();
});

interface Given {
  readonly handler: string;
  readonly records?: readonly number[];
  readonly lambda?: Partial<LambdaFunction>;
  readonly mapping?: Partial<KafkaMapping>;
  readonly options?: Partial<EventSourceOptions>;
  readonly environmentFor?: WorkerSandboxesOptions['environmentFor'];
  readonly broker?: InProcessBroker;
}

/** What a run showed to whoever watches it. */
class Run {
  readonly delivered: string[][] = [];
  readonly results: InvocationResult[] = [];
  readonly complaints: string[] = [];
  readonly blocked: string[][] = [];
  readonly discarded: string[][] = [];
  readonly filtered: string[] = [];
  readonly ended: { readonly worker: string; readonly kind: string }[] = [];
  readonly lines: string[] = [];
  readonly workers: string[] = [];
  readonly source: EventSource;
  readonly sandboxes: WorkerSandboxes;
  readonly broker: InProcessBroker;

  constructor(given: Given, broker: InProcessBroker, lambda: LambdaFunction) {
    this.broker = broker;
    const namesOf = (records: readonly TopicRecord[]) => records.map(nameOf);
    const mapping = mappingOf({ function: lambda, ...given.mapping });
    this.sandboxes = new WorkerSandboxes({
      function: mapping.function,
      invokedFunctionArn: mapping.invokedFunctionArn,
      environmentFor:
        given.environmentFor ??
        (async (worker) => {
          this.workers.push(worker);
          return { WORKER: worker };
        }),
      onEnded: (worker, { kind }) => this.ended.push({ worker, kind }),
      onOutput: (worker, line) => this.lines.push(`${worker}: ${line}`),
    });
    this.source = new EventSource({
      mapping,
      broker,
      bootstrapServers: 'in-process:9092',
      seed: 1,
      choices: QUICK,
      sandboxes: this.sandboxes,
      events: {
        delivered: (_, records) => this.delivered.push(namesOf(records)),
        answered: (_, result) => this.results.push(result),
        complained: (_, { text }) => this.complaints.push(text),
        discarded: (_, records) => this.discarded.push(namesOf(records)),
        blocked: (_, records) => this.blocked.push(namesOf(records)),
        committed: () => {},
        filtered: (_, records) => this.filtered.push(...namesOf(records)),
      },
      ...given.options,
    });
  }

  get committed(): Promise<[number, number][]> {
    return this.broker.committedOffsets(GROUP, 'orders').then((offsets) => [...offsets].sort(([a], [b]) => a - b));
  }

  /** Process ids that workers printed. */
  get pids(): number[] {
    return this.lines.flatMap((line) => /pid (\d+)/.exec(line)?.[1] ?? []).map(Number);
  }
}

/** `records`: how many lie in each partition at the start. */
async function begin(given: Given): Promise<Run> {
  const broker = given.broker ?? new InProcessBroker();
  const { records = [3] } = given;
  if (!given.broker) await broker.createTopic('orders', records.length);
  await produce(broker, records);
  const lambda = deploy(
    folder.path,
    { 'index.mjs': given.handler },
    { environment: { HOME_OF_TEST: folder.path }, ...given.lambda },
  );
  const run = new Run(given, broker, lambda);
  running.push(run);
  await run.source.start();
  return run;
}

const produce = (broker: InProcessBroker, records: readonly number[]) =>
  broker.produce(
    'orders',
    records.flatMap((count, partition) => Array.from({ length: count }, () => ({ partition, key: null, value: null }))),
  );

/** A file that a handler writes and a test waits for. */
let marks = 0;
function markFile(): string {
  marks += 1;
  return join(folder.path, `mark-${marks}`);
}

const PID = "console.log('pid ' + process.pid);";
const names = (event: string) => `Object.values(${event}.records).flat().map((r) => r.partition + '@' + r.offset)`;

describe('a function that succeeds', () => {
  test('gets every record once, in the event of its mapping, and everything is committed', async () => {
    const run = await begin({
      handler: `export const handler = async (event, context) => {
        console.log(JSON.stringify({ event, arn: context.invokedFunctionArn, worker: process.env.WORKER }));
        return { batchItemFailures: [] };
      };`,
      records: [2, 0, 1],
    });

    const end = await run.source.untilResolved();

    expect(end).toBe('resolved');
    expect(run.delivered.flat().sort()).toEqual(['0@0', '0@1', '2@0']);
    expect(await run.committed).toEqual([
      [0, 2],
      [2, 1],
    ]);
    await until(() => run.lines.length > 0, 'the function has printed');
    const [line = ''] = run.lines;
    expect(JSON.parse(line.slice(line.indexOf('{')))).toMatchObject({
      event: { eventSource: 'aws:kafka', eventSourceArn: expect.stringContaining('cluster/shop'), records: {} },
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:orders:Orders-partial',
      worker: 'poller-1/1',
    });
    expect(run.workers).toEqual(['poller-1/1']);
    expect(run.complaints).toEqual([]);
  });

  test('keeps its worker from batch to batch', async () => {
    const run = await begin({ handler: `export const handler = async () => { ${PID} };`, mapping: { batchSize: 1 } });

    await run.source.untilResolved();
    await until(() => run.pids.length === 3, 'three invocations have printed');

    expect(new Set(run.pids).size).toBe(1);
    expect(run.ended).toEqual([]);
  });

  test('an empty topic is resolved at once', async () => {
    const run = await begin({ handler: 'export const handler = async () => {};', records: [0, 0] });

    expect(await run.source.untilResolved()).toBe('resolved');
    expect(run.delivered).toEqual([]);
  });

  test('a mapping that begins at the end gets what comes after, and not what was there', async () => {
    const run = await begin({
      handler: 'export const handler = async () => {};',
      records: [3],
      mapping: { startingPosition: 'LATEST' },
    });
    const before = await run.source.untilResolved();

    await produce(run.broker, [1]);
    const after = await run.source.untilResolved();

    expect([before, after]).toEqual(['resolved', 'resolved']);
    expect(run.delivered).toEqual([['0@3']]);
  });

  test('a second run of the same group has nothing to do, and says so', async () => {
    const handler = 'export const handler = async () => {};';
    const first = await begin({ handler });
    await first.source.untilResolved();
    await first.source.stop();

    const second = await begin({ handler, broker: first.broker, records: [] });

    expect(await second.source.untilResolved()).toBe('resolved');
    expect(second.delivered).toEqual([]);
  });
});

describe('a function that fails', () => {
  test('for ever: its partitions are blocked after 61 deliveries, and nothing of them is committed', async () => {
    const run = await begin({ handler: "export const handler = async () => { throw new Error('never'); };" });

    const end = await run.source.untilResolved();

    expect(end).toBe('blocked');
    expect(run.blocked).toEqual([['0@0', '0@1', '0@2']]);
    expect(run.delivered).toHaveLength(61);
    expect(await run.committed).toEqual([[0, 0]]);
  });

  test('that cannot be loaded is tried again with a new worker, and every failure says why', async () => {
    const run = await begin({ handler: "throw new Error('no table');", mapping: { maximumRetryAttempts: 1 } });

    const end = await run.source.untilResolved();

    expect(end).toBe('resolved');
    expect(run.results).toMatchObject([
      { kind: 'init-error', errorMessage: 'no table' },
      { kind: 'init-error', errorMessage: 'no table' },
    ]);
    expect(run.workers).toEqual(['poller-1/1', 'poller-1/2']);
    expect(run.ended.map(({ worker }) => worker)).toEqual(['poller-1/1', 'poller-1/2']);
    expect(run.discarded).toEqual([['0@0', '0@1', '0@2']]);
  });

  test('in part: only the listed record comes again', async () => {
    const run = await begin({
      handler: `let invocations = 0;
        export const handler = async () => {
          invocations += 1;
          return { batchItemFailures: invocations === 1 ? [{ itemIdentifier: { partition: 'orders-0', offset: 1 } }] : [] };
        };`,
    });

    await run.source.untilResolved();

    expect(run.delivered).toEqual([['0@0', '0@1', '0@2'], ['0@1']]);
    expect(run.results.map(({ kind }) => kind)).toEqual(['response', 'response']);
  });
});

describe('a worker that dies', () => {
  test('kill -9 in the middle of a batch: a new worker gets the whole batch again', async () => {
    const mark = markFile();
    const run = await begin({
      handler: `import { appendFileSync, existsSync } from 'node:fs';
        export const handler = async (event) => {
          const first = !existsSync('${mark}');
          appendFileSync('${mark}', JSON.stringify(${names('event')}) + '\\n');
          if (first) await new Promise((resolve) => setTimeout(resolve, 60_000));
        };`,
      lambda: { timeoutMs: 60_000 },
    });
    await until(() => existsSync(mark), 'the batch is at work');
    const pid = run.sandboxes.worker('poller-1/1')?.pid ?? 0;

    process.kill(pid, 'SIGKILL');
    const end = await run.source.untilResolved();

    expect(end).toBe('resolved');
    expect(readFileSync(mark, 'utf8').trim().split('\n')).toEqual(['["0@0","0@1","0@2"]', '["0@0","0@1","0@2"]']);
    expect(run.results).toMatchObject([{ kind: 'crash', signal: 'SIGKILL' }, { kind: 'response' }]);
    expect(run.ended).toEqual([{ worker: 'poller-1/1', kind: 'crash' }]);
    expect(run.sandboxes.worker('poller-1/1')).toBeUndefined();
    expect(run.sandboxes.worker('poller-1/2')?.alive).toBe(true);
  });

  test('by itself: process.exit in a batch is a crash, and the batch comes again', async () => {
    const mark = markFile();
    const run = await begin({
      handler: `import { existsSync, writeFileSync } from 'node:fs';
        export const handler = async () => {
          if (existsSync('${mark}')) return;
          writeFileSync('${mark}', '');
          process.exit(3);
        };`,
    });

    await run.source.untilResolved();

    expect(run.results).toMatchObject([{ kind: 'crash', exitCode: 3 }, { kind: 'response' }]);
    expect(run.delivered).toHaveLength(2);
  });

  test('between two batches: the next one gets a new worker', async () => {
    const run = await begin({ handler: 'export const handler = async () => {};', records: [1] });
    await run.source.untilResolved();

    run.sandboxes.worker('poller-1/1')?.kill();
    await produce(run.broker, [1]);
    const end = await run.source.untilResolved();

    expect(end).toBe('resolved');
    expect(run.workers).toEqual(['poller-1/1', 'poller-1/2']);
    expect(run.ended).toEqual([{ worker: 'poller-1/1', kind: 'crash' }]);
    expect(run.sandboxes.worker('poller-1/1')).toBeUndefined();
    expect(run.delivered).toEqual([['0@0'], ['0@1']]);
  });

  test("a handler that never resolves is killed at the template's Timeout, and its batch comes again", async () => {
    const mark = markFile();
    const run = await begin({
      handler: `import { existsSync, writeFileSync } from 'node:fs';
        export const handler = async () => {
          ${PID}
          if (existsSync('${mark}')) return;
          writeFileSync('${mark}', '');
          process.on('SIGTERM', () => {});
          await new Promise(() => setInterval(() => {}, 1_000));
        };`,
      lambda: { timeoutMs: 400 },
    });

    await run.source.untilResolved();
    await until(() => run.pids.length === 2, 'both workers have printed');

    expect(run.results).toMatchObject([
      { kind: 'timeout', errorMessage: expect.stringContaining('after 0.40 seconds') },
      { kind: 'response' },
    ]);
    expect(run.ended).toEqual([{ worker: 'poller-1/1', kind: 'timeout' }]);
    expect(run.delivered).toEqual([
      ['0@0', '0@1', '0@2'],
      ['0@0', '0@1', '0@2'],
    ]);
    expect(isRunning(run.pids[0] ?? 0)).toBe(false);
  });
});

describe('an answer of the wrong shape is said loudly', () => {
  test.each([
    ['an SQS answer: the batch comes again', `{ batchItemFailures: [{ itemIdentifier: 'm-1' }] }`, 'm-1', 2],
    ['a text: taken for success', `'ok'`, '"ok"', 1],
    ['a wrong name: taken for success', `{ failures: [] }`, 'failures', 1],
  ])('%s', async (_, answer, named, deliveries) => {
    const run = await begin({
      handler: `let invocations = 0; export const handler = async () => (++invocations === 1 ? ${answer} : null);`,
    });

    await run.source.untilResolved();

    expect(run.complaints).toEqual([expect.stringContaining(named)]);
    expect(run.delivered).toHaveLength(deliveries);
  });
});

describe('more pollers', () => {
  test('the mapping starts as many as it has at least, each with a worker of its own', async () => {
    const run = await begin({
      handler: `export const handler = async () => { ${PID} };`,
      records: [2, 2, 2],
      mapping: { pollers: { minimum: 3, maximum: 4 } },
    });

    await run.source.untilResolved();
    await until(() => new Set(run.pids).size === 3, 'three workers have printed');

    expect([...new Set(run.workers)].sort()).toEqual(['poller-1/1', 'poller-2/1', 'poller-3/1']);
  });

  test('one that joins while a batch runs takes its share, and gets the moved partition again', async () => {
    const [mark, go] = [markFile(), markFile()];
    const run = await begin({
      handler: `import { existsSync, writeFileSync } from 'node:fs';
        export const handler = async () => {
          if (process.env.WORKER !== 'poller-1/1') return;
          writeFileSync('${mark}', '');
          while (!existsSync('${go}')) await new Promise((resolve) => setTimeout(resolve, 5));
        };`,
      records: [0, 3],
      lambda: { timeoutMs: 60_000 },
    });
    await until(() => existsSync(mark), 'the batch is at work');

    await run.source.scaleUp();
    await until(() => run.results.length === 1, 'the new owner has answered');
    const committedMeanwhile = await run.committed;
    writeFileSync(go, '');
    const end = await run.source.untilResolved();

    expect(end).toBe('resolved');
    expect(run.delivered).toEqual([
      ['1@0', '1@1', '1@2'],
      ['1@0', '1@1', '1@2'],
    ]);
    expect(committedMeanwhile).toEqual([[1, 3]]);
    expect(run.results).toHaveLength(2);
  });

  test('two that join at once have different names and workers', async () => {
    const run = await begin({ handler: 'export const handler = async () => {};', records: [1, 1, 1] });

    await Promise.all([run.source.scaleUp(), run.source.scaleUp()]);
    await produce(run.broker, [1, 1, 1]);
    await run.source.untilResolved();

    expect(new Set(run.workers).size).toBe(run.workers.length);
    expect(new Set(run.workers.map((worker) => worker.split('/')[0]))).toContain('poller-3');
  });
});

describe('stop()', () => {
  const SLOW = `export const handler = async () => { ${PID} await new Promise((resolve) => setTimeout(resolve, 60_000)); };`;

  test('leaves no process, in the middle of a batch', async () => {
    const run = await begin({ handler: SLOW, lambda: { timeoutMs: 60_000 } });
    await until(() => run.pids.length === 1, 'the batch is at work');

    await run.source.stop();

    expect(isRunning(run.pids[0] ?? 0)).toBe(false);
    expect(await run.committed).toEqual([[0, 0]]);
  });

  test('leaves no process, between two batches', async () => {
    const run = await begin({ handler: `export const handler = async () => { ${PID} };` });
    await run.source.untilResolved();
    await until(() => run.pids.length === 1, 'the worker has printed');

    await run.source.stop();

    expect(isRunning(run.pids[0] ?? 0)).toBe(false);
  });

  test('leaves no process, while a worker is only being started', async () => {
    let give = (_: Record<string, string>) => {};
    let asked = false;
    const run = await begin({
      handler: SLOW,
      lambda: { timeoutMs: 60_000 },
      environmentFor: () => {
        asked = true;
        return new Promise((resolve) => {
          give = resolve;
        });
      },
    });
    await until(() => asked, 'the worker is being prepared');

    const stopped = run.source.stop();
    give({});
    await stopped;

    expect(run.pids.filter(isRunning)).toEqual([]);
    expect(run.sandboxes.worker('poller-1/1')?.alive ?? false).toBe(false);
  });

  test('ends what it has not started: a poller that would join later does not', async () => {
    const run = await begin({ handler: SLOW, records: [0, 0] });

    await run.source.stop();
    await run.source.scaleUp();
    await produce(run.broker, [1, 1]);
    await new Promise((resolve) => setTimeout(resolve, 100));

    expect(run.delivered).toEqual([]);
  });

  test('can be called twice', async () => {
    const run = await begin({ handler: SLOW, records: [0] });

    await run.source.stop();

    await expect(run.source.stop()).resolves.toBeUndefined();
  });
});

describe('what is not built is refused at the start, by its place in the template', () => {
  test.each<[string, Partial<KafkaMapping>]>([
    ['Resources.OrdersMapping.Properties.Enabled', { enabled: false }],
    [
      'Resources.OrdersMapping.Properties.SchemaRegistryConfig',
      { schemaRegistry: { uri: 'https://registry.example', eventRecordFormat: 'JSON', attributes: ['VALUE'] } },
    ],
  ])('%s', async (place, mapping) => {
    const handler = 'export const handler = async () => {};';

    await expect(begin({ handler, mapping })).rejects.toMatchObject({
      code: 'MSK_ONCE_TEMPLATE_UNSUPPORTED',
      message: expect.stringContaining(place),
    });
  });
});

test('an environment that cannot be made ends the run with its error', async () => {
  const run = await begin({
    handler: 'export const handler = async () => {};',
    environmentFor: () => Promise.reject(new Error('no endpoint')),
  });

  await expect(run.source.untilResolved()).rejects.toThrow('no endpoint');
});

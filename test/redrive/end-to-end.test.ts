/** `msk-once redrive` on letters that a deployed function wrote: its bundle, real processes, effects seen from outside. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { redrive } from '../../bin/commands/redrive';
import type { RedriveReport } from '../../bin/redrive/report';
import type { KafkaEventRecord } from '../../contract/event';
import { PROJECT } from '../support/project';
import { type Deployment, deploy, eventOf, order } from './deployment';

jest.setTimeout(60_000);

const REPORT = join(tmpdir(), `msk-once-redrive-${process.pid}.json`);
const before = { ...process.env };

let w: Deployment;
let lambda: string;

beforeAll(async () => {
  w = await deploy();
});

afterAll(async () => {
  process.env = before;
  rmSync(REPORT, { force: true });
  await w.stop();
});

async function serveWith(deadLetters: string): Promise<void> {
  lambda = await w.serve(deadLetters);
  Object.assign(process.env, w.env, { AWS_ENDPOINT_URL_LAMBDA: lambda });
}

/** The function gives these records up: their letters are written, and they are parked. */
async function giveUp(orders: readonly KafkaEventRecord[]): Promise<void> {
  for (const { value } of orders) w.effects.refused.add(idIn(value));
  const path = `/2015-03-31/functions/${encodeURIComponent(w.functionName)}/invocations`;
  const answer = await fetch(`${lambda}${path}`, { method: 'POST', body: JSON.stringify(eventOf(orders)) });
  expect(await answer.json()).toEqual({ batchItemFailures: [] });
  w.effects.refused.clear();
}

const idIn = (value: string | null | undefined) => JSON.parse(Buffer.from(value ?? '', 'base64').toString()).id;

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly report: RedriveReport;
}

async function run(from: string, ...argv: string[]): Promise<Ended> {
  let out = '';
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text;
    return true;
  });
  const silent = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    const code = await redrive(['--from', from, '--function', w.functionName, '--json', REPORT, ...argv]);
    return { code, out, report: JSON.parse(readFileSync(REPORT, 'utf8')) };
  } finally {
    write.mockRestore();
    silent.mockRestore();
  }
}

/** In a process of its own, to be killed. */
function start(from: string, ...argv: string[]): ChildProcess {
  const loader = join(PROJECT, 'node_modules', 'tsx', 'dist', 'loader.mjs');
  const words = ['redrive', '--from', from, '--function', w.functionName, '--apply', ...argv];
  return spawn(process.execPath, ['--import', loader, join(PROJECT, 'bin', 'cli.ts'), ...words], {
    // Jest has a copy of its own.
    env: { ...process.env },
    stdio: 'ignore',
  });
}

const countsOf = (...ids: string[]) => ids.map((id) => w.effects.counts.get(id) ?? 0);

describe('a queue', () => {
  beforeAll(() => serveWith(`sqs:${w.queueUrl},s3://letters/large`));

  test('P6: a dry run says what there is and changes nothing; --apply lets each effect happen once and leaves no letter', async () => {
    const large = order(3, 'large', 'x'.repeat(900_000));
    await giveUp([order(0, 'a'), order(1, 'b'), order(2, 'c'), large]);
    w.queue.send({ body: w.queue.bodies[0] as string });
    w.queue.send({ body: '{"not":"ours"}' });
    const [items, bodies] = [await w.items(), w.queue.bodies];

    const dry = await run(w.queueUrl, '--filter', 'partition=0');

    expect(dry.code).toBe(0);
    expect(dry.report).toMatchObject({
      applied: false,
      letters: 4,
      copies: 5,
      matching: 2,
      byTopic: { orders: 4 },
      byError: { PermanentError: 4 },
      unreadable: [{ reason: expect.stringContaining('MSK_ONCE_LETTER_UNREADABLE') }],
      invocations: 0,
    });
    expect(w.queue.counts).toEqual({ visible: 6, inFlight: 0 });
    expect([await w.items(), w.queue.bodies]).toEqual([items, bodies]);
    expect(w.bucket.list()).toHaveLength(1);
    expect(countsOf('a', 'b', 'c', 'large')).toEqual([0, 0, 0, 0]);

    const applied = await run(w.queueUrl, '--apply');

    // What is somebody else's stays, and is told.
    expect(applied.code).toBe(1);
    expect(applied.report).toMatchObject({ outcomes: { done: 4 }, deletedCopies: 5, left: [], notDeleted: [] });
    expect(countsOf('a', 'b', 'c', 'large')).toEqual([1, 1, 1, 1]);
    expect(w.queue.bodies).toEqual(['{"not":"ours"}']);
    expect(w.queue.counts).toEqual({ visible: 1, inFlight: 0 });
    expect(w.bucket.list()).toEqual([]);
    for (const message of await take()) w.queue.delete(message.receiptHandle);
  });

  const take = () => w.queue.receive(10, 1_000, 0);

  test('P6: a record that fails again keeps its letter and its history, and goes with the next run', async () => {
    await giveUp([order(10, 'again'), order(11, 'well')]);
    w.effects.refused.add('again');

    const { code, report, out } = await run(w.queueUrl, '--apply');

    expect(code).toBe(1);
    expect(report).toMatchObject({
      outcomes: { done: 1, parked: 1 },
      left: [{ outcome: 'parked', error: { message: 'the order again was refused' } }],
    });
    expect(out).toContain('1 done now, 1 failed again');
    const [body = ''] = w.queue.bodies;
    expect([w.queue.bodies.length, JSON.parse(body).record.offset]).toEqual([1, 10]);
    expect(w.queue.counts.visible).toBe(1);
    const parked = (await w.items()).find((item) => JSON.stringify(item).includes('#orders#0#10'));
    expect(parked).toMatchObject({ outcome: { S: 'parked' }, attempts: { N: '2' } });

    w.effects.refused.clear();
    expect((await run(w.queueUrl, '--apply')).code).toBe(0);
    expect(countsOf('again', 'well')).toEqual([1, 1]);
    expect(w.queue.bodies).toEqual([]);
  });

  test('P6: Ctrl-C ends it behind the invocation under way, and what is left is there again at once', async () => {
    const ids = ['stopped-0', 'stopped-1', 'stopped-2', 'stopped-3'];
    await giveUp(ids.map((id, index) => order(50 + index, id)));
    w.effects.onEffect = () => {
      w.effects.onEffect = () => {};
      process.emit('SIGINT', 'SIGINT');
    };

    const interrupted = await run(w.queueUrl, '--apply', '--rate', '2');

    expect(interrupted.code).toBe(5);
    expect(interrupted.report).toMatchObject({ end: 'interrupted', outcomes: { done: 2 }, notAsked: 2 });
    expect(w.queue.counts).toEqual({ visible: 2, inFlight: 0 });
    expect((await run(w.queueUrl, '--apply')).code).toBe(0);
    expect(countsOf(...ids)).toEqual([1, 1, 1, 1]);
  });

  test('P6: kill -9 in the middle, and the next run goes on: each effect once, and no letter is left', async () => {
    const ids = Array.from({ length: 6 }, (_, index) => `killed-${index}`);
    await giveUp(ids.map((id, index) => order(20 + index, id)));
    // At 2 records in a second an invocation holds 2.
    let release = () => {};
    const gate = new Promise<void>((open) => {
      release = open;
    });
    const reached = new Promise<void>((resolve) => {
      w.effects.onEffect = () => {
        if (countsOf(...ids).reduce((sum, count) => sum + count, 0) < 4) return undefined;
        resolve();
        return gate;
      };
    });

    const killed = start(w.queueUrl, '--rate', '2');
    await reached;
    const left = w.queue.bodies.length;
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    release();
    // What it had hidden comes back.
    w.time.pass(61_000);
    const { code, report } = await run(w.queueUrl, '--apply');

    expect(left).toBe(4);
    expect(code).toBe(0);
    expect(report.letters).toBe(4);
    expect(report.outcomes.done + report.outcomes.duplicate).toBe(4);
    expect(countsOf(...ids)).toEqual([1, 1, 1, 1, 1, 1]);
    expect([w.queue.bodies, w.queue.counts]).toEqual([[], { visible: 0, inFlight: 0 }]);
  });
});

test('P6: letters in a bucket are redriven and deleted the same way', async () => {
  await serveWith('s3://letters/dead');
  await giveUp([order(30, 'x'), order(31, 'y'), order(32, 'z')]);
  w.bucket.put('dead/notes.txt', Buffer.from('hello'), 'text/plain', false);
  const keys = () => w.bucket.list().map(({ key }) => key);
  const there = keys();

  const dry = await run('s3://letters/dead');
  expect([dry.code, dry.report.letters, keys()]).toEqual([0, 3, there]);
  expect(countsOf('x', 'y', 'z')).toEqual([0, 0, 0]);

  const applied = await run('s3://letters/dead', '--apply', '--filter', 'offset=30..31');
  expect([applied.code, applied.report.outcomes.done]).toEqual([1, 2]);
  expect(countsOf('x', 'y', 'z')).toEqual([1, 1, 0]);
  expect(keys()).toEqual(['dead/notes.txt', expect.stringMatching(/32\.json$/)]);
});

test('a function that does not redrive is told before any of its letters, with exit code 3', async () => {
  await giveUp([order(40, 'kept')]);
  process.env.AWS_ENDPOINT_URL_LAMBDA = await w.serveOther(
    'exports.handler = async () => ({ batchItemFailures: [] });',
  );
  const keys = w.bucket.list().length;

  const { code, report } = await run('s3://letters/dead', '--apply');

  expect([code, report.outcomes.done, report.invocations, w.bucket.list().length]).toEqual([3, 0, 0, keys]);
  expect(report.error).toContain('MSK_ONCE_REDRIVE_IMPOSSIBLE');
});

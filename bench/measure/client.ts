import { subscribe } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { Session } from 'node:inspector/promises';
import { pathToFileURL } from 'node:url';
import type { BatchResponse, InvocationContext, KafkaEvent } from '../../contract/event';
import { STUB_PATHS, type StubCounts } from '../stub/server';
import { Events, withoutTail } from './events';
import type { BatchResult, ClientAnswer, ClientPlan, ClientResult, Run } from './plan';

type Call = (event: KafkaEvent, context: InvocationContext) => Promise<BatchResponse | undefined>;

const BUDGET_MS = 14 * 60_000;
/** One of so many records of a redelivered batch is new. */
const NEW_ONE_OF = 100;
const WARM_UP_RECORDS = [100, 1_000];

let requests = 0;
subscribe('http.client.request.start', () => {
  requests += 1;
});

/** A fresh process that measures one function: it plays the Lambda runtime. */
class Client {
  readonly #events = new Events(`order-${process.pid}`);
  #exports: Record<string, unknown> = {};

  constructor(readonly plan: ClientPlan) {}

  async run(): Promise<ClientResult> {
    const load = await measured(async () => {
      this.#exports = await import(pathToFileURL(this.plan.bundle).href);
    });
    const { calls = ['handler'] } = this.plan;
    for (const call of calls) await this.#warmUp(this.#call(call));
    if (this.plan.profile !== undefined) return { batches: [await this.#profile(this.plan.profile)], load };
    const batches: BatchResult[] = [];
    for (const { records, runs } of this.plan.batches) {
      for (const call of calls) {
        const results: Run[] = [];
        for (let run = 0; run < runs; run += 1) results.push(await this.#measure(this.#call(call), records));
        const peakRssMb = process.resourceUsage().maxRSS / 1_024;
        batches.push({ call, records, runs: results, peakRssMb });
      }
    }
    return { batches, load };
  }

  /** Of the first size alone, and with nothing between the batches that would stand in the profile. */
  async #profile(file: string): Promise<BatchResult> {
    const { batches, calls: [call = 'handler'] = [] } = this.plan;
    const [{ records, runs }] = batches as [ClientPlan['batches'][number]];
    const events = Array.from({ length: runs }, () => this.#events.next(records));
    const results: Run[] = [];
    const stop = await startProfile(file);
    for (const event of events) results.push(await measured(() => invoke(this.#call(call), event)));
    await stop();
    return { call, records, runs: results, peakRssMb: process.resourceUsage().maxRSS / 1_024 };
  }

  #call(name: string): Call {
    return this.#exports[name] as Call;
  }

  async #warmUp(call: Call): Promise<void> {
    const untilMs = performance.now() + this.plan.warmUpMs;
    for (let turn = 0; performance.now() < untilMs; turn += 1) {
      await invoke(call, this.#events.next(WARM_UP_RECORDS[turn % WARM_UP_RECORDS.length] as number));
    }
  }

  async #measure(call: Call, records: number): Promise<Run> {
    const event = this.#events.next(records);
    if (this.plan.redelivered) {
      const done = withoutTail(event, Math.max(1, Math.round(records / NEW_ONE_OF)));
      const { remember } = this.#exports as { remember?: (event: KafkaEvent) => Promise<void> };
      await (remember === undefined ? invoke(call, done) : remember(done));
    }
    const { stub } = this.plan;
    if (stub !== undefined) await ask(stub, STUB_PATHS.resetCounts);
    sweep();
    const run = await measured(() => invoke(call, event));
    if (stub === undefined) return run;
    const counts = await ask(stub, STUB_PATHS.counts);
    if (counts.requests !== run.requests) {
      throw new Error(`the client sent ${run.requests} requests, and the stub saw ${counts.requests}`);
    }
    return { ...run, counts };
  }
}

/**
 * What making the event has left behind is not the function's to sweep up. Of the young objects alone: a full collection
 * throws away compiled code, and what comes behind it is measured cold.
 */
function sweep(): void {
  (globalThis as { gc?: (options: { type: 'minor' }) => void }).gc?.({ type: 'minor' });
}

async function measured(work: () => Promise<void>): Promise<Run> {
  const before = { requests, cpu: process.cpuUsage(), wallMs: performance.now() };
  await work();
  const wallMs = performance.now() - before.wallMs;
  const { user, system } = process.cpuUsage(before.cpu);
  return { wallMs, cpuMs: (user + system) / 1_000, requests: requests - before.requests };
}

async function invoke(call: Call, event: KafkaEvent): Promise<void> {
  const endsAtMs = Date.now() + BUDGET_MS;
  const answer = await call(event, {
    invokedFunctionArn: process.env.BENCH_FUNCTION_ARN ?? '',
    awsRequestId: '00000000-0000-4000-8000-000000000000',
    getRemainingTimeInMillis: () => endsAtMs - Date.now(),
  });
  const open = answer?.batchItemFailures.length;
  if (open !== undefined && open > 0) throw new Error(`${open} records stayed open`);
}

function ask(stub: string, path: string): Promise<StubCounts> {
  return new Promise((resolve, reject) => {
    get(`${stub}${path}`, { agent: false }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => {
        text += String(chunk);
      });
      answer.on('end', () => resolve(JSON.parse(text)));
    }).on('error', reject);
  });
}

const SAMPLING_MICROSECONDS = 200;

async function startProfile(file: string): Promise<() => Promise<void>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: SAMPLING_MICROSECONDS });
  await session.post('Profiler.start');
  return async () => {
    const { profile } = await session.post('Profiler.stop');
    writeFileSync(file, JSON.stringify(profile));
  };
}

process.once('message', (plan: ClientPlan) => {
  const tell = (answer: ClientAnswer) => process.send?.(answer, () => process.exit(0));
  new Client(plan).run().then(
    (result) => tell({ result }),
    (error: unknown) => tell({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
// The benchmark was interrupted.
process.on('disconnect', () => process.exit(1));

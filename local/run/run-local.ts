import { setTimeout as delay } from 'node:timers/promises';
import { parseFault } from '../faults/fault-text';
import { type ApplicationOptions, readApplication, readsFromLatest } from './application';
import { checkRunOptions } from './check-run-options';
import { chosen } from './chosen';
import { type LocalRecord, readGivenRecord } from './given-record';
import type { InputRecord } from './input-record';
import { LocalRun } from './local-run';
import type { LocalReport } from './report';
import { surroundingsOf } from './surroundings';

/** Node.js takes a longer time for 1 ms. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

export interface RunLocalOptions extends ApplicationOptions {
  /** What is on the topics, in this order. */
  readonly records: readonly LocalRecord[];
  /** Of each topic. @default 4 */
  readonly partitions?: number;
  /** Variables for the functions, stronger than the template's. @default none */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * URL of a DynamoDB, in which a test can look for effects afterwards: that of {@link startDynamoDb}, or of DynamoDB
   * Local. @default one in this process, which ends with the run
   */
  readonly dynamodb?: string;
  /** URL of a stand-in for SQS. @default one in this process, whose dead letters stand in the report */
  readonly sqs?: string;
  /** URL of a stand-in for S3. @default as `sqs` */
  readonly s3?: string;
  /** What the service does where its documentation is silent. @default the least favourable behaviour */
  readonly choices?: Readonly<Record<string, string>>;
  /** What goes wrong, such as `kill-after@1`; `msk-once local --fault help` lists them. @default nothing */
  readonly faults?: readonly string[];
  /** Fixes everything that is left to chance. @default 1 */
  readonly seed?: number;
  /** What is not resolved by then stays `open`, and the report is not `ok`. @default 300,000 */
  readonly timeoutMs?: number;
  /** Takes each line that a function prints; what it throws ends the run. @default nobody */
  readonly onOutput?: (line: string, worker: string) => void;
}

/**
 * Runs the functions behind the Kafka mappings of a synthesized template over some records, as `msk-once local --once`
 * does, until each record is resolved or its partition is blocked. Workers are processes of their own, and nothing is
 * ever sent to AWS.
 *
 * Rejects with a LocalError where a template, a record or an option cannot be read, or a function cannot be loaded.
 */
export async function runLocal(options: RunLocalOptions): Promise<LocalReport> {
  // JavaScript may leave them out.
  checkRunOptions(options ?? {});
  const { partitions = 4, environment = {}, seed = 1, timeoutMs = 300_000, onOutput } = options;
  const choices = chosen(options.choices ?? {});
  const faults = (options.faults ?? []).map(parseFault);
  const records = options.records.map(readGivenRecord);
  const application = readApplication(options);
  const { dynamodb, sqs, s3 } = options;
  const around = await surroundingsOf({ partitions, environment, dynamodb, sqs, s3 });
  try {
    const listener = listenerOf(onOutput);
    const run = new LocalRun({
      ...around,
      application: { ...application, mappings: application.mappings.map(around.adapted) },
      seed,
      choices,
      faults,
      keepsRecords: true,
      bearsLoadErrors: false,
      onEvent: (event) => event.type === 'output' && listener.take(event.line, event.worker),
    });
    const over = new AbortController();
    try {
      await around.prepare(application.mappings);
      const timeMs = Math.min(timeoutMs, LONGEST_DELAY_MS);
      const late = delay(timeMs, undefined, { signal: over.signal }).catch(() => undefined);
      await Promise.race([resolved(run, records, readsFromLatest(application)), late, listener.failed]);
    } finally {
      over.abort();
      await run.stop();
    }
    listener.check();
    return await run.report(true);
  } finally {
    await around.close();
  }
}

/** What a listener throws would end the process, as it is called by a stream. */
function listenerOf(onOutput: RunLocalOptions['onOutput']) {
  const errors: unknown[] = [];
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  // The last lines come when nobody waits any more: check() tells of those.
  failed.catch(() => undefined);
  const take = (line: string, worker: string) => {
    try {
      onOutput?.(line, worker);
    } catch (error) {
      errors.push(error);
      fail(error);
    }
  };
  const check = () => {
    if (errors.length > 0) throw errors[0];
  };
  return { take, failed, check };
}

async function resolved(run: LocalRun, records: readonly InputRecord[], isStartedFirst: boolean): Promise<void> {
  await run.check(inOrder(records));
  if (!isStartedFirst) await run.produce(inOrder(records));
  await run.start();
  if (isStartedFirst) await run.produce(inOrder(records));
  await run.untilResolved();
}

async function* inOrder(records: readonly InputRecord[]): AsyncGenerator<InputRecord> {
  yield* records;
}

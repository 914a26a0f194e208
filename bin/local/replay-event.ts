import { readFileSync } from 'node:fs';
import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../../local/errors';
import { type Reading, readResult } from '../../local/event-source/response';
import { readApplication } from '../../local/run/application';
import { type CapturedEvent, readCapturedEvent } from '../../local/run/captured-event';
import type { Application } from '../../local/run/local-run';
import { remedyOf } from '../../local/run/remedy';
import { otherRuntimes } from '../../local/run/runtime-note';
import { surroundingsOf } from '../../local/run/surroundings';
import { createMissingTables } from '../../local/run/tables';
import type { KafkaMapping } from '../../local/template/kafka-mapping';
import type { InvocationResult } from '../../local/worker/invocation-result';
import { startWorker } from '../../local/worker/worker';
import type { LocalArguments } from './arguments';
import { counted } from './counted';
import { requireFreePort } from './debugger-port';
import type { Interruption } from './interruption';
import type { View } from './view';

/** Invokes the function once with a captured event, and says what the service would make of its answer. */
export async function replayEvent(
  file: string,
  given: LocalArguments,
  view: View,
  interrupted: Interruption,
): Promise<number> {
  const captured = readCapturedEvent(readFileSync(file, 'utf8'), file);
  const application = readApplication(given);
  const chosen = mappingOf(application, captured);
  if (given.inspectPort !== undefined) await requireFreePort(given.inspectPort);
  for (const text of otherRuntimes([chosen])) view.event({ type: 'note', text });
  const { adapted, database, stores, env, close } = await surroundingsOf(given);
  try {
    await createMissingTables(database, application.tables);
    await stores.prepare(application);
    const mapping = adapted(chosen);
    const environment = { ...env, AWS_ENDPOINT_URL_DYNAMODB: database.endpoint };
    const result = await invoke(mapping, captured, environment, { given, view, interrupted });
    return interrupted.exitCode ?? judge(mapping, captured, result, view);
  } finally {
    await close();
  }
}

interface Circumstances {
  readonly given: LocalArguments;
  readonly view: View;
  readonly interrupted: Interruption;
}

async function invoke(
  mapping: KafkaMapping,
  { event }: CapturedEvent,
  environment: Readonly<Record<string, string>>,
  { given: { inspectPort }, view, interrupted: { signal } }: Circumstances,
): Promise<InvocationResult> {
  signal.throwIfAborted();
  const worker = startWorker({
    function: mapping.function,
    environment,
    onOutput: (line) => view.event({ type: 'output', worker: mapping.function.name, line }),
    ...(inspectPort !== undefined && { inspect: { port: inspectPort, waitForDebugger: true } }),
  });
  signal.addEventListener('abort', () => worker.kill(), { once: true });
  try {
    return await worker.invoke(event, { invokedFunctionArn: mapping.invokedFunctionArn });
  } finally {
    worker.kill();
    await worker.exited;
  }
}

function judge(mapping: KafkaMapping, { records }: CapturedEvent, result: InvocationResult, view: View): number {
  const { logicalId, function: lambda } = mapping;
  const { verdict, complaints } = readResult(result, records, mapping.reportBatchItemFailures);
  const answer =
    result.kind === 'response'
      ? JSON.stringify(result.payload)
      : `${result.errorType}: ${result.errorMessage} (${lambda.handler} in ${lambda.assetPath})`;
  view.say(`${lambda.name} ended after ${Math.round(result.durationMs)} ms: ${answer}`);
  for (const { kind, row, text } of complaints) {
    const remedy = kind === 'error' ? remedyOf(row) : '';
    view.event({ type: 'complaint', mapping: logicalId, kind, text: `${text} ${remedy}`.trim() });
  }
  view.say(wordsOf(verdict, records.length));
  const hasErrors = complaints.some(({ kind }) => kind === 'error');
  return verdict.kind === 'success' && !hasErrors ? EXIT.ok : EXIT.failed;
}

function mappingOf({ mappings }: Application, { topic }: CapturedEvent): KafkaMapping {
  const found = mappings.filter((mapping) => mapping.topic === topic);
  const [first] = found.length > 0 ? found : mappings;
  if (first && (found.length === 1 || mappings.length === 1)) return first;
  throw new LocalError(
    ERROR_CODES.usage,
    `The event is of the topic ${topic}; mappings of it: ${namesOf(found)}, of ${namesOf(mappings)}. Name one with --mapping.`,
    EXIT.usage,
  );
}

const namesOf = (mappings: readonly KafkaMapping[]) => mappings.map(({ logicalId }) => logicalId).join(', ') || 'none';

function wordsOf(verdict: Reading['verdict'], records: number): string {
  switch (verdict.kind) {
    case 'success':
      return `The service takes ${records === 1 ? 'the record' : `all ${records} records`} for done.`;
    case 'failed':
      return `The service delivers ${records === 1 ? 'the record' : `all ${records} records`} again.`;
    case 'partial': {
      const failed = [...verdict.failed].flatMap(([partition, offsets]) =>
        [...offsets].map((offset) => `${partition}@${offset}`),
      );
      return `The service delivers ${counted(failed.length, 'record')} again: ${failed.join(', ')}.`;
    }
  }
}

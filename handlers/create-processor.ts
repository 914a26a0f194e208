import type { Mappings } from '../contract/environment';
import type { BatchResponse, InvocationContext } from '../contract/event';
import { answerFor, type Outcome } from './core/answer';
import { Deadline, MINIMUM_RESERVE_MS } from './core/deadline';
import { type Caller, callerOf } from './core/mapping';
import { Invocation } from './engine/invocation';
import { prepare } from './engine/prepare';
import { RecordState } from './engine/record-state';
import { contextMissing, isOnceError, validationUnsettled } from './errors';
import type { Log } from './observe/log';
import type { Settings } from './options';
import type { Ports } from './ports';
import { type PartitionArray, parseEvent } from './record/parse-event';

/** A plain Lambda handler for events of a Kafka event source mapping. */
export type Handler = (event: unknown, context: InvocationContext) => Promise<BatchResponse | undefined>;

/** The runtime without its surroundings: everything outside comes in as a port. */
export function createProcessor<T>(settings: Settings<T>, mappings: Mappings, ports: Ports): Handler {
  return async (event, context) => {
    const remainingMs = remainingTime(context);
    const deadline = new Deadline(ports.clock.now(), remainingMs, settings.abortGraceMs);
    const caller = callerOf(context.invokedFunctionArn, mappings);
    const arrays = parseEvent(event);
    const states = await beforeDeadline(
      Promise.all(
        arrays.flatMap(({ records }) =>
          records.map(async (record) => new RecordState(record, await prepare(record, caller.consumer, settings))),
        ),
      ),
      deadline,
      ports,
    );
    await new Invocation(states, settings, ports, deadline).run();
    report(ports.log, caller, states);
    const answer = answerFor(outcomes(arrays, states), caller.mode);
    if (answer.kind === 'throw') throw answer.error;
    return answer.response;
  };
}

/** Validation is user code too, and it has no signal: what is still running at the deadline ends the process (A5). */
async function beforeDeadline<Result>(work: Promise<Result>, deadline: Deadline, ports: Ports): Promise<Result> {
  const timer = new AbortController();
  const leftMs = Math.max(0, deadline.endsAtMs - MINIMUM_RESERVE_MS - ports.clock.now());
  const result = await Promise.race([work, ports.sleep(leftMs, timer.signal).then(() => TOO_LATE)]);
  timer.abort();
  if (result !== TOO_LATE) return result as Result;
  const error = validationUnsettled({});
  ports.log.error(error.message, { code: error.code });
  return ports.exit(1);
}

const TOO_LATE = Symbol('too late');

function remainingTime(context: InvocationContext | undefined): number {
  if (typeof context?.invokedFunctionArn !== 'string') {
    throw contextMissing({ field: 'invokedFunctionArn', received: context?.invokedFunctionArn });
  }
  if (typeof context.getRemainingTimeInMillis !== 'function') {
    throw contextMissing({ field: 'getRemainingTimeInMillis', received: context.getRemainingTimeInMillis });
  }
  const remainingMs: unknown = context.getRemainingTimeInMillis();
  if (typeof remainingMs !== 'number' || !Number.isFinite(remainingMs)) {
    throw contextMissing({ field: 'getRemainingTimeInMillis()', received: remainingMs });
  }
  return remainingMs;
}

function outcomes<T>(arrays: readonly PartitionArray[], states: readonly RecordState<T>[]) {
  let next = 0;
  return arrays.map(({ name, records }) => ({
    name,
    records: records.map(({ offset }) => ({ offset, outcome: states[next++]?.outcome ?? ('open' as const) })),
  }));
}

const NAMED = 20;

/** One line for the invocation, and one for each of the first records that are open for a reason of their own. */
function report<T>(log: Log, caller: Caller, states: readonly RecordState<T>[]): void {
  const count = (outcome: Outcome) => states.filter((state) => state.outcome === outcome).length;
  for (const state of states.filter(({ error }) => error !== undefined).slice(0, NAMED)) {
    log.error(`${state.name} stays open`, { mapping: caller.mapping, ...errorFields(state.error) });
  }
  log.info('invocation', {
    mapping: caller.mapping,
    mode: caller.mode,
    records: states.length,
    done: count('done'),
    duplicate: count('duplicate'),
    parked: count('parked'),
    open: count('open'),
  });
}

function errorFields(error: unknown): Record<string, unknown> {
  if (isOnceError(error)) return { code: error.code, reason: error.message };
  return error instanceof Error
    ? { error: error.name, reason: error.message, stack: error.stack }
    : { error: typeof error, reason: String(error) };
}

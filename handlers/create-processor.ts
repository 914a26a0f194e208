import type { Mappings } from '../contract/environment';
import type { BatchResponse, InvocationContext } from '../contract/event';
import { type ArrayOutcomes, answerFor, type Outcome } from './core/answer';
import { Deadline } from './core/deadline';
import { type Caller, callerOf } from './core/mapping';
import { Invocation } from './engine/invocation';
import type { EventArray, Memory, Noticed } from './engine/memory';
import { RecordState } from './engine/record-state';
import { Scope } from './engine/scope';
import { contextMissing, isOnceError } from './errors';
import type { Log } from './observe/log';
import type { Remember, Settings } from './options';
import type { Ports } from './ports';
import { parseEvent } from './record/parse-event';
import { IdentityMemory } from './remember/identity-memory';
import { LedgerMemory } from './remember/ledger-memory';
import { TransactionMemory } from './remember/transaction-memory';

/** A plain Lambda handler for events of a Kafka event source mapping. */
export type Handler = (event: unknown, context: InvocationContext) => Promise<BatchResponse | undefined>;

/** The three ways of remembering what is done (protocol section 1). */
const MEMORIES: Readonly<Record<Remember, new <T>(arrays: readonly EventArray<T>[], scope: Scope<T>) => Memory<T>>> = {
  ledger: LedgerMemory,
  identity: IdentityMemory,
  transaction: TransactionMemory,
};

/** The runtime without its surroundings: everything outside comes in as a port. */
export function createProcessor<T>(settings: Settings<T>, mappings: Mappings, ports: Ports): Handler {
  return async (event, context) => {
    const remainingMs = remainingTime(context);
    const deadline = new Deadline(ports.clock.now(), remainingMs, settings.abortGraceMs);
    const caller = callerOf(context.invokedFunctionArn, mappings);
    const arrays = parseEvent(event);
    const held = arrays.map(({ name, records }): EventArray<T> => {
      return { name, states: records.map((record) => new RecordState<T>(record)) };
    });
    const scope = new Scope(settings, caller, ports, deadline);
    const memory = new MEMORIES[settings.remember](held, scope);
    await new Invocation(held, scope, memory).run();
    report(ports.log, caller, held, memory.noticed);
    const answer = answerFor(held.map(outcomesOf), caller.mode);
    if (answer.kind === 'throw') throw answer.error;
    return answer.response;
  };
}

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

function outcomesOf<T>({ name, states }: EventArray<T>): ArrayOutcomes {
  return { name, records: states.map(({ record, outcome }) => ({ offset: record.offset, outcome })) };
}

const NAMED = 20;

/** One line for the invocation, and one for each of the first records that are open for a reason of their own. */
function report<T>(log: Log, caller: Caller, arrays: readonly EventArray<T>[], noticed: Noticed): void {
  const states = arrays.flatMap((array) => array.states);
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
    ...noticed,
  });
}

function errorFields(error: unknown): Record<string, unknown> {
  if (isOnceError(error)) return { code: error.code, reason: error.message };
  return error instanceof Error
    ? { error: error.name, reason: error.message, stack: error.stack }
    : { error: typeof error, reason: String(error) };
}

import type { Mappings } from '../contract/environment';
import type { BatchResponse, InvocationContext } from '../contract/event';
import type { RedriveResponse } from '../contract/redrive';
import { answerFor } from './core/answer';
import { Deadline } from './core/deadline';
import { callerOf } from './core/mapping';
import { Invocation } from './engine/invocation';
import type { EventArray, Memory } from './engine/memory';
import { RecordState } from './engine/record-state';
import { Scope } from './engine/scope';
import { contextMissing } from './errors';
import { NO_METRICS } from './observe/metrics';
import { Observer } from './observe/observer';
import { tell } from './observe/tell';
import { NO_TRACING } from './observe/tracing';
import type { Remember, Settings } from './options';
import type { Ports } from './ports';
import { parseEvent } from './record/parse-event';
import { redriveAnswer } from './redrive/redrive-answer';
import { isRedrive, lettersOf } from './redrive/redrive-event';
import { RedriveMemory } from './redrive/redrive-memory';
import { IdentityMemory } from './remember/identity-memory';
import { LedgerMemory } from './remember/ledger-memory';
import { TransactionMemory } from './remember/transaction-memory';

/**
 * A plain Lambda handler for events of a Kafka event source mapping. To an event that redrives letters, which no mapping
 * sends, it answers with a `RedriveResponse` (contract/redrive.ts).
 */
export type Handler = (event: unknown, context: InvocationContext) => Promise<BatchResponse | undefined>;

/** Of a batch, or of a redrive. */
type Answer = BatchResponse | RedriveResponse | undefined;

/** The three ways of remembering what is done (protocol section 1). */
const MEMORIES: Readonly<Record<Remember, new <T>(arrays: readonly EventArray<T>[], scope: Scope<T>) => Memory<T>>> = {
  ledger: LedgerMemory,
  identity: IdentityMemory,
  transaction: TransactionMemory,
};

/** The runtime without its surroundings: everything outside comes in as a port. */
export function createProcessor<T>(settings: Settings<T>, mappings: Mappings, ports: Ports): Handler {
  const handle = async (event: unknown, context: InvocationContext): Promise<Answer> => {
    const remainingMs = remainingTime(context);
    const startedAtMs = ports.clock.now();
    const deadline = new Deadline(startedAtMs, remainingMs, settings.abortGraceMs);
    const caller = callerOf(context.invokedFunctionArn, mappings);
    const arrays = parseEvent(event);
    const held = arrays.map(({ name, records }): EventArray<T> => {
      return { name, states: records.map((record) => new RecordState<T>(record)) };
    });
    const letters = isRedrive(event) ? lettersOf(event, caller) : undefined;
    const observer = new Observer();
    const scope = new Scope(letters ? outOfOrder(settings) : settings, caller, ports, deadline, observer);
    const memory = letters ? new RedriveMemory(held, scope) : new MEMORIES[settings.remember](held, scope);
    const { tracing = NO_TRACING, metrics = NO_METRICS, log, clock } = ports;
    const traced = { consumer: caller.consumer, records: arrays.map(({ records }) => records) };
    await tracing.invocation(traced, () => new Invocation(held, scope, memory).run());
    const endedAtMs = clock.now();
    tell(log, metrics, {
      caller,
      remember: settings.remember,
      isRedrive: letters !== undefined,
      requestId: context.awsRequestId,
      records: held.flatMap(({ states }) => states),
      observer,
      startedAtMs,
      endedAtMs,
      remainingMs: deadline.endsAtMs - endedAtMs,
    });
    if (letters) return redriveAnswer(letters, caller, held);
    const answer = answerFor(
      held.map(({ name, states }) => ({ name, records: states })),
      caller.mode,
    );
    if (answer.kind === 'throw') throw answer.error;
    return answer.response;
  };
  // Its type is what a mapping gets, which is who calls it; whoever redrives reads JSON.
  return handle as Handler;
}

/** Redriven records are out of order by nature: none of them waits for another one (protocol P6). */
function outOfOrder<T>(settings: Settings<T>): Settings<T> {
  return { ...settings, order: 'none' };
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

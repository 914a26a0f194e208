import type { Outcome } from '../core/answer';
import type { Caller } from '../core/mapping';
import type { RawRecord } from '../record/parse-event';
import { errorFields } from './error-fields';
import type { Log } from './log';
import type { Metrics } from './metrics';
import type { Observer } from './observer';
import { reasonsOf } from './reasons';
import { traceFields } from './trace-context';

/** The message of the one line that every invocation writes. */
const INVOCATION = 'msk-once invocation';

/** Records with a line of their own. */
const NAMED = 20;

export interface ToldRecord {
  readonly record: RawRecord;
  /** `<topic>-<partition>@<offset>`. */
  readonly name: string;
  readonly outcome: Outcome;
  /** Of a redrive: it is not parked, and nothing ran. */
  readonly isAbsent?: boolean;
  /** Why it is open or parked, where that is a reason of its own. */
  readonly error: unknown;
  readonly content: { readonly kind: string; readonly value?: unknown; readonly key?: unknown } | undefined;
}

export interface EndedInvocation {
  readonly caller: Caller;
  readonly remember: string;
  /** Letters were redriven. @default false */
  readonly isRedrive?: boolean;
  readonly requestId: string | undefined;
  readonly records: readonly ToldRecord[];
  readonly observer: Observer;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** Of the invocation, when it ended. */
  readonly remainingMs: number;
}

/**
 * Says what became of an invocation: a line for each of the first records that have an error, one for all, and the
 * metrics. Called once, before the answer is given or the process ended.
 */
export function tell(log: Log, metrics: Metrics, invocation: EndedInvocation): void {
  const { caller, records, observer } = invocation;
  for (const { record, outcome, isAbsent } of records) if (!isAbsent) observer.ended(record.topic, outcome);
  const failed = records.filter(
    ({ outcome, error }) => error !== undefined && (outcome === 'open' || outcome === 'parked'),
  );
  for (const state of failed.slice(0, NAMED)) {
    const message = state.outcome === 'parked' ? `${state.name} is parked` : `${state.name} stays open`;
    const alike = failed.filter(({ error }) => error === state.error);
    log.error(message, { mapping: caller.mapping, ...recordFields(state, alike) });
  }
  log.info(INVOCATION, summaryOf(invocation, reasonsOf(failed.map(({ error }) => error))));
  metrics.publish(observer.metrics(caller.consumer));
}

/**
 * Fields of any line about one record that failed.
 * @param alike every record with the same error: a twin, or a batch in an outage, has that of another one
 */
function recordFields({ record, error }: Failed, alike: readonly Failed[]) {
  const { topic, partition, offset, headers } = record;
  const failed = alike.map(({ record, content }) => ({
    record,
    value: content?.kind === 'ready' ? content.value : undefined,
    key: content?.kind === 'ready' ? content.key : undefined,
  }));
  return { topic, partition, offset, ...traceFields(headers), ...errorFields(error, failed) };
}

type Failed = Pick<ToldRecord, 'record' | 'error' | 'content'>;

function summaryOf(invocation: EndedInvocation, reasons: Readonly<Record<string, number>>) {
  const { caller, remember, isRedrive, requestId, records, observer, startedAtMs, endedAtMs, remainingMs } = invocation;
  return {
    mapping: caller.mapping,
    consumer: caller.consumer,
    mode: caller.mode,
    remember,
    ...(isRedrive && { redrive: true, absent: records.filter(({ isAbsent }) => isAbsent).length }),
    ...(requestId !== undefined && { requestId }),
    topics: [...new Set(records.map(({ record }) => record.topic))],
    records: records.length,
    ...observer.outcomes,
    ...observer.summary,
    reasons,
    durationMs: endedAtMs - startedAtMs,
    remainingMs,
  };
}

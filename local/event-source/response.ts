import type { TopicRecord } from '../broker/broker';
import type { InvocationResult } from '../worker/invocation-result';
import type { Complaint } from './complaint';
import { arrayName } from './event';

export type Verdict =
  | { readonly kind: 'success' }
  /** The whole batch is delivered again. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** The listed offsets failed, by partition. */
  | { readonly kind: 'partial'; readonly failed: ReadonlyMap<number, ReadonlySet<number>> };

export interface Reading {
  readonly verdict: Verdict;
  /** What a person must hear about: the service would say nothing, or fail the batch without a reason. */
  readonly complaints: readonly Complaint[];
}

/** What the service makes of the end of an invocation, by the settings of its mapping. */
export function readResult(
  result: InvocationResult,
  batch: readonly TopicRecord[],
  reportBatchItemFailures: boolean,
): Reading {
  if (result.kind !== 'response') {
    return { verdict: { kind: 'failed', reason: `${result.errorType}: ${result.errorMessage}` }, complaints: [] };
  }
  return reportBatchItemFailures ? readReport(result.payload, batch) : readIgnored(result.payload);
}

/** The mapping does not ask for reports: any return is a success, and the service does not even look at it. */
function readIgnored(payload: unknown): Reading {
  const failures = isObject(payload) ? payload.batchItemFailures : undefined;
  if (!Array.isArray(failures) || failures.length === 0) return SUCCESS;
  return successWithError(
    13,
    `The function reported ${failures.length} failed records, but the mapping does not set ReportBatchItemFailures: the service ignores the report and the records are lost.`,
  );
}

const SUCCESS: Reading = { verdict: { kind: 'success' }, complaints: [] };

const successWithError = (row: number, text: string): Reading => ({
  verdict: SUCCESS.verdict,
  complaints: [{ kind: 'error', row, text }],
});

function readReport(payload: unknown, batch: readonly TopicRecord[]): Reading {
  if (payload === null) return SUCCESS;
  if (!isObject(payload)) {
    return successWithError(
      12,
      `The function returned ${short(payload)} instead of an object with batchItemFailures: as far as is known the service takes that for success, and failed records are lost.`,
    );
  }
  const { batchItemFailures } = payload;
  if (batchItemFailures === undefined) {
    if (Object.keys(payload).length === 0) return SUCCESS;
    return successWithError(
      12,
      `The function returned an object without batchItemFailures (it has ${Object.keys(payload).join(', ')}): as far as is known the service takes that for success, and failed records are lost.`,
    );
  }
  if (batchItemFailures === null) return SUCCESS;
  if (!Array.isArray(batchItemFailures)) {
    return bad(`batchItemFailures is ${short(batchItemFailures)}, not an array`);
  }
  return readFailures(batchItemFailures, batch);
}

function readFailures(entries: readonly unknown[], batch: readonly TopicRecord[]): Reading {
  const delivered = new Set(batch.map(({ topic, partition, offset }) => `${arrayName(topic, partition)}@${offset}`));
  const partitions = new Map(batch.map(({ topic, partition }) => [arrayName(topic, partition), partition]));
  const failed = new Map<number, Set<number>>();
  const repeated: string[] = [];
  for (const entry of entries) {
    const identifier = isObject(entry) ? entry.itemIdentifier : undefined;
    if (!isObject(identifier)) return bad(`the entry ${short(entry)} has no itemIdentifier {partition, offset}`);
    const { partition: name, offset } = identifier;
    const partition = typeof name === 'string' ? partitions.get(name) : undefined;
    if (partition === undefined || typeof offset !== 'number' || !delivered.has(`${String(name)}@${offset}`)) {
      return bad(`the entry ${short(entry)} names no record of this event`);
    }
    const offsets = failed.get(partition) ?? new Set();
    if (offsets.has(offset)) repeated.push(`${String(name)}@${offset}`);
    failed.set(partition, offsets.add(offset));
  }
  if (failed.size === 0) return SUCCESS;
  return { verdict: { kind: 'partial', failed }, complaints: complaintsOf(repeated) };
}

function complaintsOf([first, ...others]: readonly string[]): readonly Complaint[] {
  if (first === undefined) return [];
  const more = others.length === 0 ? '' : `, and ${others.length} more identifiers more than once`;
  return [{ kind: 'warning', row: 11, text: `The report lists ${first} twice${more}; each counts once.` }];
}

function bad(what: string): Reading {
  const reason = `The report cannot be used: ${what}. The service delivers the whole batch again.`;
  return { verdict: { kind: 'failed', reason }, complaints: [{ kind: 'error', row: 10, text: reason }] };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

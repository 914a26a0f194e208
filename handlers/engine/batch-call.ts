import type { ProcessBatch } from '../options';
import type { Hold } from './batch-memory';
import { failuresIn } from './batch-result';
import { OfferedRecord } from './offered-record';
import type { Scope } from './scope';
import { SharedRun } from './shared-run';

/** How a call over several records ended. */
export type CallEnded =
  /** Errors of those that failed, by their index. */
  | { readonly kind: 'answered'; readonly failures: ReadonlyMap<number, unknown>; readonly isAborted: boolean }
  /** Nobody can say which of them took effect. */
  | { readonly kind: 'failed'; readonly error: unknown };

/** Calls `processBatch` over decoded records that are held. Never rejects. */
export async function callTogether<T>(scope: Scope<T>, holds: readonly Hold<T>[], nowMs: number): Promise<CallEnded> {
  const { runs, observer, ports, settings } = scope;
  const states = holds.map(({ state }) => state);
  const shared = SharedRun.of(states, nowMs);
  const records = holds.map((hold, index) => {
    const { state, attempt } = hold;
    const run = shared[index] as SharedRun<T>;
    hold.begun(run);
    observer.started(state.record, nowMs);
    state.isReached = true;
    const { content } = state;
    if (content?.kind !== 'ready') throw new Error(`${state.name} is not decoded: report this bug`);
    return new OfferedRecord(run, content.value, content.key, attempt);
  });
  const [first] = shared as [SharedRun<T>];
  const batch = {
    get signal() {
      return first.signal;
    },
  };
  const work = async () => {
    // A copy: what is listed is found by its index, and a function may sort or empty what it gets.
    const result: unknown = await (settings.processBatch as ProcessBatch<T, unknown>)([...records], batch);
    return failuresIn(result, records);
  };
  runs.begin(shared);
  try {
    const span = ports.tracing?.call;
    const raw = states.map(({ record }) => record);
    const failures = await (span ? span(raw, work) : work());
    return { kind: 'answered', failures, isAborted: first.isAborted };
  } catch (error) {
    return { kind: 'failed', error };
  } finally {
    runs.end(shared);
  }
}

import type { EffectSeen, Ended, Observation, Place, Started } from './observation';
import { nameOf } from './units';

/** One run of user code over one record, from start to end. */
export interface Run extends Place {
  readonly worker: string;
  readonly startedAt: number;
  readonly startedAtMs: number | undefined;
  readonly attempt: number | undefined;
  /** There are others in its call. */
  readonly isShared: boolean;
  /** Index of its end; undefined while it goes on. A death ends every run of its worker. */
  endedAt: number | undefined;
  endedAtMs: number | undefined;
  result: Ended['result'] | 'killed' | undefined;
  says: Ended['says'];
}

/** The runs of user code, as far as they were observed. */
export class Runs {
  readonly all: Run[] = [];
  readonly #byName = new Map<string, Run>();
  readonly #ofEffect = new Map<number, Run>();

  constructor(observations: readonly Observation[]) {
    const going = new Map<string, Set<Run>>();
    observations.forEach((observation, index) => {
      const { kind, worker, atMs } = observation;
      if (kind === 'started') {
        const run = this.#start(observation, index);
        going.set(worker, (going.get(worker) ?? new Set()).add(run));
      } else if (kind === 'ended') {
        const run = this.#named(observation);
        if (run === undefined || run.endedAt !== undefined) return;
        Object.assign(run, { endedAt: index, endedAtMs: atMs, result: observation.result, says: observation.says });
        going.get(worker)?.delete(run);
      } else if (kind === 'killed') {
        for (const run of going.get(worker) ?? []) {
          Object.assign(run, { endedAt: index, endedAtMs: atMs, result: 'killed' });
        }
        going.delete(worker);
      } else if (kind === 'effect') {
        const run = this.#named(observation);
        if (run) this.#ofEffect.set(index, run);
      }
    });
  }

  /** The run that made the effect at this index. */
  ofEffect(index: number): Run | undefined {
    return this.#ofEffect.get(index);
  }

  #start(started: Started, index: number): Run {
    const { worker, partition, offset, atMs, attempt, isShared = false } = started;
    const run: Run = {
      worker,
      partition,
      offset,
      startedAt: index,
      startedAtMs: atMs,
      attempt,
      isShared,
      endedAt: undefined,
      endedAtMs: undefined,
      result: undefined,
      says: undefined,
    };
    this.all.push(run);
    this.#byName.set(runName(started), run);
    return run;
  }

  #named(observation: Ended | EffectSeen): Run | undefined {
    return this.#byName.get(runName(observation));
  }
}

/** Without an id of its own a run is the latest of its worker over its record. */
function runName({ worker, run, ...place }: Started | Ended | EffectSeen): string {
  return `${worker} ${run ?? ''} ${nameOf(place)}`;
}

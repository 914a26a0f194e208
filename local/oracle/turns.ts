import type { Evidence } from './evidence';
import type { Observation, Place } from './observation';
import type { Run } from './runs';
import { nameOf } from './units';

/** One invocation, as far as it concerns attempts. */
interface Turn {
  readonly worker: string;
  readonly from: number;
  /** Index of its end; the number of observations while it goes on. */
  to: number;
  readonly records: ReadonlySet<string>;
  /** Its runs, in the order of their starts. */
  readonly runs: Run[];
}

/**
 * The invocations of a run, and how many of them may have counted as an attempt of a record (protocol P2, P3): those in
 * which it ran, however often, but for a call over several records that said nothing of it; and those in which it did not, if one ended without giving back what it held while
 * nothing else ran that could be to blame: its start may have been written.
 */
export class Turns {
  readonly #evidence: Evidence;
  readonly #all: Turn[] = [];
  /** Then what user code calls permanent is parked or open, and counts no more than what it calls everybody's. */
  readonly #parks: boolean;

  constructor(evidence: Evidence) {
    this.#evidence = evidence;
    this.#parks = evidence.promised.maxAttempts !== undefined;
    const going = new Map<string, Turn>();
    const ran = new Map(evidence.runs.all.map((run) => [run.startedAt, run]));
    evidence.observations.forEach((observation, index) => {
      const { worker } = observation;
      if (observation.kind === 'delivered') {
        const records = new Set(observation.records.map(nameOf));
        const turn = { worker, from: index, to: evidence.observations.length, records, runs: [] };
        this.#all.push(turn);
        going.set(worker, turn);
      } else if (observation.kind === 'started') {
        going.get(worker)?.runs.push(ran.get(index) as Run);
      } else if (isEnd(observation)) {
        const turn = going.get(worker);
        if (turn) turn.to = index;
        going.delete(worker);
      }
    });
  }

  /** Whether deliveries were observed at all. */
  get areSeen(): boolean {
    return this.#all.length > 0;
  }

  /** The most attempts that these records, of one unit, can have had before this index. */
  countedAtMost(records: readonly Place[], hold: string, before: number): number {
    const names = new Set(records.map(nameOf));
    return this.#all.filter((turn) => turn.from < before && this.#mayCount(turn, names, hold, before)).length;
  }

  /** Indexes of the delivery and the end of the invocation that the worker is in. */
  of(worker: string, index: number): Turn | undefined {
    return this.#all.findLast((turn) => turn.worker === worker && turn.from < index);
  }

  /**
   * Of a call over several records only what it lists counts. What is permanent is parked and counts for nobody; but whose lease is over by then may not park, and counts (P2).
   */
  #counts({ isShared, says, result }: Run): boolean {
    if (says === 'call' || (isShared && result !== 'rejected')) return false;
    if (!this.#parks || says === undefined) return true;
    return says === 'permanent' && (result === 'aborted' || this.#evidence.promised.keepsLeases !== true);
  }

  #mayCount(
    { worker, from, to, records, runs }: Turn,
    names: ReadonlySet<string>,
    hold: string,
    before: number,
  ): boolean {
    const last = runs.findLast((run) => run.startedAt < before && names.has(nameOf(run)));
    if (last && this.#counts(last)) return true;
    if (![...names].some((name) => records.has(name))) return false;
    const { deaths, tenures } = this.#evidence;
    // What the dead held goes to the next one later: that is no other end.
    const end = deaths.get(worker)?.index === to ? to : tenures.lossOf(hold, worker, from);
    return end !== undefined && end > from && end < before && !runs.some((run) => isGoing(run, end));
  }
}

function isGoing({ startedAt, endedAt }: Run, index: number): boolean {
  return startedAt < index && (endedAt === undefined || endedAt >= index);
}

function isEnd({ kind }: Observation): boolean {
  return kind === 'answered' || kind === 'failed' || kind === 'killed';
}

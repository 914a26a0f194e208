import { type SeededRandom, seededRandom } from '../seeded-random';
import { type Fault, placeOf } from './fault';
import type { FaultPlace } from './fault-definitions';
import type { FaultReport } from './fault-report';
import { type Passing, ScriptedFault } from './scripted-fault';

export interface ScriptEntry {
  readonly scripted: ScriptedFault;
  /** Decides what the fault leaves open, whatever the others do. */
  readonly random: SeededRandom;
}

/** The faults of a run, in their order. */
export class Script {
  readonly #entries: readonly ScriptEntry[];

  constructor(faults: readonly Fault[], seed: number, onFault: (report: FaultReport) => void) {
    this.#entries = faults.map((fault, index) => ({
      scripted: new ScriptedFault(fault, onFault),
      random: seededRandom(seed + index),
    }));
  }

  /** Counts what comes by at this place, and gives the faults that have to happen now. */
  dueAt(place: FaultPlace, passing: Passing): readonly ScriptEntry[] {
    return this.#entries.filter(({ scripted }) => placeOf(scripted.fault) === place && scripted.comesDueAt(passing));
  }

  reports(): readonly FaultReport[] {
    return this.#entries.map(({ scripted }) => scripted.report());
  }
}

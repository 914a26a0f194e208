import type { Fault } from './fault';
import { lastOf, textOf } from './fault';
import type { FaultMoment, FaultReport } from './fault-report';
import { formatFault } from './fault-text';

/** Who and what came by: a fault counts it if its settings allow it. */
export interface Passing {
  readonly operation?: string;
  readonly tables?: readonly string[];
  readonly worker?: string;
  readonly poller?: string;
}

/** A fault in the course of a run: what it has counted, whether it has happened, and where. */
export class ScriptedFault {
  readonly fault: Fault;
  readonly #onHappened: (report: FaultReport) => void;
  #counted = 0;
  #moment: FaultMoment | undefined;
  readonly #notes: string[] = [];

  constructor(fault: Fault, onHappened: (report: FaultReport) => void) {
    this.fault = fault;
    this.#onHappened = onHappened;
  }

  /** Counts what comes by; `true`: now it has to happen. */
  comesDueAt(passing: Passing): boolean {
    if (!this.#concerns(passing)) return false;
    this.#counted += 1;
    return this.#counted >= this.fault.at && this.#counted <= lastOf(this.fault);
  }

  happened(moment: FaultMoment): void {
    if (this.#moment !== undefined) return;
    this.#moment = moment;
    this.#onHappened(this.report());
  }

  note(text: string): void {
    this.#notes.push(text);
  }

  report(): FaultReport {
    return {
      fault: formatFault(this.fault),
      name: this.fault.name,
      happened: this.#moment !== undefined,
      counted: this.#counted,
      moment: this.#moment,
      notes: [...this.#notes],
    };
  }

  #concerns({ operation, tables, worker, poller }: Passing): boolean {
    const wanted = (key: string) => textOf(this.fault, key);
    const [table, name] = [wanted('table'), wanted('worker')];
    if (wanted('operation') !== undefined && wanted('operation') !== operation) return false;
    if (wanted('poller') !== undefined && wanted('poller') !== poller) return false;
    if (table !== undefined && !tables?.some((one) => one.includes(table))) return false;
    return name === undefined || worker === name || worker?.startsWith(`${name}/`) === true;
  }
}

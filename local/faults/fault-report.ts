import type { FaultName } from './fault-definitions';

/** Where in a run a fault happened. */
export interface FaultMoment {
  /** The number of the request among all of the run. */
  readonly request?: number;
  readonly operation?: string;
  readonly tables?: readonly string[];
  readonly worker?: string;
  readonly poller?: string;
  readonly partition?: number;
}

/** What became of a scripted fault. */
export interface FaultReport {
  /** As it was scripted. */
  readonly fault: string;
  readonly name: FaultName;
  readonly happened: boolean;
  /** How many requests, answers, deliveries … of those that it counts came by. */
  readonly counted: number;
  /** Where it happened first. */
  readonly moment: FaultMoment | undefined;
  /** What came of it, or what kept it from happening. */
  readonly notes: readonly string[];
}

/** The report as a line for a person. */
export function describeFaultReport({ fault, happened, counted, moment, notes }: FaultReport): string {
  const what = happened ? `happened${moment ? place(moment) : ''}` : `did not happen: ${counted} came by`;
  return [`${fault} ${what}`, ...notes].join('; ');
}

function place({ request, operation, tables = [], worker, poller, partition }: FaultMoment): string {
  const on = tables.length > 0 ? ` on ${tables.join(', ')}` : '';
  const of = operation === undefined ? '' : ` (${operation}${on})`;
  const where = [
    ...(request === undefined ? [] : [`request ${request}${of}`]),
    ...(partition === undefined ? [] : [`partition ${partition}`]),
    ...(worker === undefined && poller === undefined ? [] : [worker ?? poller]),
  ];
  return where.length === 0 ? '' : ` at ${where.join(' of ')}`;
}

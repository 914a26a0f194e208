import { definitionOf, type FaultName, type FaultPlace } from './fault-definitions';

/** A fault of a script: what happens, and at the how-manieth request, answer, delivery … of the run. */
export interface Fault {
  readonly name: FaultName;
  /** From 1 on, among those that the settings `operation`, `table`, `worker` and `poller` leave. */
  readonly at: number;
  /** The keys that were given; the others have their defaults. */
  readonly settings: Readonly<Record<string, string | number>>;
}

export function placeOf(fault: Fault): FaultPlace {
  return fault.name === 'delay' && choiceOf(fault, 'when') === 'answer' ? 'answer' : definitionOf(fault.name).place;
}

export function numberOf({ settings }: Fault, key: string): number | undefined {
  const value = settings[key];
  return typeof value === 'number' ? value : undefined;
}

export function textOf({ settings }: Fault, key: string): string | undefined {
  const value = settings[key];
  return typeof value === 'string' ? value : undefined;
}

/** The value of a key with a few accepted values, given or by default. */
export function choiceOf(fault: Fault, key: string): string {
  const definition = definitionOf(fault.name).keys[key];
  if (definition?.kind !== 'choice') throw new Error(`${fault.name} has no choice ${key}: report this bug`);
  return textOf(fault, key) ?? definition.default;
}

/** The last place at which the fault goes on happening; with most faults the first one. */
export function lastOf(fault: Fault): number {
  if (fault.name === 'throttle') return fault.at + (numberOf(fault, 'count') ?? 1) - 1;
  if (fault.name === 'database-down') return numberOf(fault, 'to') ?? fault.at + DOWN_FOR_REQUESTS - 1;
  return fault.at;
}

const DOWN_FOR_REQUESTS = 10;

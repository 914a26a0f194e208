import type { WireItem, WireValue } from './write';

/** What an update does to an item, by path. */
export interface Assignments {
  readonly sets: WireItem;
  readonly computes: readonly string[];
  readonly removes: readonly string[];
}

/** Gathers them as they are read. */
export class AssignmentList {
  readonly #sets: Record<string, WireValue> = {};
  readonly #computes: string[] = [];
  readonly #removes: string[] = [];

  /** undefined: the value depends on what the item holds. */
  set(path: string, value: WireValue | undefined): void {
    if (value === undefined) this.#computes.push(path);
    else this.#sets[path] = value;
  }

  remove(path: string): void {
    this.#removes.push(path);
  }

  get all(): Assignments {
    return { sets: this.#sets, computes: this.#computes, removes: this.#removes };
  }
}

/** Something that goes on at its time. */
export interface Step {
  /** Virtual milliseconds. */
  dueMs: number;
  /** Among steps of one time the lower goes first. */
  turn: number;
}

/** Steps by time, then by turn: a binary heap. What is in it must not change its time. */
export class StepQueue<Kind extends Step> {
  readonly #heap: Kind[] = [];

  get size(): number {
    return this.#heap.length;
  }

  get first(): Kind | undefined {
    return this.#heap[0];
  }

  add(step: Kind): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(step);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(step, heap[parent] as Kind)) break;
      heap[index] = heap[parent] as Kind;
      index = parent;
    }
    heap[index] = step;
  }

  take(): Kind | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || last === first) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Kind, heap[child] as Kind)) child += 1;
      if (!isBefore(heap[child] as Kind, last)) break;
      heap[index] = heap[child] as Kind;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(a: Step, b: Step): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.turn < b.turn);
}

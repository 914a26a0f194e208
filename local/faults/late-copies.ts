import type { DatabaseRequest } from '../dynamodb/interceptor';
import type { Time } from '../time';

interface WaitingCopy {
  readonly request: DatabaseRequest;
  /** It lands before the so-many-th further request. */
  left: number;
}

/** Copies of requests on their way through a slow network. */
export class LateCopies {
  readonly #time: Time;
  readonly #waiting: WaitingCopy[] = [];
  readonly #underway = new Set<Promise<void>>();
  readonly #settling = new AbortController();

  constructor(time: Time) {
    this.#time = time;
  }

  /** The copy reaches the database before the so-many-th further request does. */
  afterRequests(request: DatabaseRequest, count: number): void {
    this.#waiting.push({ request, left: count });
  }

  afterMs(request: DatabaseRequest, ms: number): void {
    const copy = this.#time.sleep(ms, this.#settling.signal).then(() => request.sendCopy());
    this.#underway.add(copy);
    void copy.finally(() => this.#underway.delete(copy));
  }

  /** A further request is there. Resolves when the copies that come before it have been answered. */
  async before(): Promise<void> {
    for (const copy of this.#waiting) copy.left -= 1;
    const due = this.#waiting.filter(({ left }) => left <= 0);
    for (const copy of due) this.#waiting.splice(this.#waiting.indexOf(copy), 1);
    for (const { request } of due) await request.sendCopy();
  }

  /** What is still on its way arrives now. */
  async settle(): Promise<void> {
    this.#settling.abort();
    await Promise.all(this.#underway);
    for (const { request } of this.#waiting.splice(0)) await request.sendCopy();
  }
}

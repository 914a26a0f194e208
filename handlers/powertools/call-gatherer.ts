import { deferred } from '../core/deferred';
import type { Settling } from '../store/settle';
import type { Unknown } from '../store/unknown';

export interface CallGathererOptions<Member, Answer> {
  /** Members of one request. */
  readonly size: number;
  /** An id stands at most once in a request (protocol C9). */
  readonly idOf: (member: Member) => string;
  readonly bytesOf?: (member: Member) => number;
  readonly send: (batch: readonly Member[]) => Settling<Answer>;
}

interface Waiting<Member, Answer> {
  readonly member: Member;
  readonly resolve: (answer: Answer | Unknown) => void;
}

/** As much as a request may hold: well under what the service takes. */
const MAXIMUM_BYTES = 4 * 1_024 * 1_024;
/** A request that is under way is waited for no longer than this before a further one that is not full. */
const STALL_MS = 10;

/**
 * Lets single calls travel together: a full request goes at once; one that is not full goes at the end of the turn of
 * the event loop, or, while another is under way, when that one comes back.
 */
export class CallGatherer<Member, Answer> {
  readonly #options: CallGathererOptions<Member, Answer>;
  #waiting: Waiting<Member, Answer>[] = [];
  #underWay = 0;
  #isScheduled = false;
  #stall: NodeJS.Timeout | undefined;

  constructor(options: CallGathererOptions<Member, Answer>) {
    this.#options = options;
  }

  ask(member: Member): Promise<Answer | Unknown> {
    const { promise, resolve } = deferred<Answer | Unknown>();
    this.#waiting.push({ member, resolve });
    if (this.#waiting.length >= this.#options.size) this.#send();
    this.#schedule();
    return promise;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.length === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (this.#underWay === 0) this.#sendAll();
      else this.#stall ??= setTimeout(() => this.#sendAll(), STALL_MS);
    });
  }

  #sendAll(): void {
    clearTimeout(this.#stall);
    this.#stall = undefined;
    while (this.#waiting.length > 0) this.#send();
  }

  /** One request, of those that waited longest. */
  #send(): void {
    const batch = this.#take();
    const { asked, answers } = this.#options.send(batch.map(({ member }) => member));
    batch.forEach(({ resolve }, index) => {
      void answers[index]?.then(resolve);
    });
    this.#underWay += 1;
    void asked.then(() => {
      this.#underWay -= 1;
      if (this.#underWay === 0) this.#schedule();
    });
  }

  #take(): Waiting<Member, Answer>[] {
    const { size, idOf, bytesOf } = this.#options;
    const ids = new Set<string>();
    const batch: Waiting<Member, Answer>[] = [];
    const left: Waiting<Member, Answer>[] = [];
    let bytes = 0;
    for (const waiting of this.#waiting) {
      const id = idOf(waiting.member);
      const memberBytes = bytesOf?.(waiting.member) ?? 0;
      const hasRoom = batch.length < size && (batch.length === 0 || bytes + memberBytes <= MAXIMUM_BYTES);
      if (hasRoom && !ids.has(id)) {
        ids.add(id);
        bytes += memberBytes;
        batch.push(waiting);
      } else {
        left.push(waiting);
      }
    }
    this.#waiting = left;
    return batch;
  }
}

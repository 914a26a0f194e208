import type { LetterPointer } from '../../contract/letter';
import type { Time } from '../../local/time';
import { awsError, reasonOf } from './aws-errors';
import { HeldMessages } from './held-messages';
import type { Copy, LetterStore, NotRemoved, Page, StoredLetter, Unreadable } from './letter-store';
import type { Messages, QueueCounts, ReceivedMessage } from './messages';
import type { Objects } from './objects';
import { type Document, readDocument, readPointed, unreadableObject } from './read-document';

export interface QueueLettersOptions {
  readonly url: string;
  readonly messages: Messages;
  /** Where letters are that were too large for the queue. */
  readonly objects: Objects;
  /** How long a message stays hidden that nobody renews. */
  readonly holdS: number;
  readonly time: Time;
  /** Waits for messages that somebody else holds, at most until what he has was given up. */
  readonly waitsForOthers: boolean;
  /** Called once when it begins to wait: about how many messages, and for how long at most. */
  readonly onWaiting: (messages: number, forMs: number) => void;
  readonly stopping: AbortSignal;
}

interface MessageCopy extends Copy {
  readonly messageId: string;
  readonly object: { readonly bucket: string; readonly key: string } | undefined;
}

/** An answer without messages may come although there are some. */
const EMPTY_ANSWERS = 3;
const LOOK_MS = 1_000;
/** For the service's clock, and for a request that was on its way when its sender died. */
const SLACK_MS = 5_000;

/**
 * The letters of a queue, each message received once: what was read stays hidden, kept so by renewals, until it is
 * deleted or the store is closed. A reader that died keeps its messages hidden for a while; they are waited for.
 */
export class QueueLetters implements LetterStore {
  readonly name: string;
  readonly #options: QueueLettersOptions;
  readonly #held: HeldMessages;
  readonly #removed = new Set<string>();
  readonly #renewals: NodeJS.Timeout;
  #first: QueueCounts | undefined;
  #startedAtMs = 0;
  #emptyAnswers = 0;
  #isWaiting = false;
  #hasMore = false;

  constructor(options: QueueLettersOptions) {
    this.#options = options;
    this.name = `the queue ${options.url}`;
    this.#held = new HeldMessages(options.messages, options.holdS);
    this.#renewals = setInterval(() => void this.#held.renew(), (options.holdS * 1_000) / 3);
    this.#renewals.unref();
  }

  get expected(): number | undefined {
    return this.#first && this.#first.visible + this.#first.inFlight;
  }

  get hasMore(): boolean {
    return this.#hasMore;
  }

  async next(): Promise<Page | undefined> {
    const { messages, holdS, stopping, time } = this.#options;
    if (this.#startedAtMs === 0) {
      this.#startedAtMs = time.now();
      this.#first = await this.#counts();
    }
    while (!stopping.aborted) {
      const received = await messages.receive(holdS).catch((error: unknown) => {
        throw awsError(error, `read ${this.name}`);
      });
      const fresh = received.filter(({ id }) => !this.#held.has(id) && !this.#removed.has(id));
      for (const { id, receipt } of received) this.#held.hold(id, receipt);
      // A queue may deliver what was deleted once more.
      const again = received.filter(({ id }) => this.#removed.has(id)).map(({ id }) => id);
      if (again.length > 0) await this.#held.remove(again);
      if (fresh.length > 0) {
        this.#emptyAnswers = 0;
        return this.#read(fresh);
      }
      if (await this.#isOver()) return undefined;
    }
    return undefined;
  }

  async remove(copies: readonly Copy[]): Promise<readonly NotRemoved[]> {
    const all = copies as readonly MessageCopy[];
    const left = await this.#held.remove(all.map(({ messageId }) => messageId));
    const gone = all.filter(({ messageId }) => !left.has(messageId));
    for (const { messageId } of gone) this.#removed.add(messageId);
    const kept = all
      .filter(({ messageId }) => left.has(messageId))
      .map((copy) => ({ copy, reason: left.get(copy.messageId) ?? '' }));
    // The message first: a pointer that leads nowhere could not be told from one whose letter got lost.
    return [...kept, ...(await this.#removeObjects(gone, kept))];
  }

  async close(): Promise<readonly string[]> {
    clearInterval(this.#renewals);
    const stayed = await this.#held.release();
    const { holdS } = this.#options;
    const counts = await this.#counts();
    const others = counts ? this.#othersIn(counts) : 0;
    const receives = this.#first?.maxReceiveCount;
    return [
      ...(this.#hasMore
        ? [`More letters of ${this.name} lie behind those that stay, and are reached when these are gone (FIFO).`]
        : []),
      ...(stayed > 0 ? [`${stayed} messages are visible again only after ${holdS} s.`] : []),
      ...(others > 0
        ? [
            `About ${others} messages of ${this.name} are held by somebody else, and were not read: run this again later.`,
          ]
        : []),
      ...(receives !== undefined
        ? [
            `${this.name} moves a message away after ${receives} receives (RedrivePolicy), and each run receives it once more: take the policy off.`,
          ]
        : []),
    ];
  }

  /** True when everything that can be received has been. */
  async #isOver(): Promise<boolean> {
    const { url, time, holdS, waitsForOthers, onWaiting, stopping } = this.#options;
    this.#emptyAnswers += 1;
    const counts = await this.#counts();
    // Elsewhere the number is only late.
    this.#hasMore = url.endsWith('.fifo') && (counts?.visible ?? 1) > 0;
    if (this.#hasMore && this.#held.size > 0) return true;
    if (counts === undefined) return this.#emptyAnswers >= EMPTY_ANSWERS;
    if (counts.visible > 0 && this.#emptyAnswers < EMPTY_ANSWERS) return false;
    // The numbers come late: somebody may have had messages at the start, and the end does not show it any more.
    const others = this.#othersIn(counts) || (this.#first?.inFlight ?? 0);
    const leftMs = this.#startedAtMs + holdS * 1_000 + SLACK_MS - time.now();
    if (!waitsForOthers || others === 0 || leftMs <= 0) return true;
    if (!this.#isWaiting) onWaiting(others, leftMs);
    this.#isWaiting = true;
    await time.sleep(LOOK_MS, stopping);
    return false;
  }

  /** What somebody else has. The numbers of a queue are late: what we deleted may still count. */
  #othersIn({ inFlight }: QueueCounts): number {
    return Math.max(0, inFlight - this.#held.size - this.#removed.size);
  }

  /** undefined: we may not ask. */
  #counts(): Promise<QueueCounts | undefined> {
    return this.#options.messages.counts().catch(() => undefined);
  }

  async #read(received: readonly ReceivedMessage[]): Promise<Page> {
    const letters: StoredLetter[] = [];
    const unreadable: Unreadable[] = [];
    for (const { id, body } of received) {
      const first = readDocument(body);
      const pointer = first.kind === 'pointer' ? first.pointer : undefined;
      const document = pointer ? await this.#follow(pointer) : first;
      const copy: MessageCopy = { at: `message ${id}`, messageId: id, object: pointer?.s3 };
      if (document.kind === 'letter') letters.push({ letter: document.letter, copy });
      if (document.kind !== 'unreadable') continue;
      const { reason, later } = document;
      unreadable.push({ copy, reason, ...(pointer && { id: pointer.id }), ...(later && { later }) });
    }
    return { letters, unreadable };
  }

  async #follow(pointer: LetterPointer): Promise<Document> {
    const { bucket, key } = pointer.s3;
    const at = `s3://${bucket}/${key}`;
    try {
      const body = await this.#options.objects.get(bucket, key);
      if (body !== undefined) return readPointed(body, pointer);
      return { kind: 'unreadable', reason: `it is the pointer to a letter that is not at ${at} any more` };
    } catch (error) {
      return unreadableObject(at, error);
    }
  }

  /** Of letters of which no message is left. */
  async #removeObjects(gone: readonly MessageCopy[], kept: readonly NotRemoved[]): Promise<NotRemoved[]> {
    const nameOf = ({ object }: MessageCopy) => object && `${object.bucket}/${object.key}`;
    const needed = new Set(kept.map(({ copy }) => nameOf(copy as MessageCopy)));
    const objects = new Map(gone.filter((copy) => !needed.has(nameOf(copy))).map((copy) => [nameOf(copy), copy]));
    const left: NotRemoved[] = [];
    for (const [, copy] of objects) {
      const { object } = copy;
      if (!object) continue;
      const at = `s3://${object.bucket}/${object.key}`;
      await this.#options.objects.remove(object.bucket, object.key).catch((error: unknown) => {
        left.push({ copy: { at }, reason: reasonOf(error) });
      });
    }
    return left;
  }
}

import { createHash, randomUUID } from 'node:crypto';
import type { Time } from '../../time';
import type { QueueSettings } from './queue-settings';
import { invalidParameter, SqsError } from './sqs-error';

export interface Message {
  readonly messageId: string;
  readonly body: string;
  readonly sentAtMs: number;
  readonly groupId: string | undefined;
  receives: number;
  firstReceivedAtMs: number | undefined;
  /** Until then nobody else receives it. */
  hiddenUntilMs: number;
}

export interface ReceivedMessage {
  readonly message: Message;
  readonly receiptHandle: string;
}

export interface NewMessage {
  readonly body: string;
  readonly groupId?: string | undefined;
  readonly deduplicationId?: string | undefined;
}

// Source: Amazon SQS Developer Guide, exactly-once processing in FIFO queues.
const DEDUPLICATION_MS = 5 * 60_000;
/** Characters that a message may hold. Source: SQS API Reference, SendMessage. */
const REFUSED_CHARACTERS = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

/** One queue, in memory. Messages come in the order in which they were sent. */
export class Queue {
  readonly #time: Time;
  readonly #messages = new Map<string, Message>();
  readonly #sent = new Map<string, { readonly messageId: string; readonly untilMs: number }>();
  #arrival = new AbortController();

  constructor(
    readonly name: string,
    readonly settings: QueueSettings,
    time: Time,
  ) {
    this.#time = time;
  }

  /** Gives the id of the message, which in a FIFO queue may be there already. */
  send({ body, groupId, deduplicationId }: NewMessage): string {
    const { maximumBytes, isFifo } = this.settings;
    if (body === '') throw new SqsError('MissingParameter', 'The request must contain the parameter MessageBody.');
    if (Buffer.byteLength(body) > maximumBytes) {
      throw invalidParameter(`Message must be shorter than ${maximumBytes} bytes.`);
    }
    if (REFUSED_CHARACTERS.test(body)) {
      throw new SqsError('InvalidMessageContents', 'Invalid binary character was found in the message body.');
    }
    const messageId = randomUUID();
    const sentAtMs = this.#time.now();
    if (isFifo) {
      if (groupId === undefined) {
        throw new SqsError('MissingParameter', 'The request must contain the parameter MessageGroupId.');
      }
      if (deduplicationId === undefined) {
        throw invalidParameter(
          'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
        );
      }
      const earlier = this.#sent.get(deduplicationId);
      if (earlier && earlier.untilMs > sentAtMs) return earlier.messageId;
      this.#sent.set(deduplicationId, { messageId, untilMs: sentAtMs + DEDUPLICATION_MS });
    }
    const message = { messageId, body, sentAtMs, groupId, receives: 0, firstReceivedAtMs: undefined, hiddenUntilMs: 0 };
    this.#messages.set(messageId, message);
    this.#wake();
    return messageId;
  }

  /** At most so many messages that nobody has, and hides them for so long; waits for the first one. */
  async receive(most: number, visibilityMs: number, waitMs: number): Promise<ReceivedMessage[]> {
    const untilMs = this.#time.now() + waitMs;
    for (;;) {
      const found = this.#take(most, visibilityMs);
      const leftMs = untilMs - this.#time.now();
      if (found.length > 0 || leftMs <= 0) return found;
      // A message that becomes visible again wakes nobody.
      await this.#time.sleep(Math.min(leftMs, LOOK_MS), this.#arrival.signal);
    }
  }

  /** Only the handle of the latest receive deletes. */
  delete(receiptHandle: string): void {
    const message = this.#named(receiptHandle);
    if (message) this.#messages.delete(message.messageId);
  }

  changeVisibility(receiptHandle: string, visibilityMs: number): void {
    const message = this.#named(receiptHandle);
    const nowMs = this.#time.now();
    if (!message || message.hiddenUntilMs <= nowMs) {
      throw new SqsError('MessageNotInflight', 'The specified message is not in flight.');
    }
    message.hiddenUntilMs = nowMs + visibilityMs;
    this.#wake();
  }

  /** How many messages are there to be received, and how many somebody has. */
  get counts(): { readonly visible: number; readonly inFlight: number } {
    const nowMs = this.#time.now();
    const inFlight = [...this.#messages.values()].filter(({ hiddenUntilMs }) => hiddenUntilMs > nowMs).length;
    return { visible: this.#messages.size - inFlight, inFlight };
  }

  /** What lies there, hidden messages included. */
  get bodies(): readonly string[] {
    return [...this.#messages.values()].map(({ body }) => body);
  }

  #take(most: number, visibilityMs: number): ReceivedMessage[] {
    const nowMs = this.#time.now();
    // A group of a FIFO queue waits behind what somebody has of it.
    const busy = new Set<string>();
    const found: ReceivedMessage[] = [];
    for (const message of this.#messages.values()) {
      if (found.length === most) break;
      const { groupId, hiddenUntilMs } = message;
      if (hiddenUntilMs > nowMs) {
        if (this.settings.isFifo && groupId !== undefined) busy.add(groupId);
      } else if (groupId === undefined || !busy.has(groupId)) {
        message.receives += 1;
        message.firstReceivedAtMs ??= nowMs;
        message.hiddenUntilMs = nowMs + visibilityMs;
        found.push({ message, receiptHandle: `${message.messageId}#${message.receives}` });
      }
    }
    return found;
  }

  /** undefined: it is gone, or was received again. */
  #named(receiptHandle: string): Message | undefined {
    const [, messageId = '', receives] = /^([0-9a-f-]{36})#(\d+)$/.exec(receiptHandle) ?? [];
    if (receives === undefined) {
      throw new SqsError(
        'ReceiptHandleIsInvalid',
        `The input receipt handle "${receiptHandle}" is not a valid receipt handle.`,
      );
    }
    const message = this.#messages.get(messageId);
    return message?.receives === Number(receives) ? message : undefined;
  }

  #wake(): void {
    this.#arrival.abort();
    this.#arrival = new AbortController();
  }
}

const LOOK_MS = 50;

export const md5Of = (text: string) => createHash('md5').update(text).digest('hex');

import type { Letter } from '../../contract/letter';
import { Gate } from '../dynamodb/gate';
import { letterTooLarge } from '../errors';
import type { Unknown } from '../store/unknown';
import { isPointer, type LetterBucket } from './bucket';
import { type DeadLetters, type LetterAnswer, type PutOptions, WRITTEN } from './dead-letters';
import { letterText } from './letter-text';
import { messageBatches } from './message-batches';
import type { QueuePlace } from './place';
import { type SizeRefusal, sizeRefusalOf } from './size-refusal';
import { type Message, type MessageEntry, messageEntry } from './sqs-message';
import { unanswered } from './unanswered';

/** What the service answers to a batch, as far as it is read. */
export interface SendAnswer {
  readonly Successful?: readonly { readonly Id?: string | undefined }[] | undefined;
  readonly Failed?:
    | readonly {
        readonly Id?: string | undefined;
        readonly Code?: string | undefined;
        readonly Message?: string | undefined;
      }[]
    | undefined;
}

/** Sends one request, or rejects. */
export type MessageSender = (url: string, entries: MessageEntry[], options?: PutOptions) => Promise<SendAnswer>;

/** Of a message with all its attributes, and of a request. Source: Amazon SQS quotas; a queue may take less. */
const MAXIMUM_BYTES = 1_048_576;
/** Requests at once: each may hold a megabyte. */
const IN_FLIGHT = 4;
/** Each makes a limit smaller. */
const ROUNDS = 8;

/**
 * Letters as messages of a queue, in the largest requests that the service takes. A letter over the limit of the queue
 * goes to the bucket, and a pointer to it into the queue; where there is no bucket it is refused.
 */
export class SqsDeadLetters implements DeadLetters {
  readonly #queue: QueuePlace;
  readonly #send: MessageSender;
  readonly #bucket: LetterBucket | undefined;
  readonly #gate = new Gate(IN_FLIGHT);

  constructor(queue: QueuePlace, send: MessageSender, bucket?: LetterBucket) {
    this.#queue = queue;
    this.#send = send;
    this.#bucket = bucket;
  }

  async put(letters: readonly Letter[], options?: PutOptions): Promise<LetterAnswer[]> {
    const answers: LetterAnswer[] = new Array(letters.length);
    // Found out anew in each call: whoever raises the limit of a queue need not wait for a new process.
    const limits = { message: MAXIMUM_BYTES, request: MAXIMUM_BYTES };
    let waiting = letters.map((letter, index): Message => ({ index, letter, isPointer: false, ...letterText(letter) }));
    for (let round = 1; waiting.length > 0; round += 1) {
      const fitting = await this.#fit(waiting, limits.message, answers, options);
      const refused: Refused[] = [];
      await Promise.all(
        messageBatches(fitting, limits.request).map((batch) =>
          this.#gate.run(async () => refused.push(...(await this.#sendBatch(batch, answers, options)))),
        ),
      );
      for (const { refusal, bytes } of refused) {
        const { of, maximumBytes = of === 'request' ? bytes / 2 : bytes } = refusal;
        // A limit that says nothing new would be met again.
        limits[of] = Math.floor(Math.min(limits[of], maximumBytes, bytes - 1));
      }
      waiting = refused.flatMap(({ messages }) => messages).sort((a, b) => a.index - b.index);
      if (round < ROUNDS) continue;
      for (const { messages, answer } of refused) for (const { index } of messages) answers[index] = answer;
      break;
    }
    return answers;
  }

  /** Those that fit into the queue, what is too large for it replaced by its pointer. Fills in the answers of the rest. */
  async #fit(
    messages: readonly Message[],
    maximumBytes: number,
    answers: LetterAnswer[],
    options: PutOptions | undefined,
  ): Promise<Message[]> {
    const fitted = await Promise.all(
      messages.map(async (message): Promise<Message | undefined> => {
        const { letter, bytes, index, isPointer: isPointerAlready } = message;
        if (bytes <= maximumBytes) return message;
        if (this.#bucket === undefined || isPointerAlready) {
          answers[index] = this.#tooLarge(letter, bytes, maximumBytes);
          return undefined;
        }
        const pointer = await this.#bucket.put(letter, message, options);
        if (isPointer(pointer)) return { index, letter, isPointer: true, ...letterText(pointer) };
        answers[index] = pointer;
        return undefined;
      }),
    );
    return fitted.filter((message) => message !== undefined);
  }

  #tooLarge({ record: { topic, partition, offset } }: Letter, bytes: number, maximumBytes: number): Unknown {
    const record = `${topic}-${partition}@${offset}`;
    const store = `the queue ${this.#queue.url}`;
    return { kind: 'unknown', reason: 'refused', error: letterTooLarge({ record, bytes, maximumBytes, store }) };
  }

  /** Fills in the answers, and gives what was refused for its size. */
  async #sendBatch(
    batch: readonly Message[],
    answers: LetterAnswer[],
    options: PutOptions | undefined,
  ): Promise<Refused[]> {
    const operation = `send ${batch.length} ${batch.length === 1 ? 'letter' : 'letters'} to the queue ${this.#queue.url}`;
    const refused: Refused[] = [];
    const fail = (messages: readonly Message[], error: Error) => {
      const answer = unanswered(error, operation);
      const refusal = sizeRefusalOf(error.name, error.message);
      const bytes = messages.reduce((sum, message) => sum + message.bytes, 0);
      // One message that is too long for a request is too long for any.
      if (refusal) refused.push({ messages, bytes, answer, refusal: narrowed(refusal, messages) });
      else for (const { index } of messages) answers[index] = answer;
    };
    try {
      const { Successful = [], Failed = [] } = await this.#send(
        this.#queue.url,
        batch.map((message, place) => messageEntry(message, String(place), this.#queue)),
        options,
      );
      const written = new Set(Successful.map(({ Id }) => Id));
      const failed = new Map(Failed.map((entry) => [entry.Id, entry]));
      batch.forEach((message, place) => {
        const entry = failed.get(String(place));
        if (entry !== undefined) fail([message], memberError(entry.Code, entry.Message));
        else if (written.has(String(place))) answers[message.index] = WRITTEN;
        else fail([message], memberError('MissingAnswer', 'The answer has no such member'));
      });
    } catch (error) {
      fail(batch, error instanceof Error ? error : new Error(String(error)));
    }
    return refused;
  }
}

/** Messages that the service found too large, alone or together. */
interface Refused {
  readonly messages: readonly Message[];
  readonly bytes: number;
  readonly answer: Unknown;
  readonly refusal: SizeRefusal;
}

function narrowed(refusal: SizeRefusal, messages: readonly Message[]): SizeRefusal {
  if (messages.length === 1) return { ...refusal, of: 'message' };
  // Whichever of them it was: alone each is told for itself.
  return refusal.of === 'message' ? { of: 'request', maximumBytes: 0 } : refusal;
}

/** The error of one message, which comes as a code and a text. */
function memberError(code = 'UnknownError', text = 'The service gave no reason'): Error {
  return Object.assign(new Error(text), { name: code });
}

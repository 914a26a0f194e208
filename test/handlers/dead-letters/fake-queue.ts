import type { SendAnswer } from '../../../handlers/dead-letters/sqs-dead-letters';
import type { MessageEntry } from '../../../handlers/dead-letters/sqs-message';

export type Refusal = { readonly Code: string; readonly Message: string };

/** A queue with the service's limits, as its API reference tells them. */
export class FakeQueue {
  readonly requests: MessageEntry[][] = [];
  readonly bodies: string[] = [];
  /** Of the queue: its MaximumMessageSize. */
  maximumBytes = 1_048_576;
  /** Of a request; a stand-in may have an older one. */
  requestBytes = 1_048_576;
  /** For the message with that body. */
  refuse: (body: string) => Refusal | undefined = () => undefined;
  /** For a whole request. */
  fail: () => Error | undefined = () => undefined;

  readonly send = async (_url: string, entries: MessageEntry[]): Promise<SendAnswer> => {
    this.requests.push(entries);
    const failure = this.fail();
    if (failure) throw failure;
    if (entries.length > 10)
      throw named('TooManyEntriesInBatchRequest', 'Maximum number of entries per request are 10.');
    const total = entries.reduce((sum, { MessageBody }) => sum + Buffer.byteLength(MessageBody), 0);
    if (total > this.requestBytes) {
      const text = `Batch requests cannot be longer than ${this.requestBytes} bytes. You have sent ${total} bytes.`;
      throw named('BatchRequestTooLong', text);
    }
    const failed = entries.flatMap(({ Id, MessageBody }) => {
      const refusal = this.#tooLong(MessageBody) ?? this.refuse(MessageBody);
      return refusal ? [{ Id, ...refusal }] : [];
    });
    const successful = entries.filter(({ Id }) => !failed.some((entry) => entry.Id === Id));
    this.bodies.push(...successful.map(({ MessageBody }) => MessageBody));
    return { Successful: successful.map(({ Id }) => ({ Id })).reverse(), ...(failed.length > 0 && { Failed: failed }) };
  };

  #tooLong(body: string): Refusal | undefined {
    if (Buffer.byteLength(body) <= this.maximumBytes) return undefined;
    const Message = `One or more parameters are invalid. Reason: Message must be shorter than ${this.maximumBytes} bytes.`;
    return { Code: 'InvalidParameterValue', Message };
  }
}

export function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';

/** SQS's JSON over HTTP, without the SDK: what checks a function shares no code with it. */
export class QueueApi {
  readonly #endpoint: string;
  readonly #url: string;

  constructor(endpoint: string, queueUrl: string) {
    this.#endpoint = endpoint;
    this.#url = queueUrl;
  }

  /** The bodies of all messages that are there, in no order. They stay, hidden from others for a while. */
  async readAll(): Promise<string[]> {
    const bodies: string[] = [];
    for (;;) {
      const input = { MaxNumberOfMessages: MOST, VisibilityTimeout: HIDDEN_S };
      const { Messages = [] } = await this.#call<{ Messages?: readonly { Body: string }[] }>('ReceiveMessage', input);
      if (Messages.length === 0) return bodies;
      bodies.push(...Messages.map(({ Body }) => Body));
    }
  }

  async remove(): Promise<void> {
    await this.#call('DeleteQueue', {});
  }

  async #call<Output>(operation: string, input: object): Promise<Output> {
    const response = await fetch(this.#endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${operation}` },
      body: JSON.stringify({ QueueUrl: this.#url, ...input }),
    });
    const text = await response.text();
    if (response.ok) return (text === '' ? {} : JSON.parse(text)) as Output;
    throw new LocalError(
      ERROR_CODES.serverFailed,
      `SQS at ${this.#endpoint} refused ${operation} of ${this.#url}: ${text}. Start the servers anew (msk-once servers --stop, msk-once servers).`,
      EXIT.failed,
    );
  }
}

/** Source: SQS API Reference, ReceiveMessage. */
const MOST = 10;
const HIDDEN_S = 600;

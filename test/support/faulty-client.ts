import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

export type ClientFault = 'request lost' | 'answer lost' | 'late copy' | 'throttled';

export interface Command {
  readonly constructor: { readonly name: string };
  readonly input: object;
}

/** Gets the command's name, how many of this name were sent before, and the command. */
export type FaultOf = (name: string, nth: number, command: Command) => ClientFault | undefined;

/** A connection to DynamoDB that loses requests or answers, or delivers a request long after it was given up. */
export class FaultyClient {
  /** Every command that was tried, in order. */
  readonly sent: Command[] = [];
  readonly late: Command[] = [];
  readonly #client: Pick<DynamoDBClient, 'send'>;
  readonly #faultOf: FaultOf;

  constructor(client: Pick<DynamoDBClient, 'send'>, faultOf: FaultOf = () => undefined) {
    this.#client = client;
    this.#faultOf = faultOf;
  }

  readonly send = (async (command: Command) => {
    const { name } = command.constructor;
    const nth = this.sent.filter((earlier) => earlier.constructor.name === name).length;
    this.sent.push(command);
    const fault = this.#faultOf(name, nth, command);
    if (fault === 'throttled') throw named('ProvisionedThroughputExceededException');
    if (fault === 'late copy') this.late.push(command);
    if (fault === 'request lost' || fault === 'late copy') throw named('TimeoutError');
    const answer = await this.#deliver(command).catch((error: unknown) => {
      if (fault === 'answer lost') throw named('TimeoutError');
      throw error;
    });
    if (fault === 'answer lost') throw named('TimeoutError');
    return answer;
  }) as unknown as DynamoDBClient['send'];

  names(): string[] {
    return this.sent.map(({ constructor: { name } }) => name);
  }

  /** What was given up arrives now. */
  async deliverLate(): Promise<void> {
    for (const command of this.late.splice(0)) await this.deliverAgain(command);
  }

  /** One more copy of a request; whatever it is answered, nobody hears it. */
  async deliverAgain(command: Command): Promise<void> {
    await this.#deliver(command).catch(() => undefined);
  }

  #deliver(command: Command): Promise<unknown> {
    return this.#client.send(command as never);
  }
}

function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}

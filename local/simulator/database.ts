import type { Item } from '../dynamodb/engine/attribute-value';
import { DynamoDbEngine } from '../dynamodb/engine/engine';
import {
  EngineRequestHandler,
  type SdkHttpRequest,
  type SdkHttpResponse,
} from '../dynamodb/engine/engine-request-handler';
import { DynamoDbEngineError } from '../dynamodb/engine/errors';
import type { EngineDoor } from '../dynamodb/engine/wire';
import type { Decision } from './decision';
import { MEMORY, PUT_LETTERS, type SharedMemory } from './runtime';

/** A request as it reaches the database. */
export interface Landing {
  readonly worker: string;
  readonly sentAtMs: number;
  readonly request: SdkHttpRequest;
  /** What happens to this one. */
  readonly decision: Decision | undefined;
}

export interface Landed {
  readonly answer: Promise<{ response: SdkHttpResponse }>;
  /** `ok`, or the service's name of the error. */
  readonly status: string;
  /** What is answered where it is `ok`. */
  readonly output: object;
}

export interface DatabaseOptions {
  readonly clock: { now(): number };
  /** By name; the key of each is the text `id`. */
  readonly tables: readonly string[];
  /** It may bring what a refused statement met, as the documentation says, or never, as it was seen (see the engine). */
  readonly memberItems: boolean;
  /** What is asked by other operations. */
  readonly memory: () => SharedMemory | undefined;
  /** Carries out what writes letters, which lie elsewhere. */
  readonly letters: (landing: Landing, input: object) => object;
  /** Something was accepted that may have written. */
  readonly onAccepted: (landing: Landing) => void;
}

/** The engine behind its own request handler: what lands takes effect at once, or is refused as by the service. */
export class Database implements EngineDoor {
  readonly engine: DynamoDbEngine;
  readonly #options: DatabaseOptions;
  readonly #handler = new EngineRequestHandler(this);
  #landing: Landing | undefined;
  #status = '';
  #output: object = {};
  #members = 0;
  #downUntilMs = 0;

  constructor(options: DatabaseOptions) {
    this.#options = options;
    const everySecond = (what: Decision['do']) => () =>
      this.#landing?.decision?.do === what && this.#members++ % 2 === 0;
    const refusesMember = everySecond('refuse-members');
    this.engine = new DynamoDbEngine({
      clock: options.clock,
      memberItems: options.memberItems,
      faults: {
        unprocessedKey: refusesMember,
        unprocessedWrite: refusesMember,
        throttledStatement: refusesMember,
        unansweredStatement: everySecond('hide-members'),
        conflictingItem: refusesMember,
      },
    });
    for (const TableName of options.tables) {
      this.engine.execute('CreateTable', {
        TableName,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      });
    }
  }

  /** Everything in a table, as it is stored. */
  itemsOf(table: string): readonly Item[] {
    const { Items = [] } = this.engine.execute('Scan', { TableName: table }) as { Items?: readonly Item[] };
    return Items;
  }

  /** From now on, for so long, it answers everything with an error of its own. */
  goDown(ms: number): void {
    this.#downUntilMs = Math.max(this.#downUntilMs, this.#options.clock.now() + ms);
  }

  land(landing: Landing): Landed {
    this.#landing = landing;
    this.#members = 0;
    // It does all that it does before it gives its promise.
    const answer = this.#handler.handle(landing.request);
    return { answer, status: this.#status, output: this.#output };
  }

  execute(operation: string, input: object): object {
    try {
      this.#refuse();
      if (operation === PUT_LETTERS) {
        this.#output = this.#options.letters(this.#landing as Landing, input);
        this.#status = 'ok';
        return this.#output;
      }
      const memory = operation.startsWith(MEMORY) ? this.#options.memory() : undefined;
      const output = (memory ?? this.engine).execute(operation, input);
      this.#status = 'ok';
      this.#output = output;
      if (this.#landing && !READS.includes(operation)) this.#options.onAccepted(this.#landing);
      return output;
    } catch (error) {
      this.#status = error instanceof Error ? error.name : String(error);
      throw error;
    }
  }

  #refuse(): void {
    const what = this.#landing?.decision?.do;
    if (what === 'fail' || this.#options.clock.now() < this.#downUntilMs) throw failed();
    if (what === 'throttle') throw throttled();
  }
}

const READS: readonly string[] = ['BatchGetItem', 'GetItem'];

// Source of both texts: DynamoDB Developer Guide, "Error handling with DynamoDB".
export const failed = () =>
  new DynamoDbEngineError(
    'InternalServerError',
    'The request processing has failed because of an unknown error.',
    {},
    500,
  );
const throttled = () =>
  new DynamoDbEngineError(
    'ProvisionedThroughputExceededException',
    'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.',
  );

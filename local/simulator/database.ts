import { DynamoDbEngine } from '../dynamodb/engine/engine';
import {
  EngineRequestHandler,
  type SdkHttpRequest,
  type SdkHttpResponse,
} from '../dynamodb/engine/engine-request-handler';
import { DynamoDbEngineError } from '../dynamodb/engine/errors';
import type { EngineDoor } from '../dynamodb/engine/wire';
import type { Decision } from './decision';

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
}

export interface DatabaseOptions {
  readonly clock: { now(): number };
  readonly table: string;
  /** It was accepted. */
  readonly onAccepted: (landing: Landing) => void;
}

/** The engine behind its own request handler: what lands takes effect at once, or is refused as by the service. */
export class Database implements EngineDoor {
  readonly engine: DynamoDbEngine;
  readonly #options: DatabaseOptions;
  readonly #handler = new EngineRequestHandler(this);
  #landing: Landing | undefined;
  #status = '';
  #members = 0;
  #downUntilMs = 0;

  constructor(options: DatabaseOptions) {
    this.#options = options;
    const refusesMember = () => this.#landing?.decision?.do === 'refuse-members' && this.#members++ % 2 === 0;
    this.engine = new DynamoDbEngine({
      clock: options.clock,
      faults: {
        unprocessedKey: refusesMember,
        unprocessedWrite: refusesMember,
        throttledStatement: refusesMember,
        conflictingItem: refusesMember,
      },
    });
    this.engine.execute('CreateTable', {
      TableName: options.table,
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    });
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
    return { answer, status: this.#status };
  }

  execute(operation: string, input: object): object {
    try {
      this.#refuse();
      const output = this.engine.execute(operation, input);
      this.#status = 'ok';
      if (this.#landing) this.#options.onAccepted(this.#landing);
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

// Source of both texts: DynamoDB Developer Guide, "Error handling with DynamoDB".
const failed = () =>
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

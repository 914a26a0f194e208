import { DynamoDbEngine } from '../../../../local/dynamodb/engine/engine';
import { DynamoDbEngineError } from '../../../../local/dynamodb/engine/errors';
import { type Answer, answerOf } from './answer';
import { KNOWN_DIFFERENCES, leavesTablesApart } from './known-differences';
import { EVERY_KEY, type Step } from './step-generator';

export class Tally {
  steps = 0;
  failed = 0;
  readonly known = new Map<string, number>();
}

export interface Difference {
  readonly index: number;
  readonly engine: Answer;
  readonly local: Answer;
}

/** One pair of tables in DynamoDB Local, emptied before each history; the engine is a new one each time. */
export class World {
  #runs = 0;
  #engine = new DynamoDbEngine();
  #token = '';

  constructor(
    readonly endpoint: string,
    readonly name: string,
  ) {}

  async createTables(): Promise<void> {
    for (const input of TABLES) await this.#local({ operation: 'CreateTable', input });
  }

  async deleteTables(): Promise<void> {
    for (const { TableName } of TABLES) await this.#local({ operation: 'DeleteTable', input: { TableName } });
  }

  /** The first step that the two answer differently. */
  async run(history: readonly Step[], seen?: Tally): Promise<Difference | undefined> {
    this.#runs += 1;
    this.#token = `${this.name}-${this.#runs}-`;
    this.#engine = new DynamoDbEngine();
    for (const input of TABLES) this.#ours({ operation: 'CreateTable', input });
    await this.#empty();
    for (const [index, step] of history.entries()) {
      const difference = await this.#compare(step, seen);
      if (difference) return { index, ...difference };
      // Now and then, and at the end, the whole tables.
      if (index % 20 !== 19 && index !== history.length - 1) continue;
      for (const { TableName } of TABLES) {
        const whole = await this.#compare({ operation: 'Scan', input: { TableName, ConsistentRead: true } });
        if (whole) return { index, ...whole };
      }
    }
    return undefined;
  }

  async #empty(): Promise<void> {
    const RequestItems = Object.fromEntries(
      Object.entries(EVERY_KEY).map(([table, keys]) => [table, keys.map((Key) => ({ DeleteRequest: { Key } }))]),
    );
    const step: Step = { operation: 'BatchWriteItem', input: { RequestItems } };
    this.#ours(step);
    await this.#local(step);
  }

  async #compare(step: Step, seen?: Tally): Promise<Omit<Difference, 'index'> | undefined> {
    const engine = this.#ours(step);
    const local = await this.#local(step);
    if (leavesTablesApart(step, engine, local)) await this.#empty();
    if (seen) {
      seen.steps += 1;
      if (failed(local)) seen.failed += 1;
    }
    if (engine.error === local.error && JSON.stringify(engine.body) === JSON.stringify(local.body)) return undefined;
    const known = KNOWN_DIFFERENCES.find(({ accepts }) => accepts(step, engine, local));
    if (known === undefined) return { engine, local };
    seen?.known.set(known.name, (seen.known.get(known.name) ?? 0) + 1);
    return undefined;
  }

  #inputOf({ input }: Step): string {
    return JSON.stringify(input)
      .replaceAll('«T»', `hash-${this.name}`)
      .replaceAll('«R»', `range-${this.name}`)
      .replaceAll('«H»', this.#token);
  }

  #outputOf(text: string): Record<string, unknown> {
    return JSON.parse(text.replaceAll(`hash-${this.name}`, '«T»').replaceAll(`range-${this.name}`, '«R»'));
  }

  #ours(step: Step): Answer {
    try {
      return answerOf(
        200,
        this.#outputOf(JSON.stringify(this.#engine.execute(step.operation, JSON.parse(this.#inputOf(step))))),
      );
    } catch (error) {
      if (!(error instanceof DynamoDbEngineError)) throw error;
      return answerOf(400, this.#outputOf(JSON.stringify(error.body)));
    }
  }

  async #local(step: Step): Promise<Answer> {
    const response = await fetch(this.endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${step.operation}`,
        authorization:
          'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
        'x-amz-date': '20260101T000000Z',
      },
      body: this.#inputOf(step),
    });
    return answerOf(response.status, this.#outputOf(await response.text()));
  }
}

/** A batch whose members fail has not failed itself, but it is a failure all the same. */
function failed({ error, body }: Answer): boolean {
  if (error !== undefined) return true;
  const { Responses } = body as { Responses?: unknown };
  return Array.isArray(Responses) && Responses.some((member) => (member as { Error?: unknown }).Error !== undefined);
}

const TABLES = [
  {
    TableName: '«T»',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  },
  {
    TableName: '«R»',
    KeySchema: [
      { AttributeName: 'id', KeyType: 'HASH' },
      { AttributeName: 'r', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'S' },
      { AttributeName: 'r', AttributeType: 'N' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
  },
];

/** Leaves out what the difference does not need, then tells the rest. */
export async function explain(world: World, history: readonly Step[], where: string): Promise<string> {
  let shortest = history;
  for (let size = Math.ceil(history.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < shortest.length; ) {
      const candidate = [...shortest.slice(0, start), ...shortest.slice(start + size)];
      const difference = await world.run(candidate);
      if (difference) shortest = candidate.slice(0, difference.index + 1);
      else start += size;
    }
  }
  const difference = await world.run(shortest);
  return [
    `A difference in ${where}, ${shortest.length} steps:`,
    ...shortest.map(({ operation, input }) => `  ${operation} ${JSON.stringify(input)}`),
    `engine: ${JSON.stringify(difference?.engine)}`,
    `local:  ${JSON.stringify(difference?.local)}`,
  ]
    .join('\n')
    .replace(/x{100,}/g, 'x…');
}

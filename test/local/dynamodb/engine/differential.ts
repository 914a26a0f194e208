import { DynamoDbEngine } from '../../../../local/dynamodb/engine/engine';
import { DynamoDbEngineError } from '../../../../local/dynamodb/engine/errors';
import { requestHeaders } from '../../../../local/dynamodb/request-headers';
import { type Answer, answerOf } from './answer';
import { INDEXED_TABLE, sortKeyOf } from './index-generator';
import { KNOWN_DIFFERENCES, leavesTablesApart } from './known-differences';
import type { Step } from './step';

type Json = Record<string, unknown>;

const BATCH = 25;

interface RawAnswer {
  readonly status: number;
  readonly body: Json;
}

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
    for (const input of TABLES) {
      const { status, body } = await this.#local({ operation: 'CreateTable', input });
      if (status !== 200) throw new Error(`${input.TableName} cannot be created: ${JSON.stringify(body)}`);
    }
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
    for (const { TableName, KeySchema } of TABLES) {
      const keys = KeySchema.map(({ AttributeName }) => AttributeName);
      const scan: Step = {
        operation: 'Scan',
        input: { TableName, ConsistentRead: true, ProjectionExpression: keys.join() },
      };
      for (const run of [async (step: Step) => this.#ours(step), (step: Step) => this.#local(step)]) {
        const { Items } = (await run(scan)).body as { Items: Json[] };
        for (let start = 0; start < Items.length; start += BATCH) {
          const requests = Items.slice(start, start + BATCH).map((Key) => ({ DeleteRequest: { Key } }));
          const { status, body } = await run({
            operation: 'BatchWriteItem',
            input: { RequestItems: { [TableName]: requests } },
          });
          if (status !== 200) throw new Error(`${TableName} cannot be emptied: ${JSON.stringify(body)}`);
        }
      }
    }
  }

  async #compare(step: Step, seen?: Tally): Promise<Omit<Difference, 'index'> | undefined> {
    const engine = await this.#answer(step, async (each) => this.#ours(each));
    const local = await this.#answer(step, (each) => this.#local(each));
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

  /** A read with a limit goes on to its end: which items of a page without an order come first, each database decides. */
  async #answer(step: Step, run: (step: Step) => Promise<RawAnswer>): Promise<Answer> {
    const sortKey = sortKeyOf(step);
    let { status, body } = await run(step);
    if (status !== 200 || !('Limit' in step.input)) return answerOf(status, body, sortKey);
    const pages = [body];
    while (body.LastEvaluatedKey !== undefined) {
      const input = { ...step.input, ExclusiveStartKey: body.LastEvaluatedKey };
      ({ status, body } = await run({ ...step, input }));
      if (status !== 200) return answerOf(status, body);
      pages.push(body);
    }
    const counts = pages.map(({ Count, ScannedCount }) => ({ Count, ScannedCount }));
    const all = step.operation === 'Scan' ? { Pages: counts.length } : { Pages: counts };
    return answerOf(200, { ...all, Items: pages.flatMap(({ Items = [] }) => Items as Json[]) }, sortKey);
  }

  #inputOf({ input }: Step): string {
    return JSON.stringify(input)
      .replaceAll('«T»', `hash-${this.name}`)
      .replaceAll('«R»', `range-${this.name}`)
      .replaceAll('«X»', `index-${this.name}`)
      .replaceAll('«H»', this.#token);
  }

  #outputOf(text: string): Json {
    return JSON.parse(
      text
        .replaceAll(`hash-${this.name}`, '«T»')
        .replaceAll(`range-${this.name}`, '«R»')
        .replaceAll(`index-${this.name}`, '«X»'),
    );
  }

  #ours(step: Step): RawAnswer {
    try {
      const output = this.#engine.execute(step.operation, JSON.parse(this.#inputOf(step)));
      return { status: 200, body: this.#outputOf(JSON.stringify(output)) };
    } catch (error) {
      if (!(error instanceof DynamoDbEngineError)) throw error;
      return { status: error.statusCode, body: this.#outputOf(JSON.stringify(error.body)) };
    }
  }

  async #local(step: Step): Promise<RawAnswer> {
    const response = await fetch(this.endpoint, {
      method: 'POST',
      headers: requestHeaders(step.operation),
      body: this.#inputOf(step),
    });
    return { status: response.status, body: this.#outputOf(await response.text()) };
  }
}

/** A batch whose members fail has not failed itself, but it is a failure all the same. */
function failed({ error, body }: Answer): boolean {
  if (error !== undefined) return true;
  const { Responses } = body as { Responses?: unknown };
  return Array.isArray(Responses) && Responses.some((member) => (member as { Error?: unknown }).Error !== undefined);
}

const TABLES = [
  INDEXED_TABLE,
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

import {
  type AttributeValue,
  CreateTableCommand,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import type { Mappings } from '../../contract/environment';
import type { KafkaEvent } from '../../contract/event';
import { createProcessor, type Handler } from '../../handlers/create-processor';
import type { DeadLetters } from '../../handlers/dead-letters/dead-letters';
import { type ProcessRecordsOptions, settingsOf } from '../../handlers/options';
import type { Codec } from '../../handlers/record/codec';
import { json } from '../../handlers/record/json';
import { DynamoDbStore } from '../../handlers/store/dynamodb-store';
import type { TransactionWrites } from '../../handlers/transaction/transaction-write';
import { DynamoDbEngine } from '../../local/dynamodb/engine/engine';
import { EngineRequestHandler } from '../../local/dynamodb/engine/engine-request-handler';
import { createTable } from './test-dynamodb';
import { ARN, failures, MAPPINGS, type Order, ProcessEnded, VirtualTime } from './virtual-world';

/** The ways of remembering, by the names that `docs/guarantees.md` gives them. */
export const WAYS = ['ledger', 'identity', 'transaction', 'transaction with identity'] as const;
export type Way = (typeof WAYS)[number];

export const TABLE = 'Idempotency';
export const EFFECTS = 'Effects';
const REMEMBER_FOR_SECONDS = 3_600;
/** A worker that has died answers nothing any more. */
const NEVER = new Promise<never>(() => undefined);

export interface SentCommand {
  readonly constructor: { readonly name: string };
  readonly input: object;
}
/** What becomes of a request. `dead`: the worker dies, before the request is sent or once it has taken effect. */
export type Fate = 'arrives' | 'lost' | 'answer lost' | 'dead before' | 'dead after' | Error;

type Record_ = { readonly value: Order; readonly partition: number; readonly offset: number; readonly attempt: number };

export interface WorkerOptions {
  /** Runs before the effect of each record, in the worker's own time. */
  readonly before?: (record: Record_, worker: Worker) => unknown;
  /** Runs behind it; in a transaction the effect is only written down by then. */
  readonly after?: (record: Record_, worker: Worker) => unknown;
  /** Gets the command and how many of its kind this worker has sent before. */
  readonly fateOf?: (name: string, nth: number, command: SentCommand) => Fate;
  /** By how much its clock is ahead. */
  readonly aheadMs?: number;
  readonly mappings?: Mappings;
  readonly client?: Pick<DynamoDBClient, 'send'>;
  readonly table?: string;
  /** What a transaction writes, in place of one more effect of the record. */
  readonly writes?: (order: Order) => TransactionWrites;
  /** Another way than the world's own. */
  readonly way?: Way;
  readonly order?: 'partition' | 'key' | 'none';
  readonly clockSkewMs?: number;
  /** @default none: what cannot work stays open */
  readonly deadLetters?: (worker: Worker) => DeadLetters;
}

/** One process that runs the function: it can die, stand still, and have a clock of its own. */
export class Worker {
  readonly sent: SentCommand[] = [];
  isDead = false;
  #thawed: Promise<unknown> | undefined;
  #thaw: () => void = () => undefined;
  readonly died: Promise<'died'>;
  #die: () => void = () => undefined;

  constructor() {
    this.died = new Promise((resolve) => {
      this.#die = () => resolve('died');
    });
  }

  die(): Promise<never> {
    this.isDead = true;
    this.#die();
    return NEVER;
  }

  freeze(): void {
    this.#thawed = new Promise<void>((resolve) => {
      this.#thaw = resolve;
    });
  }

  thaw(): void {
    this.#thaw();
    this.#thawed = undefined;
  }

  /** Goes on where the process is alive and runs. */
  async alive(): Promise<void> {
    while (this.#thawed) await this.#thawed;
    if (this.isDead) await NEVER;
  }
}

/** The idempotency table and the users' own on the in-process engine, in virtual time. */
export class TableWorld {
  readonly time = new VirtualTime();
  readonly client: DynamoDBClient;
  readonly logged: { readonly level: string; readonly message: string; readonly fields: Record<string, unknown> }[] =
    [];
  /** How often the effect of a record happened, by its identity. */
  readonly #outside = new Map<string, number>();
  #tokens = 0;

  private constructor(
    readonly way: Way,
    readonly independent: boolean,
  ) {
    const engine = new DynamoDbEngine({ clock: this.time.clock, memberItems: false });
    this.client = new DynamoDBClient({
      region: 'eu-west-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
      requestHandler: new EngineRequestHandler(engine) as never,
    });
  }

  /** @param independent of transactions: the writes of a record do not wait for those before it */
  static async start(way: Way, independent = false): Promise<TableWorld> {
    const world = new TableWorld(way, independent);
    await createTable(world.client, TABLE);
    await createTable(world.client, EFFECTS);
    return world;
  }

  async createTable(command: ConstructorParameters<typeof CreateTableCommand>[0]): Promise<void> {
    await this.client.send(new CreateTableCommand(command));
  }

  isTransaction(way = this.way): boolean {
    return way === 'transaction' || way === 'transaction with identity';
  }

  worker(options: WorkerOptions = {}): { worker: Worker; handler: Handler } {
    const worker = new Worker();
    const { time } = this;
    // Whole milliseconds, as Date.now() gives them; timers may be set to parts of one.
    const clock = { now: () => Math.floor(time.nowMs) + (options.aheadMs ?? 0) };
    const handler = createProcessor(settingsOf(this.#options(worker, options)), options.mappings ?? MAPPINGS, {
      clock,
      sleep: (ms, signal) => (worker.isDead ? NEVER : time.sleep(ms, signal).then(() => worker.alive())),
      random: {
        fraction: () => 0.5,
        token: () => {
          this.#tokens += 1;
          return `token-${this.#tokens}`;
        },
      },
      store: new DynamoDbStore({
        client: this.#connection(worker, options),
        table: options.table ?? TABLE,
        clock,
        clockSkewMs: options.clockSkewMs ?? 1_000,
        rememberForSeconds: REMEMBER_FOR_SECONDS,
      }),
      ...(options.deadLetters && { deadLetters: options.deadLetters(worker) }),
      log: {
        info: (message, fields) => this.logged.push({ level: 'info', message, fields }),
        error: (message, fields) => this.logged.push({ level: 'error', message, fields }),
      },
      exit: () => {
        worker.isDead = true;
        throw new ProcessEnded();
      },
    });
    return { worker, handler };
  }

  /** What one invocation leaves open; `died` where it gave no answer. */
  async deliver(event: KafkaEvent, options: WorkerOptions = {}, remainingMs = 60_000): Promise<string[] | 'died'> {
    const { worker, handler } = this.worker(options);
    return this.invoke(worker, handler, event, remainingMs);
  }

  async invoke(worker: Worker, handler: Handler, event: KafkaEvent, remainingMs = 60_000): Promise<string[] | 'died'> {
    const endsAtMs = this.time.nowMs + remainingMs;
    const context = {
      invokedFunctionArn: `${ARN}:Orders-partial`,
      getRemainingTimeInMillis: () => endsAtMs - this.time.nowMs,
    };
    const answered = handler(event, context).then(failures, (error: unknown) => {
      if (error instanceof ProcessEnded) return 'died' as const;
      throw error;
    });
    return Promise.race([answered, worker.died]);
  }

  /** Whole deliveries to a new worker each, as after a rebalance, until one leaves nothing open. Gives what stays open. */
  async untilDone(event: KafkaEvent, options: WorkerOptions = {}, limit = 5): Promise<string[]> {
    let open: string[] | 'died' = 'died';
    for (let delivery = 0; delivery < limit && open.length > 0; delivery += 1)
      open = await this.deliver(event, options);
    return open === 'died' ? ['died'] : open;
  }

  /** How often the effect of the record with this identity happened. */
  async effects(id: string): Promise<number> {
    const item = (await this.items(EFFECTS)).find((one) => one.id?.S === id);
    return (this.#outside.get(id) ?? 0) + Number(item?.effects?.N ?? 0);
  }

  async items(table = TABLE): Promise<Record<string, AttributeValue>[]> {
    const { Items = [] } = await this.client.send(new ScanCommand({ TableName: table }));
    return Items;
  }

  async put(item: Record<string, AttributeValue>, table = TABLE): Promise<void> {
    await this.client.send(new PutItemCommand({ TableName: table, Item: item }));
  }

  /** Takes items away, as TTL does, or a person. */
  async remove(isWanted: (item: Record<string, AttributeValue>) => boolean): Promise<number> {
    const gone = (await this.items()).filter(isWanted);
    for (const { id } of gone) {
      await this.client.send(new DeleteItemCommand({ TableName: TABLE, Key: { id: id as AttributeValue } }));
    }
    return gone.length;
  }

  codes(): unknown[] {
    return this.logged.flatMap(({ level, fields }) => (level === 'error' && fields.code ? [fields.code] : []));
  }

  /** Everything that error lines say. */
  errors(): string {
    return this.logged
      .filter(({ level }) => level === 'error')
      .map(({ message, fields }) => `${message} ${fields.code ?? ''} ${fields.reason ?? ''}`)
      .join('\n');
  }

  #options(worker: Worker, options: WorkerOptions): ProcessRecordsOptions<Order> {
    const way = options.way ?? this.way;
    const { before, after, writes, order, clockSkewMs } = options;
    const common = {
      value: json() as Codec<Order>,
      // A failure is one attempt; thousands of pauses in virtual time take minutes of real time.
      retries: 0,
      ...(way === 'identity' || way === 'transaction with identity'
        ? { identity: ({ value }: { readonly value: Order }) => value.id }
        : {}),
      ...(order && { order }),
      ...(clockSkewMs === undefined ? {} : { clockSkewMs }),
    };
    const run = async (record: Record_, effect: () => void) => {
      await worker.alive();
      await before?.(record, worker);
      await worker.alive();
      effect();
      await after?.(record, worker);
      await worker.alive();
    };
    if (this.isTransaction(way)) {
      return {
        ...common,
        transaction: true,
        independent: this.independent,
        process: async (record): Promise<TransactionWrites> => {
          await run(record, () => undefined);
          if (writes) return writes(record.value);
          return {
            Update: {
              TableName: EFFECTS,
              Key: { id: record.value.id },
              UpdateExpression: 'ADD effects :one',
              ExpressionAttributeValues: { ':one': 1 },
            },
          };
        },
      };
    }
    return {
      ...common,
      process: (record) =>
        run(record, () => {
          this.#outside.set(record.value.id, (this.#outside.get(record.value.id) ?? 0) + 1);
        }),
    };
  }

  #connection(worker: Worker, { fateOf, client = this.client }: WorkerOptions): Pick<DynamoDBClient, 'send'> {
    const counts = new Map<string, number>();
    const lost = () => Object.assign(new Error('no answer'), { name: 'TimeoutError' });
    const send = async (command: SentCommand) => {
      await worker.alive();
      const { name } = command.constructor;
      const nth = counts.get(name) ?? 0;
      counts.set(name, nth + 1);
      worker.sent.push(command);
      const fate = fateOf?.(name, nth, command) ?? 'arrives';
      if (fate instanceof Error) throw fate;
      if (fate === 'lost') throw lost();
      if (fate === 'dead before') return worker.die();
      const answer = await (client.send as (one: SentCommand) => Promise<unknown>)(command).finally(() => {
        if (fate === 'dead after') void worker.die();
      });
      if (fate === 'answer lost') throw lost();
      await worker.alive();
      return answer;
    };
    return { send: send as never };
  }
}

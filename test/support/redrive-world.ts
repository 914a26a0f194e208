import { CreateTableCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { KafkaEvent, KafkaEventRecord } from '../../contract/event';
import type { Letter } from '../../contract/letter';
import type { RedriveEvent, Redriven, RedriveResponse } from '../../contract/redrive';
import type { Handler } from '../../handlers/create-processor';
import type { ProcessRecordsOptions } from '../../handlers/options';
import type { StoredParked } from '../../handlers/parking/judge-parked';
import type { Ports } from '../../handlers/ports';
import type { Codec } from '../../handlers/record/codec';
import { json } from '../../handlers/record/json';
import { DynamoDbStore } from '../../handlers/store/dynamodb-store';
import type { Store } from '../../handlers/store/store';
import { DynamoDbEngine } from '../../local/dynamodb/engine/engine';
import { EngineRequestHandler } from '../../local/dynamodb/engine/engine-request-handler';
import { FaultyStore, MortalStore } from './faulty-store';
import { Letters } from './letters';
import { storedParked } from './stored-parked';
import { createTable } from './test-dynamodb';
import { applyIn } from './transaction-worlds';
import { event, failures, type Order, type RecordInput, type World, world } from './virtual-world';

export const PLACES = ['memory', 'the table'] as const;
export type Place = (typeof PLACES)[number];
export const WAYS = ['ledger', 'identity', 'transaction', 'transaction with identity'] as const;
export type Way = (typeof WAYS)[number];
/** Every way on every place. */
export const EVERYWHERE = PLACES.flatMap((place) => WAYS.map((way) => [way, place] as const));

const TABLE = 'Idempotency';
const EFFECTS = 'Effects';
const NEVER = new Promise<never>(() => undefined);

export interface Given {
  readonly value: Order;
  readonly offset: number;
  readonly attempt: number;
  readonly signal: AbortSignal;
}
export type Hook = (record: Given) => unknown;
export type Options = Partial<Extract<ProcessRecordsOptions<Order>, { readonly transaction?: false }>>;

/** A function that remembers in one way, in virtual time, whose effects are counted by the identity of their record. */
export class RedriveWorld {
  readonly w: World = world();
  readonly letters = new Letters();
  readonly #engine = new DynamoDbEngine({ clock: this.w.time.clock });
  readonly #client = new DynamoDBClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    requestHandler: new EngineRequestHandler(this.#engine) as never,
  });
  readonly #outside = new Map<string, number>();
  /** Behind a connection that can be made bad; another one for each worker that asks for it. */
  readonly store: FaultyStore;
  readonly #place: Place;

  private constructor(
    /** Of the handlers that are made from now on. */
    public way: Way,
    place: Place,
  ) {
    this.#place = place;
    this.w.apply = applyIn(this.#engine);
    this.store = this.connection();
  }

  static async start(way: Way, place: Place): Promise<RedriveWorld> {
    const given = new RedriveWorld(way, place);
    await createTable(given.#client, TABLE);
    await given.#client.send(
      new CreateTableCommand({
        TableName: EFFECTS,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      }),
    );
    return given;
  }

  /** A connection of its own to what all workers share. */
  connection(): FaultyStore {
    const { clock } = this.w.time;
    const rules = { clock, clockSkewMs: 1_000, rememberForSeconds: 1_209_600 };
    const inner: Store =
      this.#place === 'memory' ? this.w.all : new DynamoDbStore({ ...rules, client: this.#client, table: TABLE });
    return new FaultyStore(inner, this.w.time);
  }

  /** @param hook runs before the effect of each record */
  handler(hook: Hook = () => undefined, options: Options = {}, ports: Partial<Ports> = {}): Handler {
    return this.w.handler(this.#options(hook, options), { store: this.store, deadLetters: this.letters, ...ports });
  }

  /** Delivers records of partition 0, of which some are parked: their letters. */
  async parks(records: readonly RecordInput[], isBad: (order: Order) => boolean = () => true): Promise<Letter[]> {
    const before = this.letters.all.length;
    const hook: Hook = ({ value }) => {
      if (isBad(value)) throw new Error('cannot work yet');
    };
    const handler = this.handler(hook, { classify: () => 'permanent' });
    if (failures(await handler(event({ 0: records }), this.w.context())).length > 0) throw new Error('not all closed');
    return this.letters.all.slice(before);
  }

  async redrive(
    letters: readonly Letter[],
    hook?: Hook,
    options?: Options,
    { remainingMs = 60_000, alias = 'Orders-partial', ...ports }: RedriveOptions = {},
  ): Promise<readonly Redriven[]> {
    const answer = await this.handler(hook, options, ports)(redriveOf(letters), this.w.context(remainingMs, alias));
    return (answer as unknown as RedriveResponse).mskOnce.redriven;
  }

  /** A worker that can die: nothing of it goes on then. */
  mortal(behind: Store = this.store): { readonly store: MortalStore; readonly sleep: Ports['sleep'] } {
    const store = new MortalStore(behind);
    const alive = () => (store.dead ? NEVER : undefined);
    return { store, sleep: async (ms, signal) => alive() ?? this.w.time.sleep(ms, signal).then(alive) };
  }

  async effects(id: string): Promise<number> {
    const { Item } = await this.#client.send(new GetItemCommand({ TableName: EFFECTS, Key: { id: { S: id } } }));
    return (this.#outside.get(id) ?? 0) + Number(Item?.effects?.N ?? 0);
  }

  async parked(letter: Letter): Promise<StoredParked | undefined> {
    if (this.#place === 'memory') return this.w.all.parking.items.get(letter.id);
    return storedParked(this.#client, TABLE, letter.id);
  }

  /** The fields of the last line of an invocation. */
  summary(): Readonly<Record<string, unknown>> {
    return this.w.logged.filter(({ message }) => message === 'msk-once invocation').at(-1)?.fields ?? {};
  }

  get hasIdentity(): boolean {
    return this.way === 'identity' || this.way === 'transaction with identity';
  }

  get isTransaction(): boolean {
    return this.way === 'transaction' || this.way === 'transaction with identity';
  }

  #options(hook: Hook, options: Options): ProcessRecordsOptions<Order> {
    const common = {
      value: json() as Codec<Order>,
      retries: 0,
      ...(this.hasIdentity ? { identity: ({ value }: { readonly value: Order }) => value.id } : {}),
      ...options,
    };
    if (!this.isTransaction) {
      return {
        ...common,
        process: async (record: Given) => {
          await hook(record);
          this.#outside.set(record.value.id, (this.#outside.get(record.value.id) ?? 0) + 1);
        },
      } as ProcessRecordsOptions<Order>;
    }
    return {
      ...common,
      transaction: true,
      process: async (record: Given) => (await hook(record)) ?? counted(record.value.id),
    } as unknown as ProcessRecordsOptions<Order>;
  }
}

type RedriveOptions = Partial<Ports> & { readonly remainingMs?: number; readonly alias?: string };

/** A write that shows each repeat of itself. */
export const counted = (id: string, more: object = {}) => ({
  Update: {
    TableName: EFFECTS,
    Key: { id },
    UpdateExpression: 'ADD effects :one',
    ExpressionAttributeValues: { ':one': 1 },
    ...more,
  },
});

/** The event that the command sends for these letters. */
export function redriveOf(letters: readonly Letter[]): RedriveEvent {
  const records = new Map<string, { readonly id: string; readonly record: KafkaEventRecord }[]>();
  for (const { id, record } of letters) {
    const name = `${record.topic}-${record.partition}`;
    records.set(name, [...(records.get(name) ?? []), { id, record }]);
  }
  const { eventSource, eventSourceArn } = event({}) as KafkaEvent & { readonly eventSourceArn: string };
  return {
    eventSource,
    eventSourceArn,
    records: Object.fromEntries([...records].map(([name, array]) => [name, array.map(({ record }) => record)])),
    mskOnce: { redrive: { letters: [...records.values()].flatMap((array) => array.map(({ id }) => id)) } },
  };
}

/** Waits until something has happened that takes no virtual time. */
export async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await new Promise((resolve) => setImmediate(resolve));
}

import type { Mappings } from '../../contract/environment';
import type { InvocationContext, KafkaEvent } from '../../contract/event';
import type { Item } from '../dynamodb/engine/attribute-value';
import type { SdkHandlerOptions, SdkHttpRequest, SdkHttpResponse } from '../dynamodb/engine/engine-request-handler';
import type { EngineDoor } from '../dynamodb/engine/wire';
import type { WriteLost } from '../oracle/observation';
import type { BatchPlan, DeadLettersPlan, FunctionPlan, LaneOrder, Remember } from './plan';

/** What is simulated and judged: the runtime as it is shipped, but for its surroundings. */
export interface Runtime {
  /** The ways of remembering that it has. */
  readonly remembers: readonly Remember[];
  /** After so long without an answer its client gives a request up; the request may still land. */
  readonly requestTimeoutMs: number;
  /** Whether it has dead letters: it writes them with {@link PUT_LETTERS}. @default false */
  readonly parks?: boolean;
  /** Whether it has calls over several records. @default false */
  readonly batches?: boolean;
  /** Whether it redrives letters. @default false */
  readonly redrives?: boolean;
  /** A store in memory, for one run: the processes of the function share it. undefined: it has none. */
  readonly memory?: (options: MemoryOptions) => SharedMemory;
  /** A new process of the function. */
  start(surroundings: Surroundings): SimulatedHandler;
}

export type SimulatedHandler = (event: KafkaEvent, context: InvocationContext) => Promise<unknown>;

/** Everything outside of the runtime, for one process of it. */
export interface Surroundings {
  readonly settings: SimulatedSettings;
  readonly mappings: Mappings;
  readonly table: string;
  readonly clock: { now(): number };
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly random: { fraction(): number; token(): string };
  /** What the runtime is to remember in, in the place of the table. undefined: the table. */
  readonly memory: SharedMemory | undefined;
  /** In the place of the HTTP handler of the SDK's client. */
  readonly connection: Connection;
  readonly exit: (code: number) => never;
  /** Calls `release` when nothing of the process goes on any more, and what it used may be used again. */
  readonly atEnd: (release: () => void) => void;
  readonly log: (level: 'info' | 'error', message: string, fields: Readonly<Record<string, unknown>>) => void;
  /** The user's code. What it rejects with is a `PlannedFailure`. With `transaction` it takes no effect by itself: what it gives is to be committed with the mark. */
  readonly process: (record: SimulatedRecord) => Promise<readonly SimulatedWrite[] | undefined>;
  /** The same for the records of one call, where the settings have a `batch`. What it does not list has taken effect. */
  readonly processBatch: (records: readonly SimulatedRecord[]) => Promise<SimulatedBatchResult | undefined>;
}

export interface SimulatedSettings extends FunctionPlan {
  readonly remember: Remember;
  /** Whether the function declares what makes two records mean the same thing: the `id` of their values. */
  readonly identity: boolean;
  readonly independent: boolean;
  readonly order: LaneOrder;
  /** undefined: there is a `process`, and no `processBatch`. */
  readonly batch: Pick<BatchPlan, 'maxRecordsPerCall'> | undefined;
  /** undefined: there are no dead letters. */
  readonly deadLetters: Pick<DeadLettersPlan, 'retries' | 'maxAttempts'> | undefined;
}

/** A conditional write with plain values, in the words of `@aws-sdk/lib-dynamodb` and of the runtime. */
export interface SimulatedWrite {
  readonly Update: {
    readonly TableName: string;
    readonly Key: Readonly<Record<string, string>>;
    readonly UpdateExpression: string;
    readonly ConditionExpression?: string;
    readonly ExpressionAttributeNames: Readonly<Record<string, string>>;
    readonly ExpressionAttributeValues: Readonly<Record<string, number>>;
  };
  readonly onConditionFailed?: 'done';
}

/** The value of every record, as JSON. */
export interface SimulatedValue {
  readonly id: string;
  readonly amount: number;
}

export interface SimulatedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly value: SimulatedValue;
  readonly attempt: number;
  readonly signal: AbortSignal;
}

export interface SimulatedBatchResult {
  readonly failed: readonly { readonly record: SimulatedRecord; readonly error: unknown }[];
}

export interface MemoryOptions {
  readonly clock: { now(): number };
  readonly clockSkewMs: number;
  /** Where transactions take effect. */
  readonly database: EngineDoor;
}

/** A store that is no database. It is asked over the same network, by operations that begin with {@link MEMORY}. */
export interface SharedMemory {
  /** Carries out what a process of the runtime has asked for. */
  execute(operation: string, input: object): object;
  /** What such a request would write, by the keys of the items. */
  writesOf(input: object): readonly MemoryWrite[];
  /** What it remembers, as the table would hold it. */
  items(): readonly Item[];
}

export interface MemoryWrite {
  readonly id: string;
  readonly write: WriteLost['write'];
}

export const MEMORY = 'Memory';

/** The operation that writes letters: `{letters: [letter, …]}` (`contract/letter.ts`), over the same network. */
export const PUT_LETTERS = 'PutLetters';

/** The request handler of an SDK client. */
export interface Connection {
  handle(request: SdkHttpRequest, options?: SdkHandlerOptions): Promise<{ response: SdkHttpResponse }>;
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
  destroy(): void;
}

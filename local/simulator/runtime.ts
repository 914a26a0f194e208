import type { Mappings } from '../../contract/environment';
import type { InvocationContext, KafkaEvent } from '../../contract/event';
import type { SdkHandlerOptions, SdkHttpRequest, SdkHttpResponse } from '../dynamodb/engine/engine-request-handler';
import type { FunctionPlan, LaneOrder, Remember } from './plan';

/** What is simulated and judged: the runtime as it is shipped, but for its surroundings. */
export interface Runtime {
  /** The ways of remembering that it has. */
  readonly remembers: readonly Remember[];
  /** After so long without an answer its client gives a request up; the request may still land. */
  readonly requestTimeoutMs: number;
  /** A new process of the function. */
  start(surroundings: Surroundings): SimulatedHandler;
}

export type SimulatedHandler = (event: KafkaEvent, context: InvocationContext) => Promise<unknown>;

/** Everything outside of the runtime, for one process of it. */
export interface Surroundings {
  readonly settings: FunctionPlan & { readonly remember: Remember; readonly order: LaneOrder };
  readonly mappings: Mappings;
  readonly table: string;
  readonly clock: { now(): number };
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly random: { fraction(): number; token(): string };
  /** In the place of the HTTP handler of the SDK's client. */
  readonly connection: Connection;
  readonly exit: (code: number) => never;
  /** Calls `release` when nothing of the process goes on any more, and what it used may be used again. */
  readonly atEnd: (release: () => void) => void;
  readonly log: (level: 'info' | 'error', message: string, fields: Readonly<Record<string, unknown>>) => void;
  /** The user's code. */
  readonly process: (record: SimulatedRecord) => Promise<void>;
}

/** The value of every record, as JSON. */
export interface SimulatedValue {
  readonly id: string;
  readonly amount: number;
}

export interface SimulatedRecord {
  readonly partition: number;
  readonly offset: number;
  readonly value: SimulatedValue;
  readonly attempt: number;
  readonly signal: AbortSignal;
}

/** The request handler of an SDK client. */
export interface Connection {
  handle(request: SdkHttpRequest, options?: SdkHandlerOptions): Promise<{ response: SdkHttpResponse }>;
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
  destroy(): void;
}

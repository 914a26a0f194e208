import type { KafkaEvent } from '../../contract/event';
import type { InvocationResult } from '../worker/invocation-result';

/** Where a poller's invocations run, one after the other: in worker processes, or in a simulation. */
export interface Sandbox {
  /** Never rejects, whatever the function does. */
  invoke(event: KafkaEvent): Promise<InvocationResult>;
  /** Ends what runs at once, and starts nothing any more. */
  stop(): Promise<void>;
}

/** Opens a sandbox for each poller. */
export interface Sandboxes {
  open(poller: string): Sandbox;
}

import type { TopicRecord } from '../broker/broker';
import type { Failure } from '../destinations/failure';

/**
 * What may go wrong with one invocation. Several may be asked for at once.
 * - `throttle`, `service-error`: the batch does not reach the function, and no attempt is counted.
 * - `duplicate-delivery`: the function runs, its answer is lost on the way, and the same batch is delivered again.
 * - `crash-after-success`: the poller dies after the answer and before the commit; another one takes its place.
 * - `rebalance`: the consumer group is rebalanced while the function runs.
 */
export type InvocationFault = 'throttle' | 'service-error' | 'duplicate-delivery' | 'crash-after-success' | 'rebalance';

/** An invocation that is about to be made. */
export interface InvocationPoint {
  readonly poller: string;
  readonly records: readonly TopicRecord[];
  /** Attempts of the batch that have failed so far. */
  readonly retries: number;
}

export interface CommitPoint {
  readonly poller: string;
  readonly partition: number;
  readonly nextOffset: number;
}

/** Asked at each point where a fault of the service is possible; whoever answers decides which happens when. */
export interface DeliveryFaults {
  /** Before each invocation. */
  invocation(point: InvocationPoint): readonly InvocationFault[];
  /** Before each commit: `true` if it fails. It is made again later. */
  commitFails(point: CommitPoint): boolean;
  /** Before each delivery to an on-failure destination: `true` if it fails. The records are lost then. */
  destinationFails(failure: Failure): boolean;
}

/** Nothing goes wrong. */
export const NO_DELIVERY_FAULTS: DeliveryFaults = {
  invocation: () => [],
  commitFails: () => false,
  destinationFails: () => false,
};

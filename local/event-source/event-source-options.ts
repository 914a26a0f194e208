import type { Broker } from '../broker/broker';
import type { FailureDelivery } from '../destinations/failure';
import type { KafkaMapping } from '../template/kafka-mapping';
import type { Time } from '../time';
import type { Choices } from './choices';
import type { DeliveryFaults } from './delivery-faults';
import type { RecordFilter } from './filter/filter';
import type { PollerEvents } from './poller-events';
import type { Sandboxes } from './sandbox';

export interface EventSourceOptions {
  readonly mapping: KafkaMapping;
  readonly broker: Broker;
  readonly bootstrapServers: string;
  /** Decides whatever is left to chance: the same seed brings back the same choices. */
  readonly seed: number;
  /** What the service does where its documentation is silent: {@link defaultChoices}. */
  readonly choices: Choices;
  readonly sandboxes: Sandboxes;
  /** Where records go that are given up. @default nowhere: they are lost */
  readonly destination?: FailureDelivery;
  /** @default that of the mapping's own filters. */
  readonly filter?: RecordFilter;
  /** @default none. */
  readonly faults?: DeliveryFaults;
  /** @default the machine's. */
  readonly time?: Time;
  readonly events: PollerEvents;
}

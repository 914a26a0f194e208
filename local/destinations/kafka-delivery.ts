import type { Broker } from '../broker/broker';
import { deliveryError } from './delivery-error';
import type { Failure, FailureDelivery } from './failure';
import { recordMessages } from './failure-document';

/** Writes a message per failed record to a topic of the same cluster. The topic must be there, as for the service. */
export class KafkaDelivery implements FailureDelivery {
  readonly #topic: string;
  readonly #broker: Broker;

  constructor(topic: string, broker: Broker) {
    this.#topic = topic;
    this.#broker = broker;
  }

  async deliver(failure: Failure): Promise<void> {
    try {
      await this.#broker.produce(this.#topic, recordMessages(failure));
    } catch (error) {
      throw deliveryError(`the topic ${this.#topic}`, error);
    }
  }
}

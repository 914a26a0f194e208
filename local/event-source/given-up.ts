import type { TopicRecord } from '../broker/broker';
import type { FailedMapping, Failure, FailureCondition, FailureDelivery } from '../destinations/failure';
import type { Time } from '../time';
import type { DeliveryFaults } from './delivery-faults';
import type { PendingBatch } from './pending-batch';
import type { PollerEvents } from './poller-events';

export interface GivenUpOptions {
  readonly name: string;
  readonly mapping: FailedMapping;
  readonly bootstrapServers: string;
  /** undefined: what is given up is lost. */
  readonly destination: FailureDelivery | undefined;
  readonly faults: DeliveryFaults;
  readonly time: Time;
  readonly events: PollerEvents;
}

/** What becomes of records that are not delivered any more: the on-failure destination takes them, or they are lost. */
export class GivenUp {
  readonly #options: GivenUpOptions;

  constructor(options: GivenUpOptions) {
    this.#options = options;
  }

  get hasDestination(): boolean {
    return this.#options.destination !== undefined;
  }

  /** Never rejects. The records are those of the batch, or some of them. */
  async discard(
    batch: PendingBatch,
    records: readonly TopicRecord[],
    condition: FailureCondition,
    reason: string,
  ): Promise<void> {
    const { name, mapping, bootstrapServers, time, events } = this.#options;
    const delivered = await this.#deliver({
      condition,
      records,
      event: batch.last?.event,
      invokeCount: batch.invocations,
      result: batch.last?.result,
      mapping,
      bootstrapServers,
      atMs: time.now(),
    });
    events.discarded(name, records, { condition, reason, delivered });
  }

  async #deliver(failure: Failure): Promise<boolean> {
    const { name, destination, faults, events } = this.#options;
    if (destination === undefined || faults.destinationFails(failure)) return false;
    try {
      await destination.deliver(failure);
      return true;
    } catch (error) {
      const text = `The on-failure destination did not take ${failure.records.length} records, and they are lost: ${(error as Error).message}`;
      events.complained(name, { kind: 'error', row: 33, text });
      return false;
    }
  }
}

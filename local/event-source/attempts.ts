import type { KafkaEvent } from '../../contract/event';
import type { TopicRecord } from '../broker/broker';
import type { FailureCondition } from '../destinations/failure';
import type { SeededRandom } from '../seeded-random';
import type { Time } from '../time';
import type { InvocationResult } from '../worker/invocation-result';
import { type AfterAttempt, afterAttempt } from './after-attempt';
import type { DeliveryFaults } from './delivery-faults';
import { eventOf, inPayloadOrder } from './event';
import type { GivenUp } from './given-up';
import type { Holdings } from './holdings';
import { type PendingBatch, withRecords } from './pending-batch';
import { LOST, type PollerEvents } from './poller-events';
import type { PollerSettings } from './poller-settings';
import type { RecordAges } from './record-age';
import { readResult } from './response';
import { retryPauseMs } from './retry';

export interface AttemptsOptions {
  readonly name: string;
  readonly settings: PollerSettings;
  readonly random: SeededRandom;
  readonly time: Time;
  readonly invoke: (event: KafkaEvent) => Promise<InvocationResult>;
  readonly faults: DeliveryFaults;
  /** A fault asks for a rebalance of the group, while the function runs. */
  readonly rebalance: () => void;
  readonly events: PollerEvents;
  readonly holdings: Holdings;
  readonly ages: RecordAges;
  readonly givenUp: GivenUp;
  /** Nobody waits for the answer of what runs any more. */
  readonly isCutShort: () => boolean;
  /** Brings the holdings up to date with the assignment. */
  readonly follow: () => void;
  /** A fault ends this poller; another one takes its place, with empty hands. */
  readonly restart: () => Promise<void>;
}

interface WhyGivenUp {
  readonly condition: FailureCondition;
  readonly reason: string;
  readonly isAll: boolean;
}

/** Makes attempts of batches: invokes the function, reads its answer, and puts what is left of a batch in its place. */
export class Attempts {
  readonly #options: AttemptsOptions;

  constructor(options: AttemptsOptions) {
    this.#options = options;
  }

  async make(batch: PendingBatch): Promise<void> {
    const { holdings, ages, settings, time } = this.#options;
    holdings.pending.begin(batch);
    // Row 20: what has grown too old is split off before each invocation.
    const expired = ages.expired(batch.records, time.now());
    if (expired.length === 0) return this.#deliver(batch);
    const reason = `older than ${settings.maximumRecordAgeMs / 1_000} s`;
    await this.#giveUp(batch, expired, { condition: 'RecordAgeExceeded', reason, isAll: false });
  }

  /** Row 24: a record that fits no event, not even alone. */
  async passTooLarge(batch: PendingBatch): Promise<void> {
    const { name, settings, events, holdings, givenUp } = this.#options;
    const [{ topic = '', partition = 0, offset = 0 } = {}] = batch.records;
    const reason = `${topic}-${partition}@${offset} makes an event of more than ${settings.maximumPayloadBytes} bytes`;
    holdings.pending.begin(batch);
    if (settings.choices['record-too-large'] === 'stuck') {
      events.blocked(name, batch.records, reason);
      this.#finish((current) => [{ ...current, dueAtMs: Number.POSITIVE_INFINITY }]);
      return;
    }
    if (!givenUp.hasDestination) {
      const text = `The service drops a record that is too large for an invocation: ${reason}.`;
      events.complained(name, { kind: 'error', row: 24, text });
    }
    await this.#giveUp(batch, batch.records, { condition: 'MaximumPayloadSizeExceeded', reason, isAll: true });
  }

  async #deliver(batch: PendingBatch): Promise<void> {
    const { name: poller, settings, random, events, faults, invoke, rebalance, isCutShort } = this.#options;
    const happening = new Set(faults.invocation({ poller, records: batch.records, retries: batch.retries }));
    if (happening.has('throttle') || happening.has('service-error')) return this.#refused();
    const records = inPayloadOrder(batch.records, random);
    const event = eventOf(records, settings);
    events.delivered(poller, records, batch.retries);
    if (happening.has('rebalance')) rebalance();
    const result = await invoke(event);
    if (isCutShort()) return;
    // A rebalance meanwhile: what another member owns now is no longer ours to resolve.
    this.#options.follow();
    const made = { ...batch, invocations: batch.invocations + 1, last: { event, result }, refusals: 0 };
    if (happening.has('crash-after-success')) {
      events.answered(poller, result, LOST, []);
      await this.#options.restart();
      return this.#finish(() => []);
    }
    if (happening.has('duplicate-delivery')) return this.#deliverAgain(made, records, result);
    await this.#answered(made, records, result);
  }

  /** The batch did not reach the function: no attempt is counted. */
  #refused(): void {
    this.#finish((current) => {
      const refusals = current.refusals + 1;
      return [{ ...current, refusals, dueAtMs: this.#afterPauseMs(refusals) }];
    });
  }

  /** The answer was lost on the way: the service cannot know that the function ran. */
  #deliverAgain(made: PendingBatch, records: readonly TopicRecord[], result: InvocationResult): void {
    const { name, holdings, events } = this.#options;
    events.answered(name, result, LOST, holdings.stillOurs(records));
    this.#finish(({ records: left, holds, partitions }) => [{ ...made, records: left, holds, partitions, dueAtMs: 0 }]);
  }

  async #answered(made: PendingBatch, records: readonly TopicRecord[], result: InvocationResult): Promise<void> {
    const { name, settings, events, holdings } = this.#options;
    const { verdict, complaints } = readResult(result, records, settings.reportBatchItemFailures);
    for (const complaint of complaints) events.complained(name, complaint);
    const ours = holdings.stillOurs(records);
    const after = afterAttempt({ records: ours, retries: made.retries }, verdict, settings);
    const again = after.next.flatMap((next) => next.records);
    events.answered(name, result, verdict, again);
    const unresolved = new Set([...again, ...after.givenUp]);
    holdings.resolve(ours.filter((record) => !unresolved.has(record)));
    const reason = verdict.kind === 'failed' ? verdict.reason : 'partial response';
    if (after.givenUp.length > 0) {
      return this.#giveUp(made, after.givenUp, { condition: 'RetryAttemptsExhausted', reason, isAll: true });
    }
    if (after.blocked) events.blocked(name, again, reason);
    this.#finish((current) => this.#waiting(current, made, after));
  }

  /** What an attempt left of a batch, on its way to the next one. */
  #waiting(current: PendingBatch, { invocations, last }: PendingBatch, after: AfterAttempt): readonly PendingBatch[] {
    const [{ retries = 0 } = {}] = after.next;
    const dueAtMs = after.blocked ? Number.POSITIVE_INFINITY : this.#afterPauseMs(Math.max(1, retries));
    return after.next.map((next) => ({
      ...this.#part(current, next.records),
      retries: next.retries,
      invocations,
      last,
      refusals: 0,
      dueAtMs,
    }));
  }

  /** These records of the batch are not delivered any more: all that is unresolved of it, or the others wait on. */
  async #giveUp(batch: PendingBatch, records: readonly TopicRecord[], why: WhyGivenUp): Promise<void> {
    const { holdings, givenUp, follow } = this.#options;
    await givenUp.discard(batch, records, why.condition, why.reason);
    follow();
    holdings.resolve(records);
    const gone = new Set(records);
    this.#finish((current) => {
      const left = current.records.filter((record) => !gone.has(record));
      return why.isAll ? [] : [this.#part(current, left)];
    });
  }

  #part(current: PendingBatch, records: readonly TopicRecord[]): PendingBatch {
    return withRecords(current, records, this.#options.settings.choices['hold-during-retry'] === 'batch');
  }

  #finish(parts: (current: PendingBatch) => readonly PendingBatch[]): void {
    const { pending } = this.#options.holdings;
    pending.finish(pending.current ? parts(pending.current).filter(({ records }) => records.length > 0) : []);
  }

  #afterPauseMs(retries: number): number {
    const { settings, random, time } = this.#options;
    const { 'retry-base-ms': baseMs, 'retry-cap-ms': capMs } = settings.choices;
    return time.now() + retryPauseMs(retries, random(), baseMs, capMs);
  }
}

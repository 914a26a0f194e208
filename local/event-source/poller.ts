import type { KafkaEvent } from '../../contract/event';
import type { GroupMember, TopicRecord } from '../broker/broker';
import type { FailedMapping, FailureDelivery } from '../destinations/failure';
import type { SeededRandom } from '../seeded-random';
import type { Time } from '../time';
import type { InvocationResult } from '../worker/invocation-result';
import { Attempts } from './attempts';
import { BatchFormer } from './batch-former';
import { Committer } from './committer';
import type { DeliveryFaults } from './delivery-faults';
import { envelopeBytes } from './event-size';
import type { RecordFilter } from './filter/filter';
import { GivenUp } from './given-up';
import { Holdings } from './holdings';
import { newBatch, type PendingBatch } from './pending-batch';
import type { PollerEvents } from './poller-events';
import type { PollerSettings } from './poller-settings';
import { RecordAges } from './record-age';
import { RecordIntake } from './record-intake';

export interface PollerOptions {
  readonly name: string;
  readonly member: GroupMember;
  /** Another member in the place of one that died. */
  readonly rejoin: () => Promise<GroupMember>;
  readonly settings: PollerSettings;
  readonly mapping: FailedMapping;
  readonly random: SeededRandom;
  readonly time: Time;
  readonly invoke: (event: KafkaEvent) => Promise<InvocationResult>;
  readonly filter: RecordFilter;
  /** undefined: what is given up is lost. */
  readonly destination: FailureDelivery | undefined;
  readonly faults: DeliveryFaults;
  /** A fault asks for a rebalance of the group, while the function runs. */
  readonly rebalance: () => void;
  /** A batch was handled: attempted or given up, and what could be committed was. */
  readonly settled: () => void;
  readonly events: PollerEvents;
}

/** A broker may move a position past what nobody sees without a word: transaction markers, for one. */
const IDLE_MS = 1_000;

/**
 * Reads its partitions in batches and invokes the function with one at a time, as an event poller does: a batch that
 * failed comes again, whole or in part, and holds its partitions until it is resolved; per partition the lowest
 * unresolved offset is committed.
 */
export class Poller {
  readonly #options: PollerOptions;
  readonly #holdings = new Holdings();
  readonly #intake: RecordIntake;
  readonly #former: BatchFormer;
  readonly #attempts: Attempts;
  readonly #committer: Committer;
  #member: GroupMember;
  #hasLeft = false;
  #isCutShort = false;
  #inFlight: readonly TopicRecord[] = [];

  constructor(options: PollerOptions) {
    const { settings, random } = options;
    const holdings = this.#holdings;
    const ages = new RecordAges(settings.maximumRecordAgeMs, settings.choices['record-age']);
    const givenUp = new GivenUp({ ...options, bootstrapServers: settings.bootstrapServers });
    this.#options = options;
    this.#member = options.member;
    this.#intake = new RecordIntake({ ...options, ages });
    this.#former = new BatchFormer({ ...settings, envelopeBytes: envelopeBytes(settings) }, random);
    this.#committer = new Committer(options);
    this.#attempts = new Attempts({
      ...options,
      holdings,
      ages,
      givenUp,
      invoke: (event) => this.#invoke(event),
      isCutShort: () => this.#isCutShort,
      follow: () => this.#follow(),
      restart: () => this.#restart(),
    });
  }

  /** What it is at work with, from before the invocation until after the commit, even if another owner has it now. */
  get inFlight(): readonly TopicRecord[] {
    return this.#inFlight;
  }

  /** Partitions whose records this poller does not deliver any more, as far as the run shows it. */
  get blocked(): ReadonlySet<number> {
    return this.#holdings.pending.blocked;
  }

  /** Up to which offset everything in the partition is resolved; undefined: another owner's, or not known yet. */
  resolvedUpTo(partition: number): number | undefined {
    return this.#holdings.partitions.get(partition)?.resolvedUpTo(this.#member);
  }

  /** Finishes the batch that runs when the signal comes, commits what is resolved, and leaves the group. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // Nothing may come between looking for work and waiting for a change, or the change would be missed.
      await (this.#work() ?? this.#member.changed(this.#pauseMs(), signal));
    }
    this.#follow();
    await this.#commit();
    await this.#leave();
  }

  /** However the invocation that runs ends, nothing follows from it: its records stay on the topic. */
  cutShort(): void {
    this.#isCutShort = true;
  }

  /** Leaves the group at once: what runs is cut short, and nothing more is committed. */
  async abandon(): Promise<void> {
    this.cutShort();
    await this.#leave();
  }

  /** Begins what is to be done next; undefined: nothing is. */
  #work(): Promise<void> | undefined {
    this.#follow();
    const { pending, partitions, free } = this.#holdings;
    const now = this.#options.time.now();
    const due = pending.due(now);
    if (due) return this.#handle(due, () => this.#attempts.make(due));
    const hasMore = this.#intake.read(this.#member, free, now);
    const tooLarge = this.#former.takeTooLarge(free);
    if (tooLarge) {
      const batch = pending.add(newBatch(tooLarge.records, tooLarge.epochs));
      return this.#handle(batch, () => this.#attempts.passTooLarge(batch));
    }
    const formed = this.#former.form(free, now);
    if (formed) {
      const batch = pending.add(newBatch(formed.records, formed.epochs));
      return this.#handle(batch, () => this.#attempts.make(batch));
    }
    if (hasMore) return this.#options.time.sleep(0);
    return this.#committer.isDue(this.#member, partitions.all) ? this.#commit() : undefined;
  }

  async #handle(batch: PendingBatch, handle: () => Promise<void>): Promise<void> {
    this.#inFlight = batch.records;
    await handle();
    await this.#commit();
    this.#inFlight = [];
    this.#options.settled();
  }

  /** Row 28: the window begins when an invocation has ended. */
  async #invoke(event: KafkaEvent): Promise<InvocationResult> {
    const partitions = new Set(this.#inFlight.map(({ partition }) => partition));
    const result = await this.#options.invoke(event);
    this.#former.completed(partitions, this.#options.time.now());
    return result;
  }

  #commit(): Promise<void> {
    return this.#committer.commit(this.#member, this.#holdings.partitions.all);
  }

  #pauseMs(): number {
    const { pending, free } = this.#holdings;
    const now = this.#options.time.now();
    const next = Math.min(pending.nextDueAtMs, this.#former.nextWindowEndMs(free), now + IDLE_MS);
    return Math.max(1, next - now);
  }

  #follow(): void {
    this.#holdings.follow(this.#member.assigned());
  }

  /** Everything that was not committed is read again. */
  async #restart(): Promise<void> {
    await this.#leave();
    this.#member = await this.#options.rejoin();
    this.#hasLeft = false;
  }

  async #leave(): Promise<void> {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    await this.#member.leave();
    this.#follow();
  }
}

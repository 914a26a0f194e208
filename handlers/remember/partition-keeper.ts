import { ERROR_CODES } from '../../contract/error-codes';
import { backoffMs } from '../core/backoff';
import { type Deferred, deferred } from '../core/deferred';
import { WOKEN } from '../core/woken';
import type { EventArray } from '../engine/memory';
import type { RecordState } from '../engine/record-state';
import type { Scope } from '../engine/scope';
import { abandonedOffsets, leaseOver, partitionBusy, partitionLost } from '../errors';
import { ledgerId } from '../ledger/ledger-id';
import type { LedgerClaimAnswer, LedgerClaimRequest, LedgerMarkAnswer } from '../ledger/ledger-store';
import { isUnknown, type Unknown } from '../store/unknown';
import { type MarkOnItsWay, Partition } from './partition';

const BUSY_BASE_MS = 100;
const BUSY_CAP_MS = 1_000;
/** Between a mark that nobody answered and the next. */
const RETRY_MS = 100;

/** Claims the partitions of one invocation, keeps their leases, writes their marks, and gives them back. */
export class PartitionKeeper<T> {
  readonly #scope: Scope<T>;
  readonly #partitions: readonly Partition<T>[];
  readonly #claims = new Map<Partition<T>, Promise<void>>();
  readonly #token: string;
  #wake = new AbortController();
  #sleepsUntilMs = Number.POSITIVE_INFINITY;
  #isStopped = false;
  /** Everything that waits for its mark is written now. */
  #isHurried = false;
  /** Resolves with the next answer to a write. */
  #written: Deferred<void> | undefined;

  constructor(arrays: readonly EventArray<T>[], scope: Scope<T>) {
    this.#scope = scope;
    this.#token = scope.ports.random.token();
    this.#partitions = arrays.map((array) => {
      const record = array.states[0]?.record;
      const id = record ? ledgerId(scope.caller, record.topic, record.partition) : '';
      return new Partition(id, array, this.#token);
    });
  }

  get partitions(): readonly Partition<T>[] {
    return this.#partitions;
  }

  /** Asks for every partition; none of them waits for another. */
  open(): void {
    const wanted = this.#partitions.filter(({ array }) => array.states.length > 0);
    const { answers } = this.#ask(wanted);
    wanted.forEach((partition, index) => {
      this.#claims.set(partition, this.#begin(partition, answers[index] as Promise<LedgerClaimAnswer>));
    });
    void this.#run();
  }

  /** Whether any partition has its answer: from then on there is other work. */
  get isAnswered(): boolean {
    return this.#isStopped || this.#partitions.some(({ isClaimed, refusal }) => isClaimed || refusal !== undefined);
  }

  /** Resolves when the partition is claimed, or has a refusal. */
  claimed(partition: Partition<T>): Promise<void> {
    return this.#claims.get(partition) ?? Promise.resolve();
  }

  /** Why nothing may start on the partition right now (L4). */
  refusal(partition: Partition<T>, nowMs: number): Error | undefined {
    if (partition.refusal) return partition.refusal;
    if (nowMs + this.#scope.settings.clockSkewMs < partition.leaseUntilMs) return undefined;
    return leaseOver({ partition: partition.array.name, leaseUntilMs: partition.leaseUntilMs });
  }

  /** Something waits for its mark, or the partition is final. */
  changed(partition: Partition<T>): void {
    if (this.#dueAtMs(partition) < this.#sleepsUntilMs) this.#wake.abort(WOKEN);
  }

  /** Resolves when no mark of the partition is on its way (L2). */
  async turn(partition: Partition<T>): Promise<void> {
    while (partition.isWriting && !this.#isStopped) {
      this.#written ??= deferred();
      await this.#written.promise;
    }
  }

  /** Writes what has happened so far, and resolves to whether that stands. */
  async written(partition: Partition<T>): Promise<boolean> {
    partition.want(this.#scope.ports.clock.now());
    this.changed(partition);
    while ((partition.isUrgent || partition.isWriting) && !partition.isOver && !this.#isStopped) {
      this.#written ??= deferred();
      await this.#written.promise;
    }
    return !partition.isOver && !this.#isStopped;
  }

  /** Something has changed that those who wait for marks look at. */
  look(): void {
    this.#written?.resolve();
    this.#written = undefined;
  }

  /** Resolves when nothing waits for a mark, and what is final was given back. */
  async marked(): Promise<void> {
    this.#isHurried = true;
    this.#wake.abort(WOKEN);
    while (!this.#isStopped && this.#partitions.some((partition) => this.#isOwed(partition))) {
      this.#written ??= deferred();
      await this.#written.promise;
    }
    this.#isHurried = false;
  }

  /** The record goes on running: its partition is marked, and not given back (L5). */
  cutOff(state: RecordState<T>): void {
    const partition = this.#partitions.find((each) => isOf(state, each));
    if (partition === undefined || partition.isOver) return;
    partition.fail(state, ERROR_CODES.unsettled, this.#scope.ports.clock.now());
    partition.acquit();
    this.changed(partition);
  }

  /** Its call with others goes on running: an attempt for nobody, but it is not to run with them again. */
  runSingly(state: RecordState<T>): void {
    const partition = this.#partitions.find((each) => isOf(state, each));
    if (partition === undefined || partition.isOver) return;
    partition.runSingly(state, this.#scope.ports.clock.now());
    this.changed(partition);
  }

  stop(): void {
    if (!this.#isStopped) {
      for (const { holesClosed } of this.#partitions) this.#scope.observer.holesClosed(holesClosed);
    }
    this.#isStopped = true;
    this.#wake.abort(WOKEN);
    this.#written?.resolve();
    for (const partition of this.#partitions) {
      this.#unsaved(partition.giveUp(this.#scope.tooLate()), 'the store did not answer before the end');
    }
  }

  /** We are not the owner any more (L3): nothing starts, what runs is aborted, what has no durable mark is open. */
  lost(partition: Partition<T>, also: readonly RecordState<T>[] = []): void {
    const error = partitionLost({ partition: partition.array.name });
    this.#scope.observer.noticed('staleOwner', partition.topic);
    this.#unsaved(partition.giveUp(error), error.message);
    for (const state of also) state.leaveOpen(error);
    for (const run of this.#scope.runs.running) if (isOf(run.state, partition)) run.abort(error);
  }

  /** The store did not say whether the write stands: its records are open. */
  unanswered(partition: Partition<T>, answer: Unknown): Error {
    const error = this.#scope.unanswered('mark', answer);
    this.#unsaved(partition.giveUp(error), error.message);
    return error;
  }

  /** Told before the write that closes them (L6). */
  tellAbandoned(partition: Partition<T>, { abandoned }: MarkOnItsWay<T>): void {
    if (partition.hasToldAbandoned) return;
    partition.hasToldAbandoned = abandoned.length > 0;
    for (const { first, last } of abandoned) {
      const error = abandonedOffsets({ partition: partition.array.name, first, last });
      this.#scope.observer.noticed('abandoned', partition.topic, Number(last - first) + 1);
      this.#scope.ports.log.error(error.message, { code: error.code });
    }
  }

  #ask(partitions: readonly Partition<T>[]) {
    const { ports, patience, settings, stopped } = this.#scope;
    const leaseUntilMs = ports.clock.now() + settings.leaseMs;
    const batch = partitions.map(({ id, token, first, last }) => ({ id, token, leaseUntilMs, first, last }));
    return patience.start<LedgerClaimRequest, LedgerClaimAnswer>(
      batch,
      (members) => ports.store.ledger.claim(members),
      stopped,
    );
  }

  /** Waits for a live foreign lease at most one lease and 2 × clockSkew (L1). */
  async #begin(partition: Partition<T>, first: Promise<LedgerClaimAnswer>): Promise<void> {
    const { ports, settings, deadline, stopped } = this.#scope;
    const askedAtMs = ports.clock.now();
    const giveUpAtMs = askedAtMs + settings.leaseMs + 3 * settings.clockSkewMs;
    let answer = await first;
    const isBusy = answer.kind === 'busy';
    for (let tries = 1; answer.kind === 'busy'; tries += 1) {
      const pauseMs = BUSY_BASE_MS / 2 + backoffMs(tries, ports.random.fraction(), BUSY_BASE_MS, BUSY_CAP_MS);
      const { leaseUntilMs } = answer;
      partition.refusal = partitionBusy({ partition: partition.array.name, leaseUntilMs });
      if (ports.clock.now() + pauseMs >= Math.min(giveUpAtMs, deadline.atMs)) return;
      await ports.sleep(pauseMs, stopped);
      if (!this.#scope.mayStart) return;
      answer = (await this.#ask([partition]).answers[0]) as LedgerClaimAnswer;
    }
    const { observer } = this.#scope;
    if (isBusy) observer.laneWaited(partition.topic, ports.clock.now() - askedAtMs);
    partition.refusal = undefined;
    if (answer.kind === 'claimed') {
      // More than this claim since the last release or progress: another worker did not give it back.
      if (answer.claim.state.unclean > 1) observer.noticed('takeovers', partition.topic);
      partition.begin(answer.claim, ports.clock.now());
      if (partition.hasOrderGap) observer.noticed('orderGap', partition.topic);
      this.changed(partition);
    } else if (answer.kind === 'unreadable') {
      partition.refusal = answer.error;
    } else {
      partition.refusal = this.#scope.unanswered('claim', answer);
    }
  }

  async #run(): Promise<void> {
    const { sleep, clock } = this.#scope.ports;
    while (!this.#isStopped) {
      this.#wake = new AbortController();
      this.#sleepsUntilMs = Math.min(...this.#partitions.map((partition) => this.#dueAtMs(partition)));
      const waitMs = Math.min(this.#sleepsUntilMs - clock.now(), this.#scope.settings.leaseMs);
      if (waitMs > 0) await sleep(waitMs, this.#wake.signal);
      this.#sleepsUntilMs = Number.NEGATIVE_INFINITY;
      // Partitions that end in the same turn are marked in the same request.
      await sleep(0);
      if (this.#isStopped) return;
      this.#write(this.#partitions.filter((partition) => this.#dueAtMs(partition) <= clock.now()));
    }
  }

  /** When the partition's next mark is to be written, by the clock of this worker. */
  #dueAtMs(partition: Partition<T>): number {
    if (!partition.isClaimed || partition.isOver || partition.isWriting) return Number.POSITIVE_INFINITY;
    const { notBeforeMs } = partition;
    if (partition.isFinal) return notBeforeMs;
    const { leaseMs, checkpointMs } = this.#scope.settings;
    const renewalMs = partition.leaseUntilMs - (2 * leaseMs) / 3;
    const { dirtySinceMs } = partition;
    if (dirtySinceMs === undefined) return Math.max(renewalMs, notBeforeMs);
    if (this.#isHurried || partition.isUrgent) return notBeforeMs;
    return Math.max(Math.min(renewalMs, dirtySinceMs + checkpointMs), notBeforeMs);
  }

  #isOwed(partition: Partition<T>): boolean {
    if (!partition.isClaimed || partition.isOver) return false;
    const { isWriting, isFinal, dirtySinceMs, parkings } = partition;
    return isWriting || isFinal || dirtySinceMs !== undefined || parkings > 0;
  }

  #write(partitions: readonly Partition<T>[]): void {
    if (partitions.length === 0) return;
    const { ports, patience } = this.#scope;
    const onTheirWay = new Map<Partition<T>, MarkOnItsWay<T>>();
    for (const partition of partitions) partition.isWriting = true;
    const { answers } = patience.save<Partition<T>, LedgerMarkAnswer>(partitions, (asked) =>
      ports.store.ledger.mark(
        asked.map((partition) => {
          const onItsWay = this.#latest(partition, onTheirWay.get(partition));
          onTheirWay.set(partition, onItsWay);
          return onItsWay.mark;
        }),
      ),
    );
    partitions.forEach((partition, index) => {
      void answers[index]?.then((answer) =>
        this.#answered(partition, onTheirWay.get(partition) as MarkOnItsWay<T>, answer),
      );
    });
  }

  /**
   * The mark as it is to be now. One that is asked again says what has ended since, and asks for a lease from now on: an
   * answer that was lost must not hold up the marks behind it until the lease is over (L2). If the earlier one stands all
   * the same, the answer to this one tells (L3). It does not become the last one: that is asked as often as any other.
   */
  #latest(partition: Partition<T>, earlier: MarkOnItsWay<T> | undefined): MarkOnItsWay<T> {
    // Given up meanwhile: what it closes then is known to be open.
    if (earlier && partition.isOver) return earlier;
    const now = this.#scope.ports.clock.now();
    if (earlier) partition.notWritten(earlier, now);
    const isLast = partition.isFinal && earlier?.mark.leaseUntilMs === undefined;
    const onItsWay = partition.mark([], isLast ? undefined : now + this.#scope.settings.leaseMs);
    this.tellAbandoned(partition, onItsWay);
    return onItsWay;
  }

  #answered(partition: Partition<T>, onItsWay: MarkOnItsWay<T>, answer: LedgerMarkAnswer): void {
    partition.isWriting = false;
    if (answer.kind === 'written') partition.written(onItsWay);
    else if (answer.kind === 'overtaken') partition.overtaken(onItsWay, answer, this.#scope.ports.clock.now());
    else if (isUnknown(answer)) this.#unsure(partition, onItsWay, answer);
    else this.lost(partition);
    this.#wake.abort(WOKEN);
    this.look();
  }

  /**
   * An outage starts nothing more, but what still runs is to be marked when it ends: the partition is given up only with
   * its last mark. Whether this one stands shows by the answer to the next (L3).
   */
  #unsure(partition: Partition<T>, onItsWay: MarkOnItsWay<T>, answer: Unknown): void {
    if (onItsWay.mark.leaseUntilMs === undefined || answer.reason === 'refused') {
      this.unanswered(partition, answer);
      return;
    }
    this.#scope.unanswered('mark', answer);
    const now = this.#scope.ports.clock.now();
    partition.notWritten(onItsWay, now);
    partition.notBeforeMs = now + RETRY_MS;
  }

  #unsaved(states: readonly RecordState<T>[], reason: string): void {
    for (const state of states) this.#scope.tellUnsaved(state, reason);
  }
}

function isOf<T>({ record }: RecordState<T>, { array }: Partition<T>): boolean {
  return `${record.topic}-${record.partition}` === array.name;
}

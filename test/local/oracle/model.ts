/**
 * A tiny world in which everything keeps its promise: a service, workers and a store in a few lines each, written on
 * their own, with deaths, stalls, rebalances, rewinds, failures and faults by chance. It writes down what an observer
 * would see.
 */
import type { Observation, Place } from '../../../local/oracle/observation';
import type { Promised, TopicFact } from '../../../local/oracle/promise';
import { below, type SeededRandom, seededRandom } from '../../../local/seeded-random';

export interface ModelHistory {
  readonly promised: Promised;
  readonly topic: readonly TopicFact[];
  readonly observations: Observation[];
  readonly committed: ReadonlyMap<number, number>;
  /** Effects of a unit after its first, as the model counted them. */
  readonly repeats: number;
}

const LEASE_MS = 1_000;
const SKEW_MS = 50;
const CHECKPOINT_MS = 250;
const PARTITIONS = 2;
const STEPS = 400;

type Fact = TopicFact & { readonly key: string; readonly identity: string };

/** A worker's way through one invocation: it is asked to go on, step by step. */
type Invocation = Generator<void, readonly Fact[], void>;

interface Worker {
  readonly name: string;
  readonly partition: number;
  readonly batch: readonly Fact[];
  readonly invocation: Invocation;
  frozenUntilMs: number;
  /** Whether what it answers counts. */
  isOwner: boolean;
  /** When what it has not marked yet was finished, the oldest first. */
  readonly unmarked: number[];
}

interface Held {
  owner: string;
  leaseUntilMs: number;
}

export function model(seed: number, remember: Promised['remember']): ModelHistory {
  return new Model(seed, remember).run();
}

class Model {
  readonly #random: SeededRandom;
  readonly #promised: Promised;
  readonly #topic: Fact[];
  readonly #observations: Observation[] = [];
  readonly #committed = new Map<number, number>();
  readonly #workers: Worker[] = [];
  readonly #held = new Map<string, Held>();
  readonly #closed = new Set<string>();
  readonly #effects = new Map<string, number>();
  /** What comes again of a batch that was answered in part. */
  readonly #again = new Map<number, readonly Fact[]>();
  readonly #flights: { landsAtMs: number; land: () => void }[] = [];
  #nowMs = 10_000;
  #names = 0;
  #started = 0;

  constructor(seed: number, remember: Promised['remember']) {
    this.#random = seededRandom(seed);
    this.#promised = {
      remember,
      order: this.#one('partition', 'key', 'none'),
      ...(remember === 'transaction' && { identity: this.#chance(0.5) }),
      checkpointMs: CHECKPOINT_MS,
      seesLostWrites: true,
    };
    this.#topic = Array.from({ length: below(this.#random, 14) }, (_, index) => {
      const partition = below(this.#random, PARTITIONS);
      return { partition, offset: 3 * index, key: this.#one('k', 'l'), identity: `id-${below(this.#random, 10)}` };
    });
  }

  run(): ModelHistory {
    for (let step = 0; step < STEPS; step += 1) {
      this.#nowMs += below(this.#random, 12);
      for (const flight of this.#flights.filter(({ landsAtMs }) => landsAtMs <= this.#nowMs)) {
        this.#flights.splice(this.#flights.indexOf(flight), 1);
        flight.land();
      }
      this.#disturb();
      for (let partition = 0; partition < PARTITIONS; partition += 1) this.#deliver(partition);
      const able = this.#workers.filter(({ frozenUntilMs }) => frozenUntilMs <= this.#nowMs);
      const worker = able[below(this.#random, able.length)];
      if (worker) this.#goOn(worker);
    }
    return {
      promised: this.#promised,
      topic: this.#topic,
      observations: this.#observations,
      committed: this.#committed,
      repeats: [...this.#effects.values()].reduce((sum, count) => sum + count - 1, 0),
    };
  }

  // The service.

  #deliver(partition: number): void {
    if (this.#workers.some((worker) => worker.isOwner && worker.partition === partition)) return;
    const from = this.#committed.get(partition) ?? 0;
    const rest = this.#topic.filter((fact) => fact.partition === partition && fact.offset >= from);
    const batch = this.#again.get(partition) ?? rest.slice(0, 1 + below(this.#random, 5));
    if (batch.length === 0) return;
    this.#names += 1;
    const name = `w${this.#names}`;
    const unmarked: number[] = [];
    const invocation = this.#invoke(name, batch, unmarked);
    this.#workers.push({ name, partition, batch, invocation, frozenUntilMs: 0, isOwner: true, unmarked });
    this.#see({ kind: 'delivered', worker: name, records: batch.map(placeOf) });
  }

  #goOn(worker: Worker): void {
    const { done, value } = worker.invocation.next();
    if (!done) return;
    this.#workers.splice(this.#workers.indexOf(worker), 1);
    const { name, partition, batch } = worker;
    if (!worker.isOwner) return;
    if (this.#chance(0.1)) {
      this.#see({ kind: 'failed', worker: name });
      return;
    }
    this.#see({ kind: 'answered', worker: name, open: value.map(placeOf) });
    const lowest = Math.min(...value.map(({ offset }) => offset));
    const again = this.#chance(0.5) ? value : batch.filter(({ offset }) => offset >= lowest);
    if (value.length > 0) this.#again.set(partition, again);
    else {
      this.#again.delete(partition);
      this.#committed.set(partition, (batch.at(-1)?.offset ?? 0) + 1);
    }
  }

  #disturb(): void {
    const worker = this.#workers[below(this.#random, this.#workers.length)];
    if (worker === undefined) return;
    const isFrozen = worker.frozenUntilMs > this.#nowMs;
    const isFlushed = worker.unmarked.every((atMs) => this.#nowMs - atMs <= CHECKPOINT_MS);
    if (this.#chance(0.012) && (isFrozen || isFlushed)) {
      this.#workers.splice(this.#workers.indexOf(worker), 1);
      this.#see({ kind: 'killed', worker: worker.name, cause: 'crash' });
    } else if (this.#chance(0.02) && !isFrozen && isFlushed) {
      worker.frozenUntilMs = this.#nowMs + below(this.#random, 2 * LEASE_MS);
      this.#see({ kind: 'frozen', worker: worker.name });
      const thaw = () => {
        if (this.#workers.includes(worker)) this.#see({ kind: 'thawed', worker: worker.name });
      };
      this.#flights.push({ landsAtMs: worker.frozenUntilMs, land: thaw });
    } else if (this.#chance(0.015)) {
      // The partition moves: it is read again from what is committed.
      worker.isOwner = false;
      this.#again.delete(worker.partition);
    } else if (this.#chance(0.005)) {
      this.#again.delete(worker.partition);
      this.#committed.set(worker.partition, 0);
      worker.isOwner = false;
    }
  }

  // A worker.

  *#invoke(name: string, batch: readonly Fact[], unmarked: number[]): Invocation {
    const open: Fact[] = [];
    const blocked = new Set<string>();
    const block = (fact: Fact) => {
      open.push(fact);
      blocked.add(this.#laneOf(fact));
    };
    const isIdentity = this.#promised.remember === 'identity';
    const partition = `partition ${batch[0]?.partition}`;
    if (!isIdentity && !(yield* this.#claim(name, partition))) return batch;
    const pending: Fact[] = [];
    for (const fact of batch) {
      yield;
      const hold = isIdentity ? fact.identity : partition;
      if (this.#closed.has(isIdentity ? fact.identity : recordOf(fact))) continue;
      if (blocked.has(this.#laneOf(fact))) open.push(fact);
      else if (isIdentity && !(yield* this.#claim(name, hold, () => this.#closed.has(fact.identity)))) {
        if (!this.#closed.has(fact.identity)) block(fact);
      } else if (!this.#holds(name, hold)) block(fact);
      else if (this.#promised.remember === 'transaction') {
        if (!(yield* this.#commit(name, fact))) block(fact);
      } else if (!(yield* this.#runs(name, fact, hold, unmarked))) block(fact);
      else if (isIdentity) {
        if (!(yield* this.#mark(name, [fact], hold, unmarked))) block(fact);
      } else {
        pending.push(fact);
        // As soon as there is something to mark: a checkpoint is shorter than any run of this model would be.
        if (!(yield* this.#mark(name, pending.splice(0), hold, unmarked))) block(fact);
      }
    }
    yield;
    if (!isIdentity && this.#held.get(partition)?.owner === name) this.#lease(name, partition, 0);
    return open;
  }

  /** Waits for a live lease of another one, and takes what is free. */
  *#claim(name: string, hold: string, isOver: () => boolean = () => false): Generator<void, boolean, void> {
    for (let tries = 0; tries < 60; tries += 1) {
      if (isOver()) return false;
      const held = this.#held.get(hold);
      if (held === undefined || held.leaseUntilMs + SKEW_MS < this.#nowMs) {
        const leaseUntilMs = this.#nowMs + LEASE_MS;
        this.#held.set(hold, { owner: name, leaseUntilMs });
        this.#see({ kind: 'claim', worker: name, ...heldOf(hold), atMs: this.#nowMs, leaseUntilMs });
        return true;
      }
      yield;
    }
    return false;
  }

  *#runs(name: string, fact: Fact, hold: string, unmarked: number[]): Generator<void, boolean, void> {
    const run = this.#start(name, fact);
    yield;
    const fate = this.#random();
    if (fate < 0.1) return this.#failed(name, fact, run, hold, 'rejected');
    if (fate < 0.15) {
      // Sent, and given up: it lands when it lands.
      this.#flights.push({
        landsAtMs: this.#nowMs + below(this.#random, 600),
        land: () => this.#effect(name, fact, run),
      });
      return this.#failed(name, fact, run, hold, 'aborted');
    }
    if (fate < 0.2) {
      this.#effect(name, fact, run);
      return this.#failed(name, fact, run, hold, 'rejected');
    }
    if (fate < 0.3) {
      let hasLanded = false;
      const land = () => {
        hasLanded = true;
        this.#effect(name, fact, run);
      };
      this.#flights.push({ landsAtMs: this.#nowMs + below(this.#random, 300), land });
      while (!hasLanded) {
        yield;
        this.#renewed(name, hold);
      }
    } else this.#effect(name, fact, run);
    yield;
    this.#renewed(name, hold);
    this.#see({ kind: 'ended', worker: name, ...placeOf(fact), run, result: 'resolved' });
    unmarked.push(this.#nowMs);
    return true;
  }

  #start(name: string, fact: Fact): number {
    this.#started += 1;
    this.#see({ kind: 'started', worker: name, ...placeOf(fact), run: this.#started });
    return this.#started;
  }

  #failed(name: string, fact: Fact, run: number, hold: string, result: 'rejected' | 'aborted'): false {
    this.#see({ kind: 'ended', worker: name, ...placeOf(fact), run, result });
    if (this.#promised.remember === 'identity' && this.#held.get(hold)?.owner === name) this.#lease(name, hold, 0);
    return false;
  }

  *#mark(name: string, facts: readonly Fact[], hold: string, unmarked: number[]): Generator<void, boolean, void> {
    const sentAtMs = this.#nowMs;
    if (this.#chance(0.04)) {
      this.#see({ kind: 'write-lost', worker: name, ...heldOf(hold), write: 'mark' });
      unmarked.splice(0);
      return false;
    }
    // It is on its way, and what happens meanwhile happens.
    if (this.#chance(0.3) && unmarked.every((atMs) => this.#nowMs - atMs < CHECKPOINT_MS / 4)) yield;
    unmarked.splice(0);
    if (this.#held.get(hold)?.owner !== name) return false;
    for (const fact of facts) {
      const isIdentity = this.#promised.remember === 'identity';
      this.#closed.add(isIdentity ? fact.identity : recordOf(fact));
      if (isIdentity) this.#see({ kind: 'mark', worker: name, identity: fact.identity, sentAtMs });
    }
    if (this.#promised.remember === 'identity') {
      this.#held.delete(hold);
      return true;
    }
    this.#see({
      kind: 'mark',
      worker: name,
      partition: facts[0]?.partition ?? 0,
      closes: facts.map(rangeOf),
      sentAtMs,
    });
    this.#renewed(name, hold);
    return true;
  }

  /** Effect and mark in one write, or neither. */
  *#commit(name: string, fact: Fact): Generator<void, boolean, void> {
    const run = this.#start(name, fact);
    yield;
    if (this.#chance(0.1)) return this.#failed(name, fact, run, '', 'rejected');
    const isDone = this.#promised.identity === true && this.#closed.has(fact.identity);
    this.#see({ kind: 'ended', worker: name, ...placeOf(fact), run, result: 'resolved' });
    yield;
    if (this.#held.get(`partition ${fact.partition}`)?.owner !== name) return false;
    const isTaken = this.#promised.identity === true && this.#closed.has(fact.identity);
    if (isTaken && !isDone) return false;
    if (!isTaken) this.#effect(name, fact);
    this.#closed.add(recordOf(fact));
    this.#see({ kind: 'mark', worker: name, partition: fact.partition, closes: [rangeOf(fact)] });
    if (this.#promised.identity === true && !isTaken) {
      this.#closed.add(fact.identity);
      this.#see({ kind: 'mark', worker: name, identity: fact.identity });
    }
    return true;
  }

  #effect(name: string, fact: Fact, run?: number): void {
    const isByIdentity = this.#promised.remember === 'identity' || this.#promised.identity === true;
    const unit = isByIdentity ? fact.identity : recordOf(fact);
    this.#effects.set(unit, (this.#effects.get(unit) ?? 0) + 1);
    this.#see({ kind: 'effect', worker: name, ...placeOf(fact), ...(run !== undefined && { run }) });
  }

  /** A worker that goes on renews in time; one that stood still finds its claim gone. */
  #renewed(name: string, hold: string): void {
    const held = this.#held.get(hold);
    if (held?.owner !== name || held.leaseUntilMs - this.#nowMs > LEASE_MS / 2) return;
    this.#lease(name, hold, this.#nowMs + LEASE_MS);
  }

  #lease(name: string, hold: string, leaseUntilMs: number): void {
    if (leaseUntilMs === 0) this.#held.delete(hold);
    else this.#held.set(hold, { owner: name, leaseUntilMs });
    this.#see({ kind: 'lease', worker: name, ...heldOf(hold), leaseUntilMs });
  }

  #holds(name: string, hold: string): boolean {
    const held = this.#held.get(hold);
    return held?.owner === name && held.leaseUntilMs > this.#nowMs;
  }

  #laneOf({ partition, key, offset }: Fact): string {
    if (this.#promised.order === 'none') return `${offset}`;
    return this.#promised.order === 'partition' ? `${partition}` : `${partition} ${key}`;
  }

  #see(observation: Observation): void {
    this.#observations.push({ ...observation, atMs: this.#nowMs });
  }

  #one<Value>(...values: readonly Value[]): Value {
    return values[below(this.#random, values.length)] as Value;
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }
}

const placeOf = ({ partition, offset }: Place): Place => ({ partition, offset });
const recordOf = ({ partition, offset }: Place) => `${partition}@${offset}`;
const rangeOf = ({ offset }: Place): [number, number] => [offset, offset];
const heldOf = (hold: string) =>
  hold.startsWith('partition ') ? { partition: Number(hold.slice('partition '.length)) } : { identity: hold };

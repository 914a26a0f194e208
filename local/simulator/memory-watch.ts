import { ATTRIBUTES, LEDGER_ATTRIBUTES, PARKED_ATTRIBUTES, STATUS } from '../../contract/idempotency-table';
import type { Item } from '../dynamodb/engine/attribute-value';
import { ledgerPartition } from '../oracle/ledger-on-the-wire';
import { newlyClosed, readRuns } from '../oracle/ledger-runs';
import type { Observation, OffsetRun, Place } from '../oracle/observation';
import { nameOf, parkedPlace } from './places';
import type { SimulatedFact } from './topic';

/** An accepted write: whose it was, when it was sent, and when it took effect. */
export interface Seen {
  readonly worker: string;
  readonly sentAtMs: number;
  readonly atMs: number;
}

/** Where it is told what a write changed: the same, and by how much the clock of its worker is ahead of `atMs`. */
export interface SeenByClock extends Seen {
  readonly aheadMs: number;
}

/**
 * Reads what the database holds after each request that it accepted, and tells what changed: so it depends on no way of
 * writing, only on the layout of the table.
 */
export class MemoryWatch {
  readonly #read: () => readonly Item[];
  #items: ReadonlyMap<string, Item> = new Map();
  readonly #parked = new Set<string>();
  /** By partition, what its ledger closes. */
  readonly #runs = new Map<number, readonly OffsetRun[]>();

  /** @param read gives every item. */
  constructor(read: () => readonly Item[]) {
    this.#read = read;
  }

  /** Whether the ledger of its partition closes the offset. */
  isOffsetClosed({ partition, offset }: Place): boolean {
    return (this.#runs.get(partition) ?? []).some(([first, last]) => first <= offset && offset <= last);
  }

  /** Whether a mark closes the identity of the record, with its payload. */
  isIdentityClosed({ identity, payload }: SimulatedFact): boolean {
    const item = this.#items.get(identity);
    return (
      item !== undefined &&
      textOf(item, ATTRIBUTES.status) === STATUS.completed &&
      textOf(item, ATTRIBUTES.payloadDigest) === payload
    );
  }

  /** The payload that the record's identity stands for, if any. */
  payloadDigest({ identity }: SimulatedFact): string | undefined {
    return textOf(this.#items.get(identity) ?? {}, ATTRIBUTES.payloadDigest);
  }

  /** Whether the record was parked, whatever has become of it since. */
  isParked(place: Place): boolean {
    return this.#parked.has(nameOf(place));
  }

  /** What the last request has changed. */
  look(write: SeenByClock): Observation[] {
    const before = this.#items;
    this.#items = new Map(this.#read().map((item) => [textOf(item, ATTRIBUTES.id) ?? '', item]));
    return [...this.#items].flatMap(([identity, item]) => {
      const old = before.get(identity);
      if (item === old) return [];
      const parked = parkedPlace(identity);
      if (parked) return old === undefined ? [this.#park(write, parked)] : redriven(write, parked, old, item);
      const partition = ledgerPartition(identity);
      return partition === undefined ? change(write, identity, old, item) : this.#ledger(write, partition, old, item);
    });
  }

  #park({ aheadMs: _, ...seen }: SeenByClock, place: Place): Observation {
    this.#parked.add(nameOf(place));
    return { kind: 'parked', ...seen, ...place };
  }

  #ledger(write: SeenByClock, partition: number, old: Item | undefined, item: Item): Observation[] {
    const { aheadMs: _, ...seen } = write;
    const differs = (attribute: string) => textOf(item, attribute) !== textOf(old ?? {}, attribute);
    const leaseUntilMs = Number(textOf(item, LEDGER_ATTRIBUTES.leaseUntilMs) ?? 0);
    const runs = runsOf(item);
    const closes = newlyClosed(this.#runs.get(partition) ?? [], runs);
    this.#runs.set(partition, runs);
    if (differs(LEDGER_ATTRIBUTES.owner)) {
      const claim = { kind: 'claim' as const, ...seen, partition, leaseUntilMs };
      return closes.length === 0 ? [claim] : [claim, { kind: 'mark', ...seen, partition, closes }];
    }
    if (closes.length === 0 && !differs(LEDGER_ATTRIBUTES.leaseUntilMs)) return [];
    return [{ kind: 'mark', ...seen, partition, closes, ...(!isVain(write, leaseUntilMs) && { leaseUntilMs }) }];
  }
}

function redriven({ aheadMs: _, ...seen }: SeenByClock, place: Place, old: Item, item: Item): Observation[] {
  const isDone = (one: Item) => textOf(one, PARKED_ATTRIBUTES.outcome) === 'done';
  return isDone(item) && !isDone(old) ? [{ kind: 'redriven', ...seen, ...place }] : [];
}

function change(write: SeenByClock, identity: string, old: Item | undefined, item: Item): Observation[] {
  const { aheadMs: _, ...seen } = write;
  const differs = (attribute: string) => textOf(item, attribute) !== textOf(old ?? {}, attribute);
  const leaseUntilMs = Number(textOf(item, ATTRIBUTES.inProgressExpiration) ?? 0);
  if (textOf(item, ATTRIBUTES.status) === STATUS.completed) {
    return differs(ATTRIBUTES.status) ? [{ kind: 'mark', ...seen, identity }] : [];
  }
  if (differs(ATTRIBUTES.owner)) return [{ kind: 'claim', ...seen, identity, leaseUntilMs }];
  if (isVain(write, leaseUntilMs)) return [];
  return differs(ATTRIBUTES.inProgressExpiration) ? [{ kind: 'lease', ...seen, identity, leaseUntilMs }] : [];
}

/** A renewal that lands after the end that it asks for grants nothing, and gives nothing back. */
function isVain({ atMs, aheadMs }: SeenByClock, leaseUntilMs: number): boolean {
  return leaseUntilMs > 0 && leaseUntilMs - aheadMs <= atMs;
}

function runsOf(item: Item): readonly OffsetRun[] {
  const value = item[LEDGER_ATTRIBUTES.runs];
  return value !== undefined && 'B' in value ? readRuns(Buffer.from(value.B, 'base64')) : [];
}

/** The text of a string or number. */
function textOf(item: Item, attribute: string): string | undefined {
  const value = item[attribute];
  if (value === undefined) return undefined;
  if ('S' in value) return value.S;
  return 'N' in value ? value.N : undefined;
}

import { ATTRIBUTES, STATUS } from '../../contract/idempotency-table';
import type { Item } from '../dynamodb/engine/attribute-value';
import type { DynamoDbEngine } from '../dynamodb/engine/engine';
import type { Observation } from '../oracle/observation';
import type { SimulatedFact } from './topic';

/** An accepted write: whose it was, when it was sent, and when it took effect. */
export interface Seen {
  readonly worker: string;
  readonly sentAtMs: number;
  readonly atMs: number;
}

/**
 * Reads what the database holds after each request that it accepted, and tells what changed: so it depends on no way of
 * writing, only on the layout of the table.
 */
export class MemoryWatch {
  readonly #engine: DynamoDbEngine;
  readonly #table: string;
  #items: ReadonlyMap<string, Item> = new Map();

  constructor(engine: DynamoDbEngine, table: string) {
    this.#engine = engine;
    this.#table = table;
  }

  /** Whether a durable mark closes the record: its identity is completed, with its payload. */
  isClosed({ identity, payload }: SimulatedFact): boolean {
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

  /** What the last request has changed. */
  look(write: Seen): Observation[] {
    const { Items = [] } = this.#engine.execute('Scan', { TableName: this.#table }) as { Items?: readonly Item[] };
    const before = this.#items;
    this.#items = new Map(Items.map((item) => [textOf(item, ATTRIBUTES.id) ?? '', item]));
    return [...this.#items].flatMap(([identity, item]) => {
      const old = before.get(identity);
      return item === old ? [] : change(write, identity, old, item);
    });
  }
}

function change(write: Seen, identity: string, old: Item | undefined, item: Item): Observation[] {
  const differs = (attribute: string) => textOf(item, attribute) !== textOf(old ?? {}, attribute);
  const leaseUntilMs = Number(textOf(item, ATTRIBUTES.inProgressExpiration) ?? 0);
  if (textOf(item, ATTRIBUTES.status) === STATUS.completed) {
    return differs(ATTRIBUTES.status) ? [{ kind: 'mark', ...write, identity }] : [];
  }
  if (differs(ATTRIBUTES.owner)) return [{ kind: 'claim', ...write, identity, leaseUntilMs }];
  // A renewal that lands after the end that it asks for grants nothing, and gives nothing back.
  if (leaseUntilMs > 0 && leaseUntilMs <= write.atMs) return [];
  return differs(ATTRIBUTES.inProgressExpiration) ? [{ kind: 'lease', ...write, identity, leaseUntilMs }] : [];
}

/** The text of a string or number. */
function textOf(item: Item, attribute: string): string | undefined {
  const value = item[attribute];
  if (value === undefined) return undefined;
  if ('S' in value) return value.S;
  return 'N' in value ? value.N : undefined;
}

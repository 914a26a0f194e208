import { ATTRIBUTES, PARKED_ATTRIBUTES, PARKED_PREFIX, STATUS } from '../../contract/idempotency-table';
import type { DatabaseRequest, Interceptor } from '../dynamodb/interceptor';
import { AcceptedWrites } from '../oracle/wire/accepted-writes';
import type { Write } from '../oracle/wire/write';

export interface MarkedPlace {
  readonly partition: number;
  readonly offset: number;
}

interface MarkEvents {
  /** A mark names this record as the one that ran. */
  marked(worker: string, place: MarkedPlace): void;
  /** The record was parked: its parked item is there. */
  parked(topic: string, place: MarkedPlace): void;
}

/**
 * Sees which record each mark on an idempotency table names: the one that claimed the identity before it; and which
 * records were parked.
 */
export class MarkWatch implements Interceptor {
  readonly #tables: () => readonly string[];
  readonly #events: MarkEvents;
  readonly #writes = new AcceptedWrites();
  /** Of identities that are claimed and not marked. */
  readonly #claimed = new Map<string, MarkedPlace>();

  /** @param tables the idempotency tables as of now. */
  constructor(tables: () => readonly string[], events: MarkEvents) {
    this.#tables = tables;
    this.#events = events;
  }

  request(): { readonly kind: 'forward' } {
    return { kind: 'forward' };
  }

  answered(request: DatabaseRequest, status: number, output: unknown): void {
    const { operation, input, receivedAtMs } = request;
    const tables = this.#tables();
    if (tables.length === 0) return;
    for (const write of this.#read({ operation, input, status, output, atMs: receivedAtMs })) {
      if (tables.includes(write.table)) this.#see(write, request.worker);
    }
  }

  /** A request of the user's own that cannot be read says nothing about our table. */
  #read(exchange: Parameters<AcceptedWrites['of']>[0]): readonly Write[] {
    try {
      return this.#writes.of(exchange);
    } catch {
      return [];
    }
  }

  #see({ table, key, sets, computes }: Write, worker: string): void {
    const [, topic, partition, offset] = PARKED_ID.exec(key[ATTRIBUTES.id]?.S ?? '') ?? [];
    if (topic !== undefined) {
      // What a redrive makes of it is another matter.
      const { outcome } = PARKED_ATTRIBUTES;
      if (sets[outcome]?.S !== 'parked' && !computes.includes(outcome)) return;
      this.#events.parked(topic, { partition: Number(partition), offset: Number(offset) });
      return;
    }
    const id = `${table} ${key[ATTRIBUTES.id]?.S}`;
    const place = placeIn(sets);
    if (place) this.#claimed.set(id, place);
    if (sets[ATTRIBUTES.status]?.S !== STATUS.completed) return;
    const marked = place ?? this.#claimed.get(id);
    this.#claimed.delete(id);
    if (marked) this.#events.marked(worker, marked);
  }
}

/** A consumer may have a # in its name; a topic may not. */
const PARKED_ID = new RegExp(`^${PARKED_PREFIX}.*#([^#]+)#(\\d+)#(\\d+)$`);

function placeIn(sets: Write['sets']): MarkedPlace | undefined {
  const partition = sets[ATTRIBUTES.partition]?.N;
  const offset = sets[ATTRIBUTES.offset]?.N;
  return partition === undefined || offset === undefined
    ? undefined
    : { partition: Number(partition), offset: Number(offset) };
}

import { ATTRIBUTES, STATUS } from '../../contract/idempotency-table';
import type { DatabaseRequest, Interceptor } from '../dynamodb/interceptor';
import { AcceptedWrites } from '../oracle/wire/accepted-writes';
import type { Write } from '../oracle/wire/write';

interface Place {
  readonly partition: number;
  readonly offset: number;
}

/** Sees which record each mark on an idempotency table names: the one that claimed the identity before it. */
export class MarkWatch implements Interceptor {
  readonly #tables: () => readonly string[];
  readonly #marked: (worker: string, place: Place) => void;
  readonly #writes = new AcceptedWrites();
  /** Of identities that are claimed and not marked. */
  readonly #claimed = new Map<string, Place>();

  /** @param tables the idempotency tables as of now. */
  constructor(tables: () => readonly string[], marked: (worker: string, place: Place) => void) {
    this.#tables = tables;
    this.#marked = marked;
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

  #see({ table, key, sets }: Write, worker: string): void {
    const id = `${table} ${key[ATTRIBUTES.id]?.S}`;
    const place = placeIn(sets);
    if (place) this.#claimed.set(id, place);
    if (sets[ATTRIBUTES.status]?.S !== STATUS.completed) return;
    const marked = place ?? this.#claimed.get(id);
    this.#claimed.delete(id);
    if (marked) this.#marked(worker, marked);
  }
}

function placeIn(sets: Write['sets']): Place | undefined {
  const partition = sets[ATTRIBUTES.partition]?.N;
  const offset = sets[ATTRIBUTES.offset]?.N;
  return partition === undefined || offset === undefined
    ? undefined
    : { partition: Number(partition), offset: Number(offset) };
}

import { ATTRIBUTES } from '../../contract/idempotency-table';
import type { DatabaseRequest } from '../../local/dynamodb/recorder';
import { claimOnTheWire } from '../../local/oracle/claims-on-the-wire';
import type { WriteLost } from '../../local/oracle/observation';
import { requestedWrites } from '../../local/oracle/wire/requested-writes';

/**
 * Marks that were given up by a worker which lived on: a database that answers too late, as on a machine that stands
 * still, comes between an effect and its mark as a fault would. A worker that dies gives up all it has sent, which its
 * death says already.
 */
export class GivenUpMarks {
  readonly #marksIn: (request: DatabaseRequest) => WriteLost[];
  /** By worker, until it is known whether it lives on. */
  readonly #undecided = new Map<string, WriteLost[]>();

  constructor(marksIn: (request: DatabaseRequest) => WriteLost[]) {
    this.#marksIn = marksIn;
  }

  /** Whoever sends a request lives: gives what it had given up before this one. */
  outlived(request: DatabaseRequest): readonly WriteLost[] {
    const { worker, gone } = request;
    const before = this.#undecided.get(worker) ?? [];
    this.#undecided.delete(worker);
    gone.addEventListener('abort', () => {
      this.#undecided.set(worker, [...(this.#undecided.get(worker) ?? []), ...this.#marksIn(request)]);
    });
    return before;
  }

  ended(worker: string): void {
    this.#undecided.delete(worker);
  }
}

/**
 * The marks that a request asks for, as lost. Throws where it cannot be read.
 *
 * @param parkedIn The partition of the record that a parked item of this id closes.
 */
export function lostMarks(
  { worker, operation, input, receivedAtMs }: DatabaseRequest,
  memoryTable: string,
  parkedIn: (id: string) => number | undefined,
): WriteLost[] {
  const lost = { kind: 'write-lost', worker, write: 'mark' } as const;
  return requestedWrites(operation, input)
    .filter(({ table }) => table === memoryTable)
    .flatMap((write): WriteLost[] => {
      const parked = parkedIn(write.key[ATTRIBUTES.id]?.S ?? '');
      if (parked !== undefined) return [{ ...lost, partition: parked }];
      const said = claimOnTheWire(write, { worker, atMs: receivedAtMs });
      if (said?.kind !== 'mark') return [];
      return [
        said.identity === undefined ? { ...lost, partition: said.partition } : { ...lost, identity: said.identity },
      ];
    });
}

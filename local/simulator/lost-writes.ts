import { ATTRIBUTES } from '../../contract/idempotency-table';
import type { Letter } from '../../contract/letter';
import type { SdkHttpRequest } from '../dynamodb/engine/engine-request-handler';
import { claimOnTheWire, type Sender } from '../oracle/claims-on-the-wire';
import { ledgerPartition } from '../oracle/ledger-on-the-wire';
import type { WriteLost } from '../oracle/observation';
import { requestedMembers } from '../oracle/wire/requested-writes';
import type { WireInput } from '../oracle/wire/write';
import { parkedPlace } from './places';
import { MEMORY, PUT_LETTERS, type SharedMemory } from './runtime';

/** Where the runtime remembers. */
export interface Remembering {
  readonly table: string;
  readonly memory: SharedMemory | undefined;
}

export interface LostRequest {
  readonly operation: string;
  readonly request: SdkHttpRequest;
  /** Whether the member at this index of it was lost. @default all were */
  readonly isLost?: (index: number) => boolean;
}

/** What a request would have written, had a fault not kept it from the database or held it up. */
export function lostWrites(sender: Sender, lost: LostRequest, { table, memory }: Remembering): WriteLost[] {
  const { operation, request, isLost = () => true } = lost;
  const { worker } = sender;
  if (operation === PUT_LETTERS) return [];
  if (memory && operation.startsWith(MEMORY)) {
    return memory.writesOf(inputOf(request)).map(({ id, write }): WriteLost => {
      const partition = ledgerPartition(id) ?? parkedPlace(id)?.partition;
      return { kind: 'write-lost', worker, ...(partition === undefined ? { identity: id } : { partition }), write };
    });
  }
  return requestedMembers(operation, inputOf(request)).flatMap((read, index): WriteLost[] => {
    const write = isLost(index) ? read() : undefined;
    const parked = write?.table === table ? parkedPlace(write.key[ATTRIBUTES.id]?.S ?? '') : undefined;
    if (parked) return [{ kind: 'write-lost', worker, partition: parked.partition, write: 'mark' }];
    const said = write?.table === table ? claimOnTheWire(write, sender) : undefined;
    if (said === undefined) return [];
    const { kind, identity, partition } = said;
    return [{ kind: 'write-lost', worker, ...(identity === undefined ? { partition } : { identity }), write: kind }];
  });
}

/** The records whose letters a request carries. */
export function lettersIn(request: SdkHttpRequest): readonly Letter[] {
  return (inputOf(request) as { readonly letters: readonly Letter[] }).letters;
}

function inputOf({ body }: SdkHttpRequest): WireInput {
  return JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body as Uint8Array)) as WireInput;
}

import type { SdkHttpRequest } from '../dynamodb/engine/engine-request-handler';
import { claimOnTheWire, type Sender } from '../oracle/claims-on-the-wire';
import type { WriteLost } from '../oracle/observation';
import { requestedWrites } from '../oracle/wire/requested-writes';
import type { WireInput } from '../oracle/wire/write';

/** What a request would have written to the table, had a fault not kept it from the database or held it up. */
export function lostWrites(sender: Sender, operation: string, { body }: SdkHttpRequest, table: string): WriteLost[] {
  const input = JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body as Uint8Array)) as WireInput;
  return requestedWrites(operation, input).flatMap((write): WriteLost[] => {
    const said = write.table === table ? claimOnTheWire(write, sender) : undefined;
    if (said?.identity === undefined) return [];
    return [{ kind: 'write-lost', worker: sender.worker, identity: said.identity, write: said.kind }];
  });
}

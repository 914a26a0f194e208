import { setTimeout as delay } from 'node:timers/promises';
import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';
import type { ServerDefinition } from './definition';
import { isAlive, type Owner, type OwnerPlace, ownerOf } from './owner-file';

const STOPPED_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 100;

/** Tells the processes that own servers to stop them, waits, and returns the servers that were stopped. */
export async function stopOwnedServers(
  servers: readonly ServerDefinition[],
  place: OwnerPlace,
): Promise<readonly ServerDefinition[]> {
  const owned = servers.flatMap((server) => {
    const owner = ownerOf(server, place);
    return owner ? [{ server, owner }] : [];
  });
  const owners = new Map(owned.map(({ owner }) => [owner.pid, owner]));
  for (const { pid } of owners.values()) process.kill(pid, 'SIGTERM');
  await Promise.all([...owners.values()].map(untilGone));
  return owned.map(({ server }) => server);
}

async function untilGone(owner: Owner): Promise<void> {
  const deadline = Date.now() + STOPPED_WITHIN_MS;
  while (isAlive(owner)) {
    if (Date.now() > deadline) {
      throw new LocalError(
        ERROR_CODES.serverFailed,
        `Process ${owner.pid}, which runs the servers, was told to stop and still runs after ${STOPPED_WITHIN_MS / 1000} s. ` +
          'End it by hand: its servers end with it.',
        EXIT.timedOut,
      );
    }
    await delay(LOOK_EVERY_MS);
  }
}

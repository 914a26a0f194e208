import { type RunningServers, SERVERS, SERVERS_ON_REQUEST, startServers } from '../../local/servers/servers';
import { openRunFolder, removeRunFolder } from './once-per-run';

const place = globalThis as { mskOnceLiveServers?: RunningServers };

/** Once for all live test files, which find them running: a start costs seconds. */
export default async function startForAll(): Promise<void> {
  openRunFolder();
  place.mskOnceLiveServers = await startServers({ servers: [...SERVERS, ...SERVERS_ON_REQUEST] });
}

export async function stopForAll(): Promise<void> {
  await place.mskOnceLiveServers?.stop();
  removeRunFolder();
}

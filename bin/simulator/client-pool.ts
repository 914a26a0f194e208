import type { Connection } from '../../local/simulator/runtime';
import { simulatedClient } from './simulated-client';

type Client = ReturnType<typeof simulatedClient>;

interface PooledClient {
  readonly client: Client;
  /** Whose requests it sends. */
  connection: Connection;
}

const idle: PooledClient[] = [];

/**
 * A client that sends over this connection until `atEnd` tells that its worker is no more; then the next one gets it.
 * To make one, and to warm it up, takes as long as many requests. It holds no state between two requests.
 */
export function lendClient(connection: Connection, atEnd: (release: () => void) => void): Client {
  const pooled = idle.pop() ?? newClient(connection);
  pooled.connection = connection;
  atEnd(() => idle.push(pooled));
  return pooled.client;
}

function newClient(connection: Connection): PooledClient {
  const pooled: PooledClient = {
    client: simulatedClient({ handle: (request, options) => pooled.connection.handle(request, options) }),
    connection,
  };
  return pooled;
}

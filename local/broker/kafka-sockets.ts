import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';

const KEEP_ALIVE_MS = 60_000;

/**
 * The connections of one client of kafkajs. Where several requests at once find a connection broken, each makes it anew,
 * and kafkajs knows the last one alone: after a broker restart the others would stay open when the client has
 * disconnected, and keep the process from ending.
 */
export class KafkaSockets {
  readonly #open = new Set<Socket>();
  #isClosed = false;

  /** Makes what kafkajs itself would make. */
  readonly factory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    const at = { host, port };
    const socket = ssl
      ? connectTls({ ...at, ...(isIP(host) === 0 && { servername: host }), ...ssl }, onConnect)
      : connect(at, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    if (this.#isClosed) socket.destroy(new Error('The client has been closed.'));
    return socket;
  };

  /** Ends those that are still open, and whatever is opened later. To be called after the client has disconnected. */
  close(): void {
    this.#isClosed = true;
    for (const socket of this.#open) socket.destroy();
  }
}

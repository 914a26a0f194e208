import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LocalServer {
  /** A URL. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Answers on this machine, at a free port. A request that cannot be answered at all loses its connection. */
export async function serve(
  answer: (incoming: IncomingMessage, body: Buffer, outgoing: ServerResponse) => Promise<void> | void,
): Promise<LocalServer> {
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    await answer(incoming, Buffer.concat(chunks), outgoing);
  };
  // A kept connection stays: closed just as its client uses it again, it would look like a lost request.
  const server = createServer({ keepAliveTimeout: 0 }, (incoming, outgoing) => {
    pass(incoming, outgoing).catch((error: unknown) => outgoing.destroy(error as Error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerRequest, CONTENT_TYPE, type EngineDoor } from './wire';

export interface EngineServer {
  /** A URL. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/** The engine behind HTTP on this machine, on a free port: for functions in processes of their own. */
export async function startEngineServer(engine: EngineDoor): Promise<EngineServer> {
  const server = createServer((incoming, outgoing) => {
    answer(engine, incoming, outgoing).catch((error: unknown) => outgoing.destroy(error as Error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(engine: EngineDoor, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const target = String(incoming.headers['x-amz-target'] ?? '');
  const { statusCode, body } = answerRequest(engine, target, Buffer.concat(chunks).toString());
  outgoing.writeHead(statusCode, { 'content-type': CONTENT_TYPE, 'content-length': Buffer.byteLength(body) });
  outgoing.end(body);
}

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
  // A kept connection stays: closed just as its client uses it again, it would look like a lost request.
  const server = createServer({ keepAliveTimeout: 0 }, (incoming, outgoing) => {
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
  const { statusCode, body } = answered(engine, target, Buffer.concat(chunks).toString());
  outgoing.writeHead(statusCode, { 'content-type': CONTENT_TYPE, 'content-length': Buffer.byteLength(body) });
  outgoing.end(body);
}

/** A bug of the engine must not look like a lost connection. */
function answered(engine: EngineDoor, target: string, body: string): { statusCode: number; body: string } {
  try {
    return answerRequest(engine, target, body);
  } catch (error) {
    const message = `A bug of the in-process DynamoDB engine, please report it: ${(error as Error).stack}`;
    return {
      statusCode: 500,
      body: JSON.stringify({ __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError', message }),
    };
  }
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StubDatabase {
  readonly endpoint: string;
  /** What it got, in order: method, path, headers of interest and the text of the body. */
  readonly requests: { readonly method: string; readonly target: string; readonly body: string }[];
  close(): Promise<void>;
}

type Respond = (body: string, outgoing: ServerResponse) => void | Promise<void>;

export const json =
  (status: number, body: unknown): Respond =>
  (_, outgoing) => {
    outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': 'r-1' });
    outgoing.end(JSON.stringify(body));
  };

/** A server that answers as the test says, where a database is expected. */
export async function stubDatabase(respond: Respond = json(200, {})): Promise<StubDatabase> {
  const requests: StubDatabase['requests'] = [];
  const server: Server = createServer((incoming: IncomingMessage, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      requests.push({ method: incoming.method ?? '', target: String(incoming.headers['x-amz-target']), body });
      void respond(body, outgoing);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** An address at which nothing listens. */
export async function nowhere(): Promise<string> {
  const { endpoint, close } = await stubDatabase();
  await close();
  return endpoint;
}

export async function until(holds: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 5_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

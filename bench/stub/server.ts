import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Counts, ServiceError, StubDatabase } from './database';
import { NotInStub } from './tokens';

export interface StubServer {
  /** A URL. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Paths beside the database's own, which is `/`: they are answered at once and not counted. */
export const STUB_PATHS = { counts: '/counts', resetCounts: '/reset-counts', clear: '/clear' } as const;

/** What the stub answers about itself. */
export interface StubCounts extends Counts {
  /** CPU of the stub's process since the last reset: near the time that passed, the server is what is measured. */
  readonly cpuMs: number;
}

/** @param delayMs What every answer of the database waits, counted from the request's arrival. */
export async function startStub(delayMs: number): Promise<StubServer> {
  const database = new StubDatabase();
  let cpu = process.cpuUsage();
  const control = (path: string | undefined): string => {
    if (path === STUB_PATHS.clear) database.clear();
    if (path === STUB_PATHS.clear || path === STUB_PATHS.resetCounts) {
      database.resetCounts();
      cpu = process.cpuUsage();
    }
    const { user, system } = process.cpuUsage(cpu);
    return JSON.stringify({ ...database.counts, cpuMs: (user + system) / 1_000 } satisfies StubCounts);
  };
  const server = createServer({ keepAliveTimeout: 0 }, (incoming, outgoing) => {
    const arrivedAtMs = performance.now();
    readAll(incoming, (body) => {
      if (incoming.url !== '/') return send(outgoing, 200, control(incoming.url));
      const { status, text } = answered(database, incoming, body);
      const waitMs = delayMs - (performance.now() - arrivedAtMs);
      if (waitMs <= 0) return send(outgoing, status, text);
      setTimeout(send, waitMs, outgoing, status, text);
    });
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

function readAll(incoming: IncomingMessage, done: (body: string) => void): void {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('end', () => done(chunks.length === 1 ? String(chunks[0]) : Buffer.concat(chunks).toString()));
}

const OPERATION = /^DynamoDB_20120810\./;

function answered(database: StubDatabase, incoming: IncomingMessage, body: string): { status: number; text: string } {
  const operation = String(incoming.headers['x-amz-target']).replace(OPERATION, '');
  try {
    return { status: 200, text: JSON.stringify(database.execute(operation, JSON.parse(body))) };
  } catch (error) {
    if (error instanceof ServiceError) return refusal(error.name, error.message, error.details);
    const what = error instanceof NotInStub ? error.message : `a bug: ${(error as Error).stack}`;
    return refusal('ValidationException', `The stub of the benchmarks does not know ${what}`, {});
  }
}

function refusal(name: string, message: string, details: object): { status: number; text: string } {
  const __type = `com.amazonaws.dynamodb.v20120810#${name}`;
  return { status: 400, text: JSON.stringify({ __type, message, Message: message, ...details }) };
}

function send(outgoing: ServerResponse, status: number, text: string): void {
  outgoing.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(text),
  });
  outgoing.end(text);
}

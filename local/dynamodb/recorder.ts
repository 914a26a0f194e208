import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request of a worker to the database. */
export interface DatabaseRequest {
  readonly worker: string;
  /** Such as `UpdateItem`. */
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** When it came in, milliseconds since the epoch. */
  readonly receivedAtMs: number;
  /** Aborted when the worker is gone or has given the request up. */
  readonly gone: AbortSignal;
}

export type Decision =
  | { readonly kind: 'forward' }
  /** Answered here; the database never sees it. */
  | { readonly kind: 'answer'; readonly status: number; readonly body: object };

/** Sees every request before the database does, and every answer before the worker does. */
export interface Interceptor {
  request(request: DatabaseRequest): Decision | Promise<Decision>;
  answered(request: DatabaseRequest, status: number, output: unknown): void | Promise<void>;
}

/**
 * A recording pass-through between functions and their database. What the database accepted is known here, whoever
 * lived to see the answer. Each worker has a port of its own, so that a request says who sent it.
 */
export class Recorder {
  readonly #target: URL;
  readonly #interceptor: Interceptor;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 128 });
  readonly #servers: Server[] = [];

  constructor(target: string, interceptor: Interceptor) {
    this.#target = new URL(target);
    this.#interceptor = interceptor;
  }

  /** The endpoint for one worker. */
  async endpointFor(worker: string): Promise<string> {
    const server = createServer((incoming, outgoing) => {
      this.#pass(worker, incoming, outgoing).catch((error: unknown) => outgoing.destroy(error as Error));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    this.#servers.push(server);
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    this.#agent.destroy();
  }

  async #pass(worker: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const receivedAtMs = Date.now();
    const body = await bodyOf(incoming);
    const gone = new AbortController();
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) gone.abort();
    });
    const observed: DatabaseRequest = {
      worker,
      operation:
        String(incoming.headers['x-amz-target'] ?? '')
          .split('.')
          .at(-1) ?? '',
      input: JSON.parse(body.toString() || '{}'),
      receivedAtMs,
      gone: gone.signal,
    };
    const decision = await this.#interceptor.request(observed);
    // A request whose sender died while it was held never left the sender's machine.
    if (gone.signal.aborted) return;
    if (decision.kind === 'answer') {
      outgoing.writeHead(decision.status, { 'content-type': 'application/x-amz-json-1.0' });
      outgoing.end(JSON.stringify(decision.body));
      return;
    }
    const answer = await this.#forward(incoming, body);
    await this.#interceptor.answered(observed, answer.status, parse(answer.body));
    if (outgoing.destroyed) return;
    outgoing.writeHead(answer.status, answer.headers);
    outgoing.end(answer.body);
  }

  #forward(
    incoming: IncomingMessage,
    body: Buffer,
  ): Promise<{ status: number; headers: Record<string, string | string[] | undefined>; body: Buffer }> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.#target;
      const outbound = request(
        {
          hostname,
          port,
          method: incoming.method,
          path: incoming.url,
          headers: { ...incoming.headers, host: this.#target.host },
          agent: this.#agent,
        },
        (response) => {
          bodyOf(response).then(
            (received) =>
              resolve({ status: response.statusCode ?? 502, headers: { ...response.headers }, body: received }),
            reject,
          );
        },
      );
      outbound.once('error', reject);
      outbound.end(body);
    });
  }
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

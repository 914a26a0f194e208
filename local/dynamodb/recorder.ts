import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AnswerDecision, DatabaseRequest, Decision, Interceptor } from './interceptor';
import { type Answer, bodyOf, forward, type Message, parse, withBody } from './recorder-http';

export type { AnswerDecision, DatabaseRequest, Decision, Interceptor } from './interceptor';

/**
 * A recording pass-through between functions and their database. What the database accepted is known here, whoever
 * lived to see the answer. Each worker has a port of its own, so that a request says who sent it. It passes on whatever
 * speaks AWS's JSON protocol.
 */
export class Recorder {
  readonly #target: URL;
  readonly #interceptor: Interceptor;
  // A connection that has lain idle may be closed by the other side just when it is used again: that loses a request.
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 128, timeout: 1_000 });
  readonly #servers = new Map<string, Server>();
  #requests = 0;
  #closed = false;

  constructor(target: string, interceptor: Interceptor) {
    this.#target = new URL(target);
    this.#interceptor = interceptor;
  }

  /** The endpoint for one worker. */
  async endpointFor(worker: string): Promise<string> {
    const server = createServer((incoming, outgoing) => {
      this.#pass(worker, incoming, outgoing).catch((error: unknown) => outgoing.destroy(error as Error));
    });
    // No connection of a worker is ever closed for being idle, or for standing still in the middle of a request.
    Object.assign(server, { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    await this.release(worker);
    this.#servers.set(worker, server);
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Closes the endpoint of a worker that is gone; what it sent and still waits here is dropped. */
  async release(worker: string): Promise<void> {
    const server = this.#servers.get(worker);
    if (!server) return;
    this.#servers.delete(worker);
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#servers.keys()].map((worker) => this.release(worker)));
    this.#agent.destroy();
  }

  async #pass(worker: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const receivedAtMs = Date.now();
    const { method = 'POST', url = '/', headers } = incoming;
    const message: Message = { method, path: url, headers, body: await bodyOf(incoming) };
    const gone = new AbortController();
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) gone.abort();
    });
    const observed = this.#observed(message, { worker, receivedAtMs, gone: gone.signal });
    const decision = await this.#interceptor.request(observed);
    // A request whose sender died while it was held never left the sender's machine.
    if (gone.signal.aborted && !('onItsWay' in decision && decision.onItsWay)) return;
    switch (decision.kind) {
      case 'drop':
        outgoing.destroy();
        return;
      case 'hang':
        return;
      case 'answer':
        this.#send(outgoing, ownAnswer(decision.status, decision.body));
        return;
      default:
        await this.#passOn(message, observed, decision, outgoing);
    }
  }

  async #passOn(
    message: Message,
    observed: DatabaseRequest,
    decision: Extract<Decision, { readonly kind: 'forward' | 'replace' }>,
    outgoing: ServerResponse,
  ): Promise<void> {
    const replaces = decision.kind === 'replace';
    const sent = replaces ? withBody(message, JSON.stringify(decision.input)) : message;
    const seen = replaces ? { ...observed, input: decision.input } : observed;
    const answer = await this.#ask(sent, seen);
    if (answer === undefined) {
      outgoing.destroy();
      return;
    }
    const after: AnswerDecision = (await this.#answered(seen, answer)) ?? { kind: 'pass' };
    switch (after.kind) {
      case 'drop':
        outgoing.destroy();
        return;
      case 'hang':
        return;
      default:
        if (replaces && answer.status === 200) {
          this.#send(outgoing, ownAnswer(200, decision.answer(parse(answer.body))));
        } else this.#send(outgoing, answer);
    }
  }

  #observed(
    message: Message,
    given: Pick<DatabaseRequest, 'worker' | 'receivedAtMs' | 'gone'>,
    original?: DatabaseRequest,
  ): DatabaseRequest {
    if (original === undefined) this.#requests += 1;
    const observed: DatabaseRequest = {
      ...given,
      number: original?.number ?? this.#requests,
      isCopy: original !== undefined,
      operation:
        String(message.headers['x-amz-target'] ?? '')
          .split('.')
          .at(-1) ?? '',
      input: JSON.parse(message.body.toString() || '{}'),
      sendCopy: async () => {
        const copy = { worker: given.worker, receivedAtMs: Date.now(), gone: NEVER };
        const seen = this.#observed(message, copy, observed);
        const answer = await this.#ask(message, seen);
        if (answer) await this.#answered(seen, answer);
      },
    };
    return observed;
  }

  /** undefined: the target gave no answer. */
  async #ask(message: Message, request: DatabaseRequest): Promise<Answer | undefined> {
    if (this.#closed) return undefined;
    try {
      return await forward(this.#target, this.#agent, message);
    } catch (error) {
      if (!this.#closed) this.#interceptor.unanswered?.(request, (error as Error).message);
      return undefined;
    }
  }

  #answered(request: DatabaseRequest, { status, body }: Answer) {
    return this.#interceptor.answered(request, status, parse(body));
  }

  #send(outgoing: ServerResponse, { status, headers, body }: Answer): void {
    if (outgoing.destroyed) return;
    outgoing.writeHead(status, headers);
    outgoing.end(body);
  }
}

const NEVER = new AbortController().signal;

function ownAnswer(status: number, body: object): Answer {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: Buffer.from(JSON.stringify(body)) };
}

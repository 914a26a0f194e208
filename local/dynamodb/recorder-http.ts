import {
  type Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
} from 'node:http';

/** A request as it came in, and as it goes on. */
export interface Message {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

/** The same message with another text, and with the length of that. */
export function withBody(message: Message, text: string): Message {
  const { 'transfer-encoding': _, ...headers } = message.headers;
  const body = Buffer.from(text);
  return { ...message, headers: { ...headers, 'content-length': String(body.length) }, body };
}

/** Rejects when no whole answer comes. */
export function forward(target: URL, agent: Agent, { method, path, headers, body }: Message): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port, host } = target;
    const outbound = request({ hostname, port, method, path, headers: { ...headers, host }, agent }, (response) => {
      bodyOf(response).then(
        (received) => resolve({ status: response.statusCode ?? 502, headers: { ...response.headers }, body: received }),
        reject,
      );
    });
    outbound.once('error', reject);
    outbound.end(body);
  });
}

export async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

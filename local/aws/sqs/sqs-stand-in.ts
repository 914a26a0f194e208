import type { ServerResponse } from 'node:http';
import type { Time } from '../../time';
import { type LocalServer, serve } from '../http-server';
import { execute } from './operations';
import { Queues } from './queues';
import { SqsError } from './sqs-error';

export interface SqsStandIn extends LocalServer {
  readonly queues: Queues;
}

const CONTENT_TYPE = 'application/x-amz-json-1.0';
const TARGET = /^AmazonSQS\.(\w+)$/;

/** SQS in this process: its JSON protocol, as far as the product uses it. Empty, and gone with the process. */
export async function startSqs(time?: Time): Promise<SqsStandIn> {
  const queues = new Queues(time);
  const server = await serve(async ({ headers }, body, outgoing) => {
    try {
      const operation = TARGET.exec(String(headers['x-amz-target'] ?? ''))?.[1];
      if (operation === undefined) {
        throw new SqsError(
          'UnknownOperationException',
          `X-Amz-Target must be AmazonSQS.<operation>, found "${headers['x-amz-target'] ?? ''}"`,
        );
      }
      send(outgoing, 200, await execute({ queues, endpoint: server.endpoint }, operation, inputOf(body)));
    } catch (error) {
      refuse(outgoing, error as Error);
    }
  });
  return { ...server, queues };
}

function inputOf(body: Buffer): object {
  try {
    const input: unknown = JSON.parse(body.toString() || '{}');
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input;
  } catch {
    // Answered below.
  }
  throw new SqsError('SerializationException', 'The body of the request must be a JSON object');
}

function send(outgoing: ServerResponse, status: number, output: object): void {
  const text = JSON.stringify(output);
  outgoing.writeHead(status, { 'content-type': CONTENT_TYPE, 'content-length': Buffer.byteLength(text) });
  outgoing.end(text);
}

function refuse(outgoing: ServerResponse, error: Error): void {
  if (error instanceof SqsError) {
    outgoing.setHeader('x-amzn-query-error', `${error.queryCode};Sender`);
    send(outgoing, 400, { __type: `com.amazonaws.sqs#${error.shape}`, message: error.message });
  } else {
    // A bug of the stand-in must not look like a lost connection.
    const message = `A bug of the stand-in for SQS, please report it: ${error.stack}`;
    send(outgoing, 500, { __type: 'com.amazonaws.sqs#InternalFailure', message });
  }
}

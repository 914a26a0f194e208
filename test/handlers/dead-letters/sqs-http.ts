import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SqsRequest {
  readonly target: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: { readonly QueueUrl: string; readonly Entries: readonly { Id: string; MessageBody: string }[] };
}

export interface SqsHttp {
  readonly endpoint: string;
  readonly requests: SqsRequest[];
  /** What the next requests are answered with instead. */
  answer: { readonly status: number; readonly code: string; readonly text: string } | 'silence' | 'late' | undefined;
  stop(): Promise<void>;
}

/** What SQS is on the wire: its JSON protocol, as far as SendMessageBatch goes. */
export async function startSqsHttp(port = 0): Promise<SqsHttp> {
  const requests: SqsRequest[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const body: SqsRequest['body'] = JSON.parse(text);
    requests.push({ target: request.headers['x-amz-target'] as string, headers: request.headers, body });
    if (sqs.answer === 'silence') return;
    if (sqs.answer === 'late') await new Promise((resolve) => setTimeout(resolve, 1_500));
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    if (typeof sqs.answer === 'object') {
      response.statusCode = sqs.answer.status;
      response.end(JSON.stringify({ __type: sqs.answer.code, message: sqs.answer.text }));
      return;
    }
    const Successful = body.Entries.map(({ Id, MessageBody }) => ({
      Id,
      MessageId: `m-${Id}`,
      MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
    }));
    response.end(JSON.stringify({ Successful }));
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const sqs: SqsHttp = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer: undefined,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return sqs;
}

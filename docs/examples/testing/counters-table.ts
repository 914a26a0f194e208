/** Stands for the table that the flights are counted in: it answers UpdateItem as DynamoDB does, and adds up. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Update {
  readonly Key: { readonly airport: { readonly S: string } };
  readonly ExpressionAttributeValues: Readonly<Record<':record', { readonly S: string }>>;
}

export interface CountersTable {
  readonly endpoint: string;
  /** Which record was counted for which airport, as `ATL flights-0@1`, once each time. */
  readonly counted: string[];
  close(): void;
}

export async function startCountersTable(): Promise<CountersTable> {
  const counted: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += String(chunk);
    });
    request.on('end', () => {
      const { Key, ExpressionAttributeValues } = JSON.parse(body) as Update;
      counted.push(`${Key.airport.S} ${ExpressionAttributeValues[':record'].S}`);
      response.setHeader('content-type', 'application/x-amz-json-1.0').end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, counted, close };
}

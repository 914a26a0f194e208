import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Time } from '../../time';
import { type LocalServer, serve } from '../http-server';
import { Buckets } from './buckets';
import { execute, type S3Answer } from './operations';
import { S3Error } from './s3-error';
import { DECLARATION, element, text } from './xml';

export interface S3StandIn extends LocalServer {
  readonly buckets: Buckets;
}

/** S3 in this process, in path style, as far as the product uses it. Empty, and gone with the process. */
export async function startS3(time?: Time): Promise<S3StandIn> {
  const buckets = new Buckets(time);
  const server = await serve((incoming, body, outgoing) => {
    const { method = 'GET', url = '/', headers } = incoming;
    try {
      const { pathname, searchParams: query } = new URL(url, 'http://stand-in');
      const [, bucket = '', path = ''] = /^\/([^/]*)\/?(.*)$/s.exec(pathname) ?? [];
      const request = {
        method,
        bucket: decodeURIComponent(bucket),
        key: decodeURIComponent(path),
        query,
        headers,
        body,
      };
      send(outgoing, execute(buckets, request));
    } catch (error) {
      refuse(outgoing, error as Error, url);
    }
  });
  return { ...server, buckets };
}

function send(outgoing: ServerResponse, { status, headers = {}, body = '' }: S3Answer): void {
  outgoing.writeHead(status, STATUS_CODES[status], headers);
  outgoing.end(body);
}

function refuse(outgoing: ServerResponse, error: Error, resource: string): void {
  // A bug of the stand-in must not look like a lost connection.
  const { status, code, message } =
    error instanceof S3Error
      ? error
      : {
          status: 500,
          code: 'InternalError',
          message: `A bug of the stand-in for S3, please report it: ${error.stack}`,
        };
  const body = element('Error', [text('Code', code), text('Message', message), text('Resource', resource)]);
  send(outgoing, { status, headers: { 'content-type': 'application/xml' }, body: `${DECLARATION}${body}` });
}

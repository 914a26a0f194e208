import type { IncomingHttpHeaders } from 'node:http';
import type { Bucket, Buckets, StoredObject } from './buckets';
import { listObjects } from './list-objects';
import { unsupported } from './s3-error';
import { DECLARATION } from './xml';

export interface S3Request {
  readonly method: string;
  /** '' where the request names none. */
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface S3Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** The operation's own name, which the SDK puts beside those that mean something. */
const NAME_ONLY = 'x-id';
const OF_LIST = [
  'list-type',
  'prefix',
  'continuation-token',
  'start-after',
  'max-keys',
  'encoding-type',
  'fetch-owner',
];
/** Ask for something that is not played, and that nobody may believe to have got. */
const REFUSED_HEADERS = [
  'if-match',
  'if-modified-since',
  'if-unmodified-since',
  'range',
  'x-amz-copy-source',
  'x-amz-decoded-content-length',
  'x-amz-tagging',
];
const NOTHING: S3Answer = { status: 204 };

/** One request, in path style. What is not played is refused by its name. */
export function execute(buckets: Buckets, request: S3Request): S3Answer {
  const { bucket, key, headers } = request;
  const header = REFUSED_HEADERS.find((name) => headers[name] !== undefined);
  if (header !== undefined) throw unsupported(`the header ${header}`);
  if (bucket === '') throw unsupported('a list of buckets');
  return key === '' ? ofBucket(buckets, request) : ofObject(buckets.named(bucket), request);
}

function ofBucket(buckets: Buckets, { method, bucket, query }: S3Request): S3Answer {
  if (method === 'GET') {
    requireOnly(query, OF_LIST);
    if (query.get('list-type') !== '2') throw unsupported('ListObjects; use ListObjectsV2');
    return xml(listObjects(buckets.named(bucket), query));
  }
  requireOnly(query, []);
  switch (method) {
    case 'PUT':
      buckets.create(bucket);
      return { status: 200, headers: { location: `/${bucket}` } };
    case 'HEAD':
      buckets.named(bucket);
      return { status: 200 };
    case 'DELETE':
      buckets.delete(bucket);
      return NOTHING;
    default:
      throw unsupported(`${method} of a bucket`);
  }
}

function ofObject(bucket: Bucket, { method, key, query, headers, body }: S3Request): S3Answer {
  requireOnly(query, []);
  switch (method) {
    case 'PUT': {
      const condition = headers['if-none-match'];
      if (condition !== undefined && condition !== '*') throw unsupported('If-None-Match of anything but *');
      const contentType = headers['content-type'] ?? 'application/octet-stream';
      const { etag } = bucket.put(key, body, contentType, condition === '*');
      return { status: 200, headers: { etag } };
    }
    case 'GET': {
      const object = bucket.get(key);
      return { status: 200, headers: headersOf(object), body: object.body };
    }
    case 'HEAD':
      return { status: 200, headers: headersOf(bucket.get(key)) };
    case 'DELETE':
      bucket.delete(key);
      return NOTHING;
    default:
      throw unsupported(`${method} of an object`);
  }
}

function headersOf({ contentType, etag, lastModifiedMs, body }: StoredObject): Record<string, string> {
  return {
    'content-type': contentType,
    'content-length': String(body.length),
    etag,
    'last-modified': new Date(lastModifiedMs).toUTCString(),
  };
}

function requireOnly(query: URLSearchParams, known: readonly string[]): void {
  const other = [...query.keys()].find((name) => name !== NAME_ONLY && !known.includes(name));
  if (other !== undefined) throw unsupported(`the parameter ${other}`);
}

function xml(body: string): S3Answer {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: `${DECLARATION}${body}` };
}

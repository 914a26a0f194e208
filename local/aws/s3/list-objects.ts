import type { Bucket, StoredObject } from './buckets';
import { S3Error } from './s3-error';
import { element, text } from './xml';

/** Objects in one page. Source: S3 API Reference, ListObjectsV2. */
const PAGE = 1_000;

/** The answer to ListObjectsV2. The token of the next page is the last key of this one. */
export function listObjects(bucket: Bucket, query: URLSearchParams): string {
  const prefix = query.get('prefix') ?? '';
  const token = query.get('continuation-token');
  const after = token === null ? (query.get('start-after') ?? '') : keyOf(token);
  const most = Math.min(Number(query.get('max-keys') ?? PAGE), PAGE);
  const found = bucket.list().filter(({ key }) => key.startsWith(prefix) && isAfter(key, after));
  const page = found.slice(0, most);
  const last = page.at(-1);
  const encode = query.get('encoding-type') === 'url' ? encodeURIComponent : (name: string) => name;
  return element('ListBucketResult', [
    text('Name', bucket.name),
    text('Prefix', encode(prefix)),
    text('KeyCount', String(page.length)),
    text('MaxKeys', String(most)),
    text('IsTruncated', String(found.length > page.length)),
    ...(last && found.length > page.length ? [text('NextContinuationToken', tokenOf(last.key))] : []),
    ...page.map((object) => contents(object, encode)),
  ]);
}

function contents({ key, etag, body, lastModifiedMs }: StoredObject, encode: (name: string) => string): string {
  return element('Contents', [
    text('Key', encode(key)),
    text('LastModified', new Date(lastModifiedMs).toISOString()),
    text('ETag', etag),
    text('Size', String(body.length)),
    text('StorageClass', 'STANDARD'),
  ]);
}

const isAfter = (key: string, other: string) =>
  Buffer.compare(Buffer.from(key), Buffer.from(other)) > 0 || other === '';
const tokenOf = (key: string) => Buffer.from(key).toString('base64url');

function keyOf(token: string): string {
  const key = Buffer.from(token, 'base64url').toString();
  if (tokenOf(key) === token) return key;
  throw new S3Error(400, 'InvalidArgument', 'The continuation token provided is incorrect');
}

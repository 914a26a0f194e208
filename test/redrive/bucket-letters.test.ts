/** Letters of a bucket, by the SDK's own client. */
import { BucketLetters } from '../../bin/redrive/bucket-letters';
import type { Objects } from '../../bin/redrive/objects';
import { openS3Objects } from '../../bin/redrive/s3-objects';
import { type S3StandIn, startS3 } from '../../local/aws/s3/s3-stand-in';
import { lettersAt } from '../handlers/dead-letters/letters';

let s3: S3StandIn;
let objects: Objects;
const before = { ...process.env };

beforeAll(async () => {
  s3 = await startS3();
  const env = { AWS_ENDPOINT_URL_S3: s3.endpoint, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's' };
  Object.assign(process.env, env);
  objects = await openS3Objects('us-east-1', env);
});

afterAll(async () => {
  process.env = before;
  await s3.close();
});

function bucketWith(name: string, bodies: Readonly<Record<string, string>>) {
  const bucket = s3.buckets.create(name);
  for (const [key, body] of Object.entries(bodies)) bucket.put(key, Buffer.from(body), 'application/json', false);
  return bucket;
}

const keyOf = (offset: number) => `dead/parked/${String(offset).padStart(20, '0')}.json`;

test('a listing goes on behind the last key, whatever was deleted meanwhile', async () => {
  const keys = Array.from({ length: 1_001 }, (_, at) => keyOf(at));
  const bucket = bucketWith('many', Object.fromEntries(keys.map((key) => [key, '{}'])));

  const first = await objects.list('many', 'dead/', undefined);
  for (const { key } of first.objects) bucket.delete(key);
  const second = await objects.list('many', 'dead/', first.next);

  expect([...first.objects, ...second.objects].map(({ key }) => key)).toEqual(keys);
  expect(second.next).toBeUndefined();
});

test('each letter comes once, and what is removed is gone', async () => {
  const letters = lettersAt(...Array.from({ length: 120 }, (_, offset) => offset));
  const bucket = bucketWith('some', Object.fromEntries(letters.map((one, at) => [keyOf(at), JSON.stringify(one)])));
  bucketWith('some', { 'deadline/x.json': 'of another prefix', [keyOf(999)]: 'hello' });
  const store = new BucketLetters({ bucket: 'some', prefix: 'dead' }, objects);

  const seen: number[] = [];
  const unreadable: object[] = [];
  for (let page = await store.next(); page !== undefined; page = await store.next()) {
    seen.push(...page.letters.map(({ letter }) => letter.record.offset));
    unreadable.push(...page.unreadable);
    expect(await store.remove(page.letters.map(({ copy }) => copy))).toEqual([]);
  }

  expect(seen).toEqual(letters.map(({ record }) => record.offset));
  expect(unreadable).toEqual([
    { copy: expect.objectContaining({ at: `s3://some/${keyOf(999)}` }), reason: expect.stringContaining('not JSON') },
  ]);
  expect(bucket.list().map(({ key }) => key)).toEqual([keyOf(999), 'deadline/x.json']);
});

test('large letters are not all in memory at once', async () => {
  const list = async () => ({
    objects: [1, 2, 3, 4].map((at) => ({ key: keyOf(at), bytes: 12_000_000 })),
    next: undefined,
  });
  const get = async (_: string, key: string) => JSON.stringify(lettersAt(Number(key.slice(-6, -5)))[0]);
  const store = new BucketLetters({ bucket: 'large', prefix: '' }, { ...objects, list, get });

  const pages = [await store.next(), await store.next(), await store.next()];

  expect(pages.map((page) => page?.letters.map(({ letter }) => letter.record.offset))).toEqual([
    [1, 2],
    [3, 4],
    undefined,
  ]);
});

test('a bucket that is not there, and one that may not be read', async () => {
  const store = new BucketLetters({ bucket: 'absent', prefix: '' }, objects);
  const denied = Object.assign(new Error('Access Denied'), {
    name: 'AccessDenied',
    $metadata: { httpStatusCode: 403 },
  });
  const busy = Object.assign(new Error('Slow down'), { name: 'SlowDown', $metadata: { httpStatusCode: 503 } });
  const errors = [denied, busy];
  const list = async () => ({
    objects: [
      { key: 'a', bytes: 1 },
      { key: 'b', bytes: 1 },
    ],
    next: undefined,
  });
  const get = () => Promise.reject(errors.shift() as Error);
  const closed = new BucketLetters({ bucket: 'closed', prefix: '' }, { ...objects, list, get });

  await expect(store.next()).rejects.toMatchObject({ exitCode: 1, message: expect.stringContaining('NoSuchBucket') });
  // One that may pass is for another run.
  expect((await closed.next())?.unreadable.map(({ later }) => later)).toEqual([undefined, true]);
});

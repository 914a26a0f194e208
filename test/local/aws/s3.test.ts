/** The stand-in for S3, beside s3rver: what both do is no notion of ours. */
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { startS3 } from '../../../local/aws/s3/s3-stand-in';
import { startS3 as startS3rver } from '../../support/s3-stand-in';

const clients: S3Client[] = [];
const stops: (() => Promise<void>)[] = [];
const open = new Map<string, S3Client>();

function client(endpoint: string): S3Client {
  const credentials = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
  const opened = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true, maxAttempts: 1 });
  clients.push(opened);
  return opened;
}

beforeAll(async () => {
  const [standIn, s3rver] = await Promise.all([startS3(), startS3rver()]);
  stops.push(standIn.close, s3rver.stop);
  open.set('the stand-in', client(standIn.endpoint)).set('s3rver', client(s3rver.endpoint));
});
afterAll(async () => {
  for (const each of clients) each.destroy();
  await Promise.all(stops.map((stop) => stop()));
});

describe.each(['the stand-in', 's3rver'])('%s', (name) => {
  let s3: S3Client;
  const Bucket = `letters-${name.replace(' ', '-')}`;
  beforeAll(async () => {
    s3 = open.get(name) as S3Client;
    await expect(s3.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({ name: 'NotFound' });
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new HeadBucketCommand({ Bucket }));
  });

  const put = (Key: string, Body: string | Buffer) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: 'application/json' }));
  const get = (Key: string) => s3.send(new GetObjectCommand({ Bucket, Key }));

  test('an object comes as it was put, and the last one put stays', async () => {
    await put('dead/orders/00007.json', 'before');
    await put('dead/orders/00007.json', Buffer.from([0, 255, 10, 13]));

    const { Body, ContentType, ContentLength } = await get('dead/orders/00007.json');

    expect([...((await Body?.transformToByteArray()) ?? [])]).toEqual([0, 255, 10, 13]);
    expect([ContentType, ContentLength]).toEqual(['application/json', 4]);
  });

  test("keys keep every character, and a listing is in the order of their bytes, a prefix's alone, page by page", async () => {
    const keys = ['list/!2E', "list/(a)'*", 'list/0001.json', 'list/0002.json', 'list/a b+c', 'list/é&<>'];
    for (const key of keys.toReversed()) await put(key, key);
    await put('other', 'x');

    const found: (string | undefined)[] = [];
    let ContinuationToken: string | undefined;
    do {
      const input = { Bucket, Prefix: 'list/', MaxKeys: 1000, ...(ContinuationToken && { ContinuationToken }) };
      const { Contents = [], NextContinuationToken } = await s3.send(new ListObjectsV2Command(input));
      found.push(...Contents.map(({ Key }) => Key));
      ContinuationToken = NextContinuationToken;
    } while (ContinuationToken);

    expect(found).toEqual(keys);
    for (const key of keys) expect(await (await get(key)).Body?.transformToString()).toBe(key);
  });

  test('what is not there is told by its name, and deleting it is no error', async () => {
    await put('gone', 'x');
    for (const Key of ['gone', 'gone']) await s3.send(new DeleteObjectCommand({ Bucket, Key }));

    await expect(get('gone')).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(
      s3.send(new PutObjectCommand({ Bucket: 'no-such-bucket', Key: 'x', Body: 'x' })),
    ).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
  });
});

test('what the stand-in does not play it refuses by its name', async () => {
  const s3 = open.get('the stand-in') as S3Client;
  const place = { Bucket: 'letters-the-stand-in', Key: 'once' };

  await expect(s3.send(new GetObjectTaggingCommand(place))).rejects.toThrow('does not play the parameter tagging');
  await expect(s3.send(new GetObjectCommand({ ...place, Range: 'bytes=0-1' }))).rejects.toThrow('the header range');
});

test('an object that is to be written only where there is none, is not written again', async () => {
  const s3 = open.get('the stand-in') as S3Client;
  const object = { Bucket: 'letters-the-stand-in', Key: 'once', Body: 'first', IfNoneMatch: '*' };
  await s3.send(new PutObjectCommand(object));

  // s3rver does not look at it; source: S3 API Reference, PutObject.
  await expect(s3.send(new PutObjectCommand({ ...object, Body: 'second' }))).rejects.toMatchObject({
    name: 'PreconditionFailed',
  });
});

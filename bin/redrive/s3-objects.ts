import { hasEndpoint, requestTimeouts } from './client-settings';
import type { Objects } from './objects';

/** For an object of several megabytes. */
const REQUEST_TIMEOUT_MS = 60_000;

/** Buckets, by the SDK's client, with the environment's credentials. @param region @default the environment's */
export async function openS3Objects(region: string | undefined, env: NodeJS.ProcessEnv): Promise<Objects> {
  const { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, NoSuchKey, S3Client } = await import(
    '@aws-sdk/client-s3'
  );
  const s3 = new S3Client({
    ...(region !== undefined && { region }),
    // Another place than AWS has no host of its own for each bucket.
    forcePathStyle: hasEndpoint('s3Endpoint', env),
    followRegionRedirects: true,
    requestHandler: requestTimeouts(REQUEST_TIMEOUT_MS),
  });
  return {
    async list(Bucket, Prefix, StartAfter) {
      // By the last key, and not by a token: what lies behind it is the same, whatever is deleted meanwhile.
      const { Contents = [], IsTruncated } = await s3.send(
        new ListObjectsV2Command({ Bucket, Prefix, ...(StartAfter !== undefined && { StartAfter }) }),
      );
      const objects = Contents.map(({ Key = '', Size = 0 }) => ({ key: Key, bytes: Size }));
      return { objects, next: IsTruncated ? objects.at(-1)?.key : undefined };
    },
    async get(Bucket, Key) {
      try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
        return (await Body?.transformToString()) ?? '';
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    async remove(Bucket, Key) {
      await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    },
  };
}

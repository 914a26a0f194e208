import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import S3rver from 's3rver';

/** What s3rver knows. */
export const S3_KEYS = { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' };

export interface S3StandIn {
  readonly endpoint: string;
  createBucket(bucket: string): Promise<void>;
  /** From key to content and its type. */
  objects(bucket: string): Promise<Record<string, { readonly text: string; readonly type: string | undefined }>>;
  stop(): Promise<void>;
}

/** s3rver, which speaks the protocol of S3, in this process. */
export async function startS3(): Promise<S3StandIn> {
  const directory = mkdtempSync(path.join(tmpdir(), 'msk-once-s3-'));
  const server = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory });
  const endpoint = `http://127.0.0.1:${(await server.run()).port}`;
  const credentials = { accessKeyId: S3_KEYS.AWS_ACCESS_KEY_ID, secretAccessKey: S3_KEYS.AWS_SECRET_ACCESS_KEY };
  const client = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
  return {
    endpoint,
    async createBucket(Bucket) {
      await client.send(new CreateBucketCommand({ Bucket }));
    },
    async objects(Bucket) {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
      const found: Record<string, { text: string; type: string | undefined }> = {};
      for (const { Key = '' } of Contents) {
        const { Body, ContentType } = await client.send(new GetObjectCommand({ Bucket, Key }));
        found[Key] = { text: (await Body?.transformToString()) ?? '', type: ContentType };
      }
      return found;
    },
    async stop() {
      client.destroy();
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

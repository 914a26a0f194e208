import type { S3Client } from '@aws-sdk/client-s3';
import { deliveryError } from './delivery-error';
import type { Failure, FailureDelivery } from './failure';
import { objectDocument } from './failure-document';
import { objectKey } from './object-key';
import type { StandIn } from './stand-in';

/** Writes an object per failure to a bucket. The bucket is made when the stand-in does not have it: those begin empty. */
export class S3Delivery implements FailureDelivery {
  readonly #bucketName: string;
  readonly #standIn: StandIn;
  #client: Promise<S3Client> | undefined;

  constructor(bucketName: string, standIn: StandIn) {
    this.#bucketName = bucketName;
    this.#standIn = standIn;
  }

  async deliver(failure: Failure): Promise<void> {
    try {
      this.#client ??= openBucket(this.#bucketName, this.#standIn);
      const client = await this.#client;
      const { PutObjectCommand } = await import('@aws-sdk/client-s3');
      await client.send(
        new PutObjectCommand({
          Bucket: this.#bucketName,
          Key: objectKey(failure),
          Body: JSON.stringify(objectDocument(failure)),
          ContentType: 'application/json',
        }),
      );
    } catch (error) {
      // A stand-in that was started again has forgotten the bucket.
      this.#client = undefined;
      throw deliveryError(`the S3 bucket ${this.#bucketName} at ${this.#standIn.endpoint}`, error);
    }
  }
}

/** Makes the bucket where it is not there. */
export async function openBucket(Bucket: string, standIn: StandIn): Promise<S3Client> {
  const { CreateBucketCommand, HeadBucketCommand, NotFound, S3Client } = await import('@aws-sdk/client-s3');
  // A stand-in has no name of its own for each bucket.
  const client = new S3Client({ ...standIn, forcePathStyle: true });
  try {
    await client.send(new HeadBucketCommand({ Bucket }));
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    await client.send(new CreateBucketCommand({ Bucket }));
  }
  return client;
}

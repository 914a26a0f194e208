import { createHash } from 'node:crypto';
import { REAL_TIME, type Time } from '../../time';
import { S3Error } from './s3-error';

export interface StoredObject {
  readonly key: string;
  readonly body: Buffer;
  readonly contentType: string;
  readonly etag: string;
  readonly lastModifiedMs: number;
}

/** Source: S3 User Guide, "Bucket naming rules". */
const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const KEY_BYTES = 1_024;

/** The objects of one bucket. */
export class Bucket {
  readonly #objects = new Map<string, StoredObject>();
  readonly #time: Time;

  constructor(
    readonly name: string,
    time: Time,
  ) {
    this.#time = time;
  }

  put(key: string, body: Buffer, contentType: string, onlyIfAbsent: boolean): StoredObject {
    if (Buffer.byteLength(key) > KEY_BYTES) throw new S3Error(400, 'KeyTooLongError', 'Your key is too long');
    if (onlyIfAbsent && this.#objects.has(key)) {
      throw new S3Error(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
    }
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    const object = { key, body, contentType, etag, lastModifiedMs: this.#time.now() };
    this.#objects.set(key, object);
    return object;
  }

  get(key: string): StoredObject {
    const object = this.#objects.get(key);
    if (object) return object;
    throw new S3Error(404, 'NoSuchKey', 'The specified key does not exist.');
  }

  delete(key: string): void {
    this.#objects.delete(key);
  }

  /** In the order of their keys' bytes. */
  list(): readonly StoredObject[] {
    return [...this.#objects.values()].sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  }
}

/** The buckets of a stand-in, by name. */
export class Buckets {
  readonly #buckets = new Map<string, Bucket>();
  readonly #time: Time;

  constructor(time: Time = REAL_TIME) {
    this.#time = time;
  }

  /** A bucket that is there already stays as it is. */
  create(name: string): Bucket {
    if (!BUCKET_NAME.test(name)) {
      throw new S3Error(400, 'InvalidBucketName', `The specified bucket is not valid: "${name}".`);
    }
    const bucket = this.#buckets.get(name) ?? new Bucket(name, this.#time);
    this.#buckets.set(name, bucket);
    return bucket;
  }

  named(name: string): Bucket {
    const bucket = this.#buckets.get(name);
    if (bucket) return bucket;
    throw new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist');
  }

  get all(): readonly Bucket[] {
    return [...this.#buckets.values()];
  }

  delete(name: string): void {
    if (this.named(name).list().length > 0) {
      throw new S3Error(409, 'BucketNotEmpty', 'The bucket you tried to delete is not empty');
    }
    this.#buckets.delete(name);
  }
}

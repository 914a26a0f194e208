import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { openBucket } from '../destinations/s3-delivery';
import { openQueue } from '../destinations/sqs-delivery';
import { type StandIn, standIn } from '../destinations/stand-in';
import { LocalError } from '../errors';
import type { BucketDefinition } from '../template/buckets';
import type { QueueDefinition } from '../template/queues';
import { templateInvalid } from '../template/template-error';
import { startS3 } from './s3/s3-stand-in';
import { startSqs } from './sqs/sqs-stand-in';

/** What a template has of SQS and S3. */
export interface StoreDefinitions {
  readonly queues: readonly QueueDefinition[];
  readonly buckets: readonly BucketDefinition[];
}

/** SQS and S3 of a run: servers that were named, or stand-ins in this process. Never a service of AWS itself. */
export interface Stores {
  /** URLs. */
  readonly sqs: string;
  readonly s3: string;
  /** Makes the queues and buckets that are not there yet. */
  prepare(definitions: StoreDefinitions): Promise<void>;
  /** What lies in those of this process: messages and objects, as texts. */
  texts(): readonly string[];
  close(): Promise<void>;
}

/** @param named Endpoints of servers that run; without one it is played in this process, empty. */
export async function openStores(
  named: { readonly sqs?: string | undefined; readonly s3?: string | undefined } = {},
): Promise<Stores> {
  const [sqs, s3] = [
    await (named.sqs === undefined ? ownQueues() : queuesAt(named.sqs)),
    await (named.s3 === undefined ? ownBuckets() : bucketsAt(named.s3)),
  ];
  return {
    sqs: sqs.endpoint,
    s3: s3.endpoint,
    async prepare({ queues, buckets }) {
      for (const queue of queues) await sqs.make(queue);
      for (const bucket of buckets) await s3.make(bucket);
    },
    texts: () => [...sqs.texts(), ...s3.texts()],
    async close() {
      await sqs.close();
      await s3.close();
    },
  };
}

interface Store<Definition> {
  readonly endpoint: string;
  make(definition: Definition): void | Promise<void>;
  texts(): readonly string[];
  close(): void | Promise<void>;
}

async function ownQueues(): Promise<Store<QueueDefinition>> {
  const { endpoint, queues, close } = await startSqs();
  const make = ({ logicalId, queueName, attributes }: QueueDefinition) =>
    made(`Resources.${logicalId}`, 'a queue that SQS refuses', () => queues.create(queueName, attributes));
  return { endpoint, make, texts: () => queues.all.flatMap(({ bodies }) => bodies), close };
}

async function ownBuckets(): Promise<Store<BucketDefinition>> {
  const { endpoint, buckets, close } = await startS3();
  const make = ({ logicalId, bucketName }: BucketDefinition) =>
    made(`Resources.${logicalId}`, 'a bucket that S3 refuses', () => buckets.create(bucketName));
  const texts = () => buckets.all.flatMap((bucket) => bucket.list().map(({ body }) => body.toString()));
  return { endpoint, make, texts, close };
}

function queuesAt(endpoint: string): Store<QueueDefinition> {
  const there = standIn('AWS_ENDPOINT_URL_SQS', { ...process.env, AWS_ENDPOINT_URL_SQS: endpoint }) as StandIn;
  const make = async ({ queueName, attributes }: QueueDefinition) => {
    const { client } = await openQueue(queueName, there, attributes).catch(notMade(`queue ${queueName}`, endpoint));
    client.destroy();
  };
  return { endpoint, make, texts: () => [], close: () => {} };
}

function bucketsAt(endpoint: string): Store<BucketDefinition> {
  const there = standIn('AWS_ENDPOINT_URL_S3', { ...process.env, AWS_ENDPOINT_URL_S3: endpoint }) as StandIn;
  const make = async ({ bucketName }: BucketDefinition) => {
    (await openBucket(bucketName, there).catch(notMade(`bucket ${bucketName}`, endpoint))).destroy();
  };
  return { endpoint, make, texts: () => [], close: () => {} };
}

function made(place: string, what: string, make: () => unknown): void {
  try {
    make();
  } catch (cause) {
    throw templateInvalid(place, `is ${what}: ${(cause as Error).message}`, { cause });
  }
}

function notMade(what: string, endpoint: string): (error: unknown) => never {
  return (cause) => {
    const reason = (cause as Error).message || (cause as Error).name;
    throw new LocalError(
      ERROR_CODES.serverUnreachable,
      `The ${what} of the template was not made at ${endpoint}: ${reason}. Name a server that runs, or leave it out for the one in this process.`,
      EXIT.unreachable,
      { cause },
    );
  };
}

import type { Environment } from '../environment';
import { LetterBucket } from './bucket';
import type { DeadLetters } from './dead-letters';
import { openBucket } from './s3-client';
import { S3DeadLetters } from './s3-dead-letters';
import { openQueue } from './sqs-client';
import { SqsDeadLetters } from './sqs-dead-letters';

/** Where the letters of this function go, as its environment says; undefined: it has no such place. */
export function deadLettersFrom({ deadLetters }: Pick<Environment, 'deadLetters'>): DeadLetters | undefined {
  if (deadLetters === undefined) return undefined;
  const { place, hasSqsEndpoint, hasS3Endpoint } = deadLetters;
  const writer = once(() => openBucket(hasS3Endpoint));
  const bucket = place.bucket && new LetterBucket(place.bucket, async (...write) => (await writer())(...write));
  if (place.queue === undefined) return bucket && new S3DeadLetters(bucket);
  const sender = once(() => openQueue(hasSqsEndpoint));
  return new SqsDeadLetters(place.queue, async (...send) => (await sender())(...send), bucket);
}

/** One client for all letters; where it cannot be made the next letter tries again. */
function once<Client>(open: () => Promise<Client>): () => Promise<Client> {
  let opened: Promise<Client> | undefined;
  return () => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
}

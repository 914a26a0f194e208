import type { DeadLettersPlace } from '../../handlers/dead-letters/place';
import type { Time } from '../../local/time';
import { BucketLetters } from './bucket-letters';
import { regionOfQueue } from './client-settings';
import type { LetterStore } from './letter-store';
import { QueueLetters } from './queue-letters';
import { openS3Objects } from './s3-objects';
import { openSqsMessages } from './sqs-messages';

export interface OpenStoreOptions {
  readonly place: DeadLettersPlace;
  readonly env: NodeJS.ProcessEnv;
  /** Of the function's ARN: queue and bucket are where the function is. */
  readonly region: string | undefined;
  readonly holdS: number;
  readonly time: Time;
  readonly waitsForOthers: boolean;
  readonly onWaiting: (messages: number, forMs: number) => void;
  readonly stopping: AbortSignal;
}

/** The place of the letters, over the real services. */
export async function openStore({ place, env, region, ...options }: OpenStoreOptions): Promise<LetterStore> {
  if (place.queue === undefined) return new BucketLetters(place.bucket, await openS3Objects(region, env));
  const { url } = place.queue;
  const [messages, objects] = await Promise.all([
    openSqsMessages(url, env),
    openS3Objects(region ?? regionOfQueue(url), env),
  ]);
  return new QueueLetters({ url, messages, objects, ...options });
}

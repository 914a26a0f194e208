import { LETTER_BUCKET, LETTER_PREFIX, LETTER_PREFIX_CHARACTERS } from '../../contract/letter-place';

export interface QueuePlace {
  readonly url: string;
  readonly isFifo: boolean;
}

export interface BucketPlace {
  readonly bucket: string;
  /** Without a slash at its end; '' where there is none. */
  readonly prefix: string;
}

/** A queue, a bucket, or a queue with a bucket for what is too large for it. */
export type DeadLettersPlace =
  | { readonly queue: QueuePlace; readonly bucket?: BucketPlace }
  | { readonly queue?: never; readonly bucket: BucketPlace };

/** What MSK_ONCE_DEAD_LETTERS may be. */
export const DEAD_LETTERS_SHAPE =
  'sqs:<queue URL>, s3://<bucket>/<prefix>, or both with a comma between them (the bucket then takes the letters that are too large for the queue)';

/** Undefined where the text has another shape. */
export function parseDeadLetters(text: string): DeadLettersPlace | undefined {
  // A URL of a queue holds no comma: names of queues do not.
  const [first = '', second, ...more] = text.split(',').map((part) => part.trim());
  if (more.length > 0) return undefined;
  if (!first.startsWith('sqs:')) {
    const bucket = second === undefined ? parseBucket(first) : undefined;
    return bucket && { bucket };
  }
  const queue = parseQueue(first.slice('sqs:'.length));
  if (queue === undefined || second === undefined) return queue && { queue };
  const bucket = parseBucket(second);
  return bucket && { queue, bucket };
}

function parseQueue(text: string): QueuePlace | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, pathname, search, hash } = new URL(text);
  const isQueue = ['https:', 'http:'].includes(protocol) && /[^/]$/.test(pathname) && search === '' && hash === '';
  return isQueue ? { url: text, isFifo: pathname.endsWith('.fifo') } : undefined;
}

function parseBucket(text: string): BucketPlace | undefined {
  const [, bucket = '', path] = /^s3:\/\/([^/]*)(\/.*)?$/.exec(text.replace(/\/$/, '')) ?? [];
  const prefix = path?.slice(1);
  const isPrefix = prefix === undefined || (LETTER_PREFIX.test(prefix) && prefix.length <= LETTER_PREFIX_CHARACTERS);
  return LETTER_BUCKET.test(bucket) && isPrefix ? { bucket, prefix: prefix ?? '' } : undefined;
}

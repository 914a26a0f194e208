import { ENVIRONMENT } from '../../contract/environment';
import { LETTER_BUCKET, LETTER_PREFIX, LETTER_PREFIX_CHARACTERS } from '../../contract/letter-place';
import type { Subject } from './subject';

export interface LettersPlace {
  readonly queueUrl?: string;
  readonly bucket?: { readonly name: string; readonly prefix: string };
}

export const LETTERS_FORM = 'sqs:<queue URL>, s3://<bucket>/<prefix>, or both with a comma between them';

export function readLettersPlace(subject: Pick<Subject, 'variable'>): LettersPlace | undefined {
  const text = subject.variable(ENVIRONMENT.deadLetters);
  return text === undefined ? undefined : parseLettersPlace(text);
}

/** Undefined where the text has another form. The queue, where there is one, comes first. */
export function parseLettersPlace(text: string): LettersPlace | undefined {
  const [first = '', second, ...more] = text.split(',').map((part) => part.trim());
  if (more.length > 0) return undefined;
  if (!first.startsWith('sqs:')) {
    const bucket = second === undefined ? parseBucket(first) : undefined;
    return bucket && { bucket };
  }
  const queueUrl = first.slice('sqs:'.length);
  if (!isQueueUrl(queueUrl)) return undefined;
  if (second === undefined) return { queueUrl };
  const bucket = parseBucket(second);
  return bucket && { queueUrl, bucket };
}

function isQueueUrl(text: string): boolean {
  return /^https?:\/\/[^/]+\/.*[^/]$/.test(text) && URL.canParse(text) && !/[?#]/.test(text);
}

function parseBucket(text: string): LettersPlace['bucket'] {
  const [, name = '', path] = /^s3:\/\/([^/]*)(\/.*)?$/.exec(text.replace(/\/$/, '')) ?? [];
  const prefix = path?.slice(1) ?? '';
  const isPrefix = path === undefined || (LETTER_PREFIX.test(prefix) && prefix.length <= LETTER_PREFIX_CHARACTERS);
  return LETTER_BUCKET.test(name) && isPrefix ? { name, prefix } : undefined;
}

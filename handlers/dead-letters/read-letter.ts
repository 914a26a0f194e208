import type { KafkaEventRecord } from '../../contract/event';
import { LETTER_FORMAT, LETTER_POINTER_FORMAT, type Letter, type LetterPointer } from '../../contract/letter';
import { letterUnreadable } from '../errors';

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads what lies in a queue or in a bucket: a letter, or the pointer to one. Its `mskOnce` tells which. Members that
 * this version does not know are passed over.
 *
 * @throws letterUnreadable for what somebody else put there, for a version that this one cannot read, and for a letter
 * that lacks something; its text quotes no payload
 */
export function readLetter(body: string): Letter | LetterPointer {
  const document = parse(body);
  const { mskOnce } = document;
  if (mskOnce === LETTER_FORMAT) return letter(document);
  if (mskOnce === LETTER_POINTER_FORMAT) return pointer(document);
  if (typeof mskOnce === 'string' && VERSIONED.test(mskOnce)) {
    throw unreadable(
      `it is a ${mskOnce}, and this version reads ${LETTER_FORMAT} and ${LETTER_POINTER_FORMAT}`,
      UPDATE,
    );
  }
  throw unreadable(`it is ${foreign(document)}`, FOREIGN);
}

const VERSIONED = /^letter(-pointer)?\/[1-9][0-9]{0,5}$/;

const UPDATE = 'A newer version of msk-once wrote it: use that one or a later one.';
const FOREIGN = 'Somebody else put it there; it is left where it is.';
const BROKEN = 'It was changed since it was written, or cut off; it is left where it is.';

const unreadable = (reason: string, remedy: string) => letterUnreadable({ reason, remedy });

function parse(body: string): Json {
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    throw unreadable(`its ${body.length} characters are not JSON`, FOREIGN);
  }
  if (!isObject(document)) throw unreadable('it is JSON, and not an object', FOREIGN);
  return document;
}

/** What people find in such a queue beside letters. */
function foreign(document: Json): string {
  if ('KafkaBatchInfo' in document || 'requestContext' in document) {
    return "what Lambda writes to an on-failure destination, which holds no letter's members";
  }
  if (document.Type === 'Notification') return 'a notification of SNS: deliver it raw';
  return 'a JSON object without the member mskOnce of a letter';
}

function letter(document: Json): Letter {
  need(document, 'id', isName, 'text');
  need(document, 'consumer', isName, 'text');
  optional(document, 'source', isText, 'text');
  need(document, 'attempts', isCount, 'a whole number from 0');
  need(document, 'firstFailure', isTime, 'a time in ISO 8601');
  need(document, 'lastFailure', isTime, 'a time in ISO 8601');
  need(document, 'functionVersion', isText, 'text');
  const error = need(document, 'error', isObject, 'an object');
  optional(error, 'code', isText, 'text', 'error.');
  need(error, 'name', isText, 'text', 'error.');
  need(error, 'message', isText, 'text', 'error.');
  optional(error, 'stack', isText, 'text', 'error.');
  checkRecord(need(document, 'record', isObject, 'an object'));
  return document as unknown as Letter;
}

/** So far that it can stand in an event again; what is in its bytes is the function's to judge. */
function checkRecord(record: Json): void {
  const at = 'record.' as const;
  need(record, 'topic' satisfies keyof KafkaEventRecord, isName, 'text', at);
  need(record, 'partition', isCount, 'a whole number from 0', at);
  need(record, 'offset', isCount, 'a whole number from 0', at);
  need(record, 'timestamp', Number.isSafeInteger as Check<number>, 'milliseconds since the epoch', at);
  need(record, 'timestampType', isText, 'text', at);
  optional(record, 'key', isTextOrNull, 'base64', at);
  optional(record, 'value', isTextOrNull, 'base64', at);
  optional(record, 'headers', isListOrNull, 'a list', at);
}

function pointer(document: Json): LetterPointer {
  need(document, 'id', isName, 'text');
  need(document, 'consumer', isName, 'text');
  optional(document, 'source', isText, 'text');
  need(document, 'bytes', isCount, 'a whole number from 0');
  const s3 = need(document, 's3', isObject, 'an object');
  need(s3, 'bucket', isName, 'text', 's3.');
  need(s3, 'key', isName, 'text', 's3.');
  return document as unknown as LetterPointer;
}

type Check<Value> = (value: unknown) => value is Value;

function need<Value>(from: Json, name: string, is: Check<Value>, accepted: string, at = ''): Value {
  const value = Object.hasOwn(from, name) ? from[name] : undefined;
  if (is(value)) return value;
  throw unreadable(`its member ${at}${name} ${value === undefined ? 'is missing' : `is not ${accepted}`}`, BROKEN);
}

function optional(from: Json, name: string, is: Check<unknown>, accepted: string, at = ''): void {
  if (Object.hasOwn(from, name)) need(from, name, is, accepted, at);
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isName = (value: unknown): value is string => isText(value) && value !== '';
const isTextOrNull = (value: unknown): value is string | null => value === null || isText(value);
const isListOrNull = (value: unknown): value is readonly unknown[] | null => value === null || Array.isArray(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isTime = (value: unknown): value is string =>
  isText(value) && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value) && !Number.isNaN(Date.parse(value));

import { claimId, digestOf, isIdentity } from '../core/identity';
import { isThenable } from '../core/thenable';
import {
  errorClassOf,
  identityInvalid,
  identityThrew,
  nameOf,
  payloadInvalid,
  tombstone,
  valueUndecodable,
} from '../errors';
import type { DecodedRecord, Settings } from '../options';
import type { ValueContext } from '../record/codec';
import { decodeKey } from '../record/decode-key';
import type { RawRecord } from '../record/parse-event';
import { type Content, KEY_BYTES } from './record-state';

const NOTHING_ELSE: ValueContext = {};

/**
 * Decodes a record and fixes its identity and digest before `process` can touch anything of it (protocol C1).
 * Never rejects: what goes wrong concerns this record alone. Waits only where the codec does.
 */
export function prepare<T>(
  record: RawRecord,
  consumer: string,
  settings: Settings<T>,
): Content<T> | Promise<Content<T>> {
  try {
    const { value, delivered } = record;
    if (value === null) return withoutValue(record, consumer, settings);
    const schema = delivered.valueSchemaMetadata;
    const decoded = settings.value.decode(value, schema ? { schema } : NOTHING_ELSE);
    if (!isThenable(decoded)) return keyed(record, value, decoded as T, consumer, settings);
    return Promise.resolve(decoded)
      .then((later) => keyed(record, value, later, consumer, settings))
      .catch((error: unknown) => undecodable(record, settings, error));
  } catch (error) {
    return undecodable(record, settings, error);
  }
}

function withoutValue<T>(record: RawRecord, consumer: string, settings: Settings<T>): Content<T> | Promise<Content<T>> {
  if (settings.tombstones === 'skip') return { kind: 'skip' };
  if (settings.tombstones === undefined) return { kind: 'failed', error: tombstone({}) };
  // `T` includes null exactly where tombstones are processed.
  return keyed(record, null, null as T, consumer, settings);
}

function keyed<T>(
  record: RawRecord,
  bytes: Buffer | null,
  value: T,
  consumer: string,
  settings: Settings<T>,
): Content<T> | Promise<Content<T>> {
  if (settings.key === undefined) return identified(record, bytes, value, KEY_BYTES, consumer, settings);
  const key = decodeKey(record, settings.key);
  if (!isThenable(key)) return identified(record, bytes, value, key, consumer, settings);
  return Promise.resolve(key)
    .then((later) => identified(record, bytes, value, later, consumer, settings))
    .catch((error: unknown): Content<T> => ({ kind: 'failed', error }));
}

function identified<T>(
  record: RawRecord,
  bytes: Buffer | null,
  value: T,
  key: unknown,
  consumer: string,
  settings: Settings<T>,
): Content<T> {
  const { identity } = settings;
  if (identity === undefined) return { kind: 'ready', value, key, id: undefined, payloadDigest: undefined };
  const { topic, partition, offset, timestamp, timestampType, headers } = record;
  const decoded: DecodedRecord<T, unknown> = {
    topic,
    partition,
    offset,
    timestamp,
    timestampType,
    key: key === KEY_BYTES ? record.key : key,
    value,
    headers,
  };
  try {
    const id = claimId(consumer, topic, identityOf(decoded, identity));
    return { kind: 'ready', value, key, id, payloadDigest: payloadDigest(bytes, decoded, settings) };
  } catch (error) {
    return { kind: 'failed', error };
  }
}

function undecodable<T>({ value }: RawRecord, { value: codec }: Settings<T>, error: unknown): Content<T> {
  if (errorClassOf(error) !== undefined) return { kind: 'failed', error };
  const bytes = value?.length ?? 0;
  const failure = valueUndecodable(
    { codec: codec.name, bytes, reason: `reading it failed with ${nameOf(error)}` },
    { cause: error },
  );
  return { kind: 'failed', error: failure };
}

function identityOf<T>(record: DecodedRecord<T, unknown>, identity: (record: DecodedRecord<T, unknown>) => unknown) {
  let received: unknown;
  try {
    received = identity(record);
  } catch (error) {
    throw identityThrew({ reason: nameOf(error) }, { cause: error });
  }
  if (!isIdentity(received)) throw identityInvalid({ received });
  return received;
}

function payloadDigest<T>(
  bytes: Buffer | null,
  record: DecodedRecord<T, unknown>,
  { payload }: Settings<T>,
): string | undefined {
  if (payload === false) return undefined;
  if (payload === undefined) return digestOf(bytes);
  const received = payload(record);
  if (isThenable(received) || received instanceof Map || received instanceof Set) throw payloadInvalid({ received });
  const text = JSON.stringify(received);
  if (text === undefined) throw payloadInvalid({ received });
  return digestOf(text);
}

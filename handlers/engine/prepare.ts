import { claimId, digestOf, isIdentity } from '../core/identity';
import { isThenable } from '../core/thenable';
import { identityInvalid, identityThrew, isOnceError, reasonOf, tombstone, valueUndecodable } from '../errors';
import type { DecodedRecord, Settings } from '../options';
import type { RawRecord } from '../record/parse-event';
import type { Content } from './record-state';

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
    const { value } = record;
    if (value === null) return withoutValue(record, consumer, settings);
    const decoded = settings.value.decode(value);
    if (!isThenable(decoded)) return identified(record, decoded as T, consumer, settings);
    return Promise.resolve(decoded)
      .then((later) => identified(record, later, consumer, settings))
      .catch((error: unknown) => undecodable(record, settings, error));
  } catch (error) {
    return undecodable(record, settings, error);
  }
}

function withoutValue<T>(record: RawRecord, consumer: string, settings: Settings<T>): Content<T> {
  if (settings.tombstones === 'skip') return { kind: 'skip' };
  if (settings.tombstones === undefined) return { kind: 'failed', error: tombstone({}) };
  // `T` includes null exactly where tombstones are processed.
  return identified(record, null as T, consumer, settings);
}

function identified<T>(record: RawRecord, value: T, consumer: string, settings: Settings<T>): Content<T> {
  const { identity } = settings;
  if (identity === undefined) return { kind: 'ready', value, id: undefined, payloadDigest: undefined };
  const { topic, partition, offset, timestamp, timestampType, key, headers } = record;
  const decoded: DecodedRecord<T> = { topic, partition, offset, timestamp, timestampType, key, value, headers };
  try {
    const id = claimId(consumer, topic, identityOf(decoded, identity));
    return { kind: 'ready', value, id, payloadDigest: payloadDigest(record, decoded, settings) };
  } catch (error) {
    return { kind: 'failed', error };
  }
}

function undecodable<T>({ value }: RawRecord, { value: codec }: Settings<T>, error: unknown): Content<T> {
  if (isOnceError(error)) return { kind: 'failed', error };
  const bytes = value?.length ?? 0;
  const failure = valueUndecodable({ codec: codec.name, bytes, reason: reasonOf(error) }, { cause: error });
  return { kind: 'failed', error: failure };
}

function identityOf<T>(record: DecodedRecord<T>, identity: (record: DecodedRecord<T>) => unknown) {
  let received: unknown;
  try {
    received = identity(record);
  } catch (error) {
    throw identityThrew({ reason: reasonOf(error) }, { cause: error });
  }
  if (!isIdentity(received)) throw identityInvalid({ received });
  return received;
}

function payloadDigest<T>(raw: RawRecord, record: DecodedRecord<T>, { payload }: Settings<T>): string | undefined {
  if (payload === false) return undefined;
  return digestOf(payload === undefined ? raw.value : (JSON.stringify(payload(record)) ?? 'undefined'));
}

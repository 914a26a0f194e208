import { claimId, digestOf, isIdentity } from '../core/identity';
import { identityInvalid, identityThrew, isOnceError, reasonOf, tombstone, valueUndecodable } from '../errors';
import type { DecodedRecord, Settings } from '../options';
import type { RawRecord } from '../record/parse-event';
import type { Content } from './record-state';

/**
 * Decodes a record and fixes its identity and digest before `process` can touch anything of it (protocol C1).
 * Never rejects: what goes wrong concerns this record alone.
 */
export async function prepare<T>(record: RawRecord, consumer: string, settings: Settings<T>): Promise<Content<T>> {
  try {
    if (record.value === null && settings.tombstones === 'skip') return { kind: 'skip' };
    const value = await decode(record, settings);
    const decoded: DecodedRecord<T> = { ...record, value };
    const id = claimId(consumer, record.topic, identityOf(decoded, settings));
    return { kind: 'ready', value, id, payloadDigest: payloadDigest(record, decoded, settings) };
  } catch (error) {
    return { kind: 'failed', error };
  }
}

async function decode<T>({ value }: RawRecord, { value: codec, tombstones }: Settings<T>): Promise<T> {
  if (value === null) {
    // `T` includes null exactly where tombstones are processed.
    if (tombstones === 'process') return null as T;
    throw tombstone({});
  }
  try {
    return await codec.decode(value);
  } catch (error) {
    if (isOnceError(error)) throw error;
    throw valueUndecodable({ codec: codec.name, bytes: value.length, reason: reasonOf(error) }, { cause: error });
  }
}

function identityOf<T>(record: DecodedRecord<T>, { identity }: Settings<T>) {
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

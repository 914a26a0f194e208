import type { KafkaEventRecord } from '../../contract/event';
import { isThenable } from '../core/thenable';
import { errorClassOf, keyUndecodable } from '../errors';
import type { Codec } from './codec';

interface Keyed {
  readonly key: Buffer | undefined;
  readonly delivered: Pick<KafkaEventRecord, 'keySchemaMetadata'>;
}

/**
 * The key of a record, decoded; undefined where it has none. Throws or rejects with a permanent error of the record, or
 * with what the codec itself says is transient or an outage.
 */
export function decodeKey<Key>(
  { key, delivered }: Keyed,
  codec: Codec<Key>,
): Key | undefined | Promise<Key | undefined> {
  if (key === undefined) return undefined;
  const refused = (cause: unknown): never => {
    const said = errorClassOf(cause);
    if (said === 'transient' || said === 'outage') throw cause;
    throw keyUndecodable({ codec: codec.name, bytes: key.length }, { cause });
  };
  try {
    const schema = delivered.keySchemaMetadata;
    const decoded = codec.decode(key, schema ? { schema } : {});
    return isThenable(decoded) ? Promise.resolve(decoded).catch(refused) : (decoded as Key);
  } catch (error) {
    return refused(error);
  }
}

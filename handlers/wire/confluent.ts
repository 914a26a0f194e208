import { Unreadable } from './unreadable';

/** A zero byte and the id of the schema, big-endian. */
const HEADER_BYTES = 5;

export interface Framed {
  /** Decimal digits where Confluent's registry gave it, a UUID where Glue's did. */
  readonly schemaId: string;
  readonly body: Buffer;
}

/**
 * Takes the header off that serializers of Confluent's Schema Registry put before a value.
 * Source: Confluent documentation, "Formats, Serializers, and Deserializers", wire format.
 */
export function unwrapConfluent(bytes: Buffer): Framed {
  if (bytes.length < HEADER_BYTES) throw new Unreadable("it is shorter than the header of Confluent's wire format");
  if (bytes[0] !== 0) throw new Unreadable("it does not begin with the zero byte of Confluent's wire format");
  return { schemaId: String(bytes.readUInt32BE(1)), body: bytes.subarray(HEADER_BYTES) };
}

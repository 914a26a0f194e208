import { inflateSync } from 'node:zlib';
import type { Framed } from './confluent';
import { Unreadable } from './unreadable';

const VERSION = 3;
const UNCOMPRESSED = 0;
const ZLIB = 5;
/** Version, compression, and the UUID of the schema version. */
const HEADER_BYTES = 18;
/** Ten times what an invocation's payload holds: a small value must not grow until the process dies. */
const MAXIMUM_INFLATED_BYTES = 64 * 1_024 * 1_024;

/**
 * Takes the header off that serializers of the AWS Glue Schema Registry put before a value, and inflates it.
 * Source: awslabs/aws-glue-schema-registry, AWSSchemaRegistryConstants.
 */
export function unwrapGlue(bytes: Buffer): Framed {
  if (bytes.length < HEADER_BYTES) throw new Unreadable("it is shorter than the header of Glue's wire format");
  if (bytes[0] !== VERSION) throw new Unreadable("it does not begin with the byte 3 of Glue's wire format");
  const schemaId = uuidOf(bytes.subarray(2, HEADER_BYTES));
  const body = bytes.subarray(HEADER_BYTES);
  if (bytes[1] === UNCOMPRESSED) return { schemaId, body };
  if (bytes[1] === ZLIB) return { schemaId, body: inflate(body) };
  throw new Unreadable(`the compression byte of Glue's wire format is ${bytes[1]}; accepted is 0 (none) or 5 (zlib)`);
}

function uuidOf(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function inflate(body: Buffer): Buffer {
  try {
    return inflateSync(body, { maxOutputLength: MAXIMUM_INFLATED_BYTES });
  } catch (error) {
    const { code } = error as { readonly code?: string };
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw new Unreadable(`it inflates to more than ${MAXIMUM_INFLATED_BYTES} bytes`);
    }
    throw new Unreadable('its zlib compression is broken');
  }
}

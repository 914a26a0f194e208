import { Unreadable } from '../wire/unreadable';
import type { Unwrapped } from '../wire/unwrap';

/** A place in a file of messages: of each message that holds the next one, and at last of the message itself. */
export type MessagePath = readonly number[];

const MAXIMUM_NESTING = 100;

/**
 * Takes off what serializers of a registry put between their header and a message: which one of the file's messages it
 * is. Confluent writes the path to it, numbers zig-zag and a single zero for the first message; Glue writes one number,
 * its place among the full names of all messages in alphabetical order.
 * Source: Confluent documentation, "Formats, Serializers, and Deserializers", wire format;
 * awslabs/aws-glue-schema-registry, ProtobufWireFormatEncoder and MessageIndexFinder.
 */
export function takeMessageIndex({ body, registry, byMapping }: Unwrapped, message: MessagePath): Buffer {
  if (registry === undefined || (byMapping && !beginsWithIndex(body, registry, message))) return body;
  const cursor = { position: 0 };
  const path = registry === 'glue' ? [readVarint(body, cursor)] : readPath(body, cursor);
  if (path.length === message.length && path.every((index, depth) => index === message[depth])) {
    return body.subarray(cursor.position);
  }
  const [found, expected] = [path, message].map((one) => (one.length === 1 ? String(one[0]) : `[${one.join(', ')}]`));
  throw new Unreadable(
    `it is the message ${found} of its file, and the type stands for ${expected} (message: ${found})`,
  );
}

/**
 * Whether the mapping's schema registry has left the index where it was: for Confluent and Glue it does, says
 * aws-powertools/powertools-lambda-java#1907; nothing of AWS does. No message begins with a byte below 8, since no
 * field has the number 0.
 */
function beginsWithIndex(body: Buffer, registry: 'confluent' | 'glue', message: MessagePath): boolean {
  const first = body[0];
  if (first === undefined) return false;
  if (first < 8) return true;
  const numbers = registry === 'glue' ? message : [message.length, ...message].map((number) => number * 2);
  const written = Buffer.from(numbers.flatMap(varint));
  return body.subarray(0, written.length).equals(written);
}

function readPath(body: Buffer, cursor: { position: number }): MessagePath {
  const count = readZigzag(body, cursor);
  if (count === 0) return [0];
  if (count < 0 || count > MAXIMUM_NESTING) throw new Unreadable('its message indexes are broken');
  return Array.from({ length: count }, () => readZigzag(body, cursor));
}

function readZigzag(body: Buffer, cursor: { position: number }): number {
  const number = readVarint(body, cursor);
  return (number >>> 1) ^ -(number & 1);
}

function readVarint(body: Buffer, cursor: { position: number }): number {
  let number = 0;
  for (let shift = 0; shift < 32; shift += 7) {
    const byte = body[cursor.position++];
    if (byte === undefined) break;
    number |= (byte & 0x7f) << shift;
    if (byte < 0x80) return number >>> 0;
  }
  throw new Unreadable('its message indexes are broken');
}

function varint(number: number): number[] {
  return number < 0x80 ? [number] : [(number & 0x7f) | 0x80, ...varint(number >>> 7)];
}

const SEED = 0x9747b28c;
const MULTIPLIER = 0x5bd1e995;

/** The 32 bits, signed, that Kafka's clients in Java make of a key (org.apache.kafka.common.utils.Utils.murmur2). */
export function murmur2(bytes: Buffer): number {
  const whole = bytes.length - (bytes.length % 4);
  let hash = SEED ^ bytes.length;
  for (let index = 0; index < whole; index += 4) {
    const word = Math.imul(bytes.readInt32LE(index), MULTIPLIER);
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(word ^ (word >>> 24), MULTIPLIER);
  }
  if (whole < bytes.length) {
    hash = Math.imul(hash ^ bytes.readUIntLE(whole, bytes.length - whole), MULTIPLIER);
  }
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return hash ^ (hash >>> 15);
}

import type { SchemaMetadata } from '../../contract/event';

/** What is known of a value or a key beside its bytes. */
export interface ValueContext {
  /** What the mapping's schema registry says of it; undefined where the mapping has none, or leaves it alone. */
  readonly schema?: SchemaMetadata | undefined;
}

/** Turns the bytes of a value, or of a key, into what `process` gets. A throw or a rejection concerns this record alone. */
export interface Codec<T> {
  readonly name: string;
  decode(bytes: Buffer, about?: ValueContext): T | PromiseLike<T>;
}

import type { SchemaMetadata } from '../../contract/event';

/** What is known of a value beside its bytes. */
export interface ValueContext {
  /** What the mapping's schema registry says of it; undefined where the mapping has none, or leaves the value alone. */
  readonly schema?: SchemaMetadata | undefined;
}

/** Turns the bytes of a value into what `process` gets. A throw or a rejection concerns this record alone. */
export interface Codec<T> {
  readonly name: string;
  decode(bytes: Buffer, about?: ValueContext): T | PromiseLike<T>;
}

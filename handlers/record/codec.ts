/** Turns the bytes of a value into what `process` gets. A throw or a rejection concerns this record alone. */
export interface Codec<T> {
  readonly name: string;
  decode(bytes: Buffer): T | PromiseLike<T>;
}

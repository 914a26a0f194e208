import type { KafkaEventHeader } from '../../contract/event';

/** The headers of a record, in order; a name may stand several times. */
export class Headers implements Iterable<readonly [name: string, value: Buffer]> {
  readonly #raw: readonly KafkaEventHeader[];

  constructor(raw: readonly KafkaEventHeader[]) {
    this.#raw = raw;
  }

  /** The value of the last header with this name, as Kafka's `lastHeader` gives it; undefined if there is none. */
  get(name: string): Buffer | undefined {
    return this.getAll(name).at(-1);
  }

  /** The values of all headers with this name, in order. */
  getAll(name: string): Buffer[] {
    return this.#raw.flatMap((header) => (Object.hasOwn(header, name) ? [bytes(header[name])] : []));
  }

  *[Symbol.iterator](): Iterator<readonly [name: string, value: Buffer]> {
    for (const header of this.#raw) {
      for (const [name, value] of Object.entries(header)) yield [name, bytes(value)];
    }
  }
}

/** The service writes bytes signed; a Buffer takes them modulo 256. A null value becomes an empty Buffer. */
function bytes(value: readonly number[] | null | undefined): Buffer {
  return Buffer.from(value ?? []);
}

/** FNV-1a over UTF-16 code units, 32 bits. */
export function hashOf(text: string, seed = 0x811c9dc5): number {
  let hash = seed;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** Everything that happened, in order, as a hash; and as lines for a person where they are asked for. */
export class Trace {
  readonly #lines: string[] | undefined;
  #left = 0x811c9dc5;
  #right = 0x9e3779b9;

  constructor(keepsLines: boolean) {
    this.#lines = keepsLines ? [] : undefined;
  }

  add(atMs: number, what: string): void {
    this.#left = hashOf(what, this.#left ^ atMs);
    this.#right = Math.imul(hashOf(what, this.#right + atMs), 0x85ebca6b) >>> 0;
    this.#lines?.push(`${String(atMs).padStart(8)} ms  ${what}`);
  }

  get lines(): readonly string[] {
    return this.#lines ?? [];
  }

  /** Equal for equal histories, on every machine. */
  get hash(): string {
    return [this.#left, this.#right].map((half) => half.toString(16).padStart(8, '0')).join('');
  }
}

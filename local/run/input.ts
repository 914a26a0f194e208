import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { InputError } from './input-error';
import { type InputRecord, readInputRecord } from './input-record';

export interface ReadInputOptions {
  /** Ends the input, even while nothing comes. @default none */
  readonly signal?: AbortSignal;
  /** @default the process's own. */
  readonly stdin?: Readable;
}

/**
 * The records of a JSONL file, or of standard input by the name `-`, in its order; blank lines are left out.
 * Throws an InputError that names the line.
 */
export async function* readInput(file: string, options: ReadInputOptions = {}): AsyncGenerator<InputRecord> {
  const { signal, stdin = process.stdin } = options;
  const name = file === '-' ? 'standard input' : file;
  const input = file === '-' ? stdin : createReadStream(file);
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  const close = () => {
    lines.close();
    // A pipe that nobody closes would keep this process alive.
    input.destroy();
  };
  signal?.addEventListener('abort', close, { once: true });
  let number = 0;
  try {
    for await (const line of lines) {
      if (signal?.aborted) return;
      number += 1;
      if (line.trim() !== '') yield readInputRecord(line, `${name}:${number}`);
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    if (!signal?.aborted)
      throw new InputError(`${name} cannot be read: ${(error as Error).message}.`, { cause: error });
  } finally {
    signal?.removeEventListener('abort', close);
    close();
  }
}

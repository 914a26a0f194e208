import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

export type OutputListener = (line: string, stream: 'stdout' | 'stderr') => void;

/** What CloudWatch Logs takes as one event: a longer line comes in pieces, so that no output fills the memory. */
const MAXIMUM_LINE_LENGTH = 256 * 1024;

/** Reads the stream to its end, listener or not: a full pipe would stop the writer. */
export function readLines(source: Readable, stream: 'stdout' | 'stderr', listener: OutputListener = () => {}): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  source.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) listener(line, stream);
    while (rest.length > MAXIMUM_LINE_LENGTH) {
      listener(rest.slice(0, MAXIMUM_LINE_LENGTH), stream);
      rest = rest.slice(MAXIMUM_LINE_LENGTH);
    }
  });
  source.on('end', () => {
    rest += decoder.end();
    if (rest !== '') listener(rest, stream);
  });
  // The pipe of a killed process may end in an error; its end is seen by the process's exit.
  source.on('error', () => {});
}

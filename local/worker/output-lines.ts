import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

export type OutputListener = (line: string, stream: 'stdout' | 'stderr') => void;

/** What CloudWatch Logs takes as one event. */
const MAXIMUM_LINE_LENGTH = 256 * 1024;

/**
 * Reads the stream to its end, listener or not: a full pipe would stop the writer. Of a line that is longer than 256 Ki
 * characters the rest is left out, with a line that says so, so that no output fills the memory.
 */
export function readLines(source: Readable, stream: 'stdout' | 'stderr', listener: OutputListener = () => {}): void {
  const decoder = new StringDecoder('utf8');
  let line = '';
  let leftOut = 0;

  const add = (text: string) => {
    const taken = leftOut > 0 ? '' : text.slice(0, MAXIMUM_LINE_LENGTH - line.length);
    line += taken;
    leftOut += text.length - taken.length;
  };
  const end = () => {
    listener(line, stream);
    if (leftOut > 0) listener(`… ${leftOut} more characters of this line are left out.`, stream);
    line = '';
    leftOut = 0;
  };

  source.on('data', (chunk: Buffer) => {
    const [first = '', ...others] = decoder.write(chunk).split('\n');
    add(first);
    for (const text of others) {
      end();
      add(text);
    }
  });
  source.on('end', () => {
    add(decoder.end());
    if (line !== '') end();
  });
  // The pipe of a killed process may end in an error; its end is seen by the process's exit.
  source.on('error', () => {});
}

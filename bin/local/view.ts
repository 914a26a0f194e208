import type { RunEvent } from '../../local/run/run-event';
import { progressLine } from '../progress-line';
import { textOf } from './event-text';

/** Shows a run as it goes on. */
export interface View {
  event(event: RunEvent): void;
  progress(text: string): void;
  /** A line of the command itself. */
  say(text: string): void;
}

/** For machines: a line of JSON for each event on standard output, everything else beside it. */
export function jsonView(): View {
  return {
    event: (event) => void process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`),
    progress: () => {},
    say: (text) => void process.stderr.write(`${text}\n`),
  };
}

/** For a person: a line for each event, and one that moves on a terminal. */
export function terminalView(): View {
  const line = progressLine(process.stdout);
  return {
    event: (event) => {
      const text = textOf(event);
      if (text !== undefined) line.say(text);
    },
    progress: (text) => line.update(text),
    say: (text) => line.say(text),
  };
}

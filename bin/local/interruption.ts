import type { View } from './view';

export interface Interruption {
  readonly signal: AbortSignal;
  /** Of the command if it was told to stop before it was done; undefined: nobody told it. */
  readonly exitCode: number | undefined;
  done(): void;
}

const SIGNALS = [
  ['SIGINT', 2],
  ['SIGTERM', 15],
  ['SIGHUP', 1],
] as const;

/**
 * Ctrl-C ends the run in order; a second one ends it at once, by way of `exit`, so that workers go too. Nobody who
 * reads what is written ends it as well.
 */
export function interruption(view: Pick<View, 'say'>): Interruption {
  const interrupted = new AbortController();
  let exitCode: number | undefined;
  const listeners = SIGNALS.map(([signal, number]) => {
    const listener = () => {
      if (interrupted.signal.aborted) process.exit(128 + number);
      exitCode = 128 + number;
      view.say('Stopping; once more ends it at once.');
      interrupted.abort();
    };
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  const gone = () => {
    exitCode ??= 128 + SIGPIPE;
    interrupted.abort();
  };
  for (const stream of [process.stdout, process.stderr]) stream.on('error', gone);
  return {
    signal: interrupted.signal,
    get exitCode() {
      return exitCode;
    },
    done: () => {
      for (const remove of listeners) remove();
    },
  };
}

const SIGPIPE = 13;

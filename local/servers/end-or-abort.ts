import type { KeptProcess } from './kept-process';

/** The program's exit code; an abort ends it and is thrown. */
export async function endOrAbort(run: KeptProcess, signal: AbortSignal): Promise<number> {
  const stop = () => void run.stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (signal.aborted) await run.stop();
    const code = await run.ended;
    signal.throwIfAborted();
    return code;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

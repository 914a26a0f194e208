import { isOnceError } from '../errors';

const MOST = 10;
const NAME = /^[A-Za-z_$][\w$.]{0,79}$/;
const OTHERS = 'others';

/** How often each kind of error stands among them: by its code, or its name. Never a text, which may hold payload. */
export function reasonsOf(errors: Iterable<unknown>): Record<string, number> {
  const counts = new Map<string, number>();
  for (const error of errors) {
    const kind = kindOf(error);
    const known = counts.has(kind) || counts.size < MOST ? kind : OTHERS;
    counts.set(known, (counts.get(known) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

function kindOf(error: unknown): string {
  try {
    if (isOnceError(error)) return error.code;
    if (!(error instanceof Error)) return typeof error;
    return NAME.test(error.name) ? error.name : 'Error';
  } catch {
    return 'unknown';
  }
}

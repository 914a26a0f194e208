import { REDRIVE_OUTCOMES, type Redriven } from '../../contract/redrive';

/** What Lambda answered: of a function that failed, `functionError` is there and `payload` holds its error. */
export interface InvokeAnswer {
  readonly functionError: string | undefined;
  readonly payload: string;
}

/** Sends one invocation and waits for its end. Rejects as the SDK does. */
export type Invoke = (payload: string) => Promise<InvokeAnswer>;

/** What an invocation was good for. */
export type Verdict =
  /** By the letter's id. */
  | { readonly kind: 'answered'; readonly redriven: ReadonlyMap<string, Redriven> }
  /** It may work later: Lambda is busy, or cannot be reached. */
  | { readonly kind: 'busy' | 'unreachable'; readonly reason: string }
  /** The function ended by an error, a time-out or a death: one of the records may be to blame. */
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'too-large'; readonly reason: string }
  /** msk-once itself refuses these records, or cannot start. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** It is no function that redrives. */
  | { readonly kind: 'foreign'; readonly reason: string }
  /** Asking again is of no use: it is not there, or we may not. */
  | { readonly kind: 'denied'; readonly reason: string };

/** Reads the answer to these letters. */
export function judgeAnswer({ functionError, payload }: InvokeAnswer, ids: readonly string[]): Verdict {
  if (functionError !== undefined) return judgeFunctionError(payload);
  const list = redrivenIn(payload);
  if (list === undefined) {
    return { kind: 'foreign', reason: `it answered ${shown(payload)}, which is no answer to a redrive` };
  }
  const redriven = new Map(list.filter(({ id }) => ids.includes(id)).map((one) => [one.id, one]));
  const missing = ids.find((id) => !redriven.has(id));
  if (missing === undefined) return { kind: 'answered', redriven };
  return { kind: 'foreign', reason: `its answer says nothing of the letter ${missing}` };
}

/** Ends the message of every error of msk-once. */
const CODE = /\(MSK_ONCE(_[A-Z]+)+\)$/;

function judgeFunctionError(payload: string): Verdict {
  const { errorType, errorMessage } = objectIn(payload);
  const message = typeof errorMessage === 'string' ? errorMessage : shown(payload);
  const reason = typeof errorType === 'string' && errorType !== 'OnceError' ? `${errorType}: ${message}` : message;
  return { kind: CODE.test(message) ? 'refused' : 'failed', reason };
}

function redrivenIn(payload: string): readonly Redriven[] | undefined {
  const { mskOnce } = objectIn(payload);
  const list: unknown = (mskOnce as { redriven?: unknown } | null | undefined)?.redriven;
  return Array.isArray(list) && list.every(isRedriven) ? list : undefined;
}

const isRedriven = (one: Partial<Redriven> | null): one is Redriven =>
  typeof one?.id === 'string' && REDRIVE_OUTCOMES.some((outcome) => outcome === one.outcome);

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const SHOWN_CHARACTERS = 200;
const shown = (text: string) =>
  text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text || 'nothing';

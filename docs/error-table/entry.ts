/** One code in docs/errors.md. */
export interface Entry {
  /** MSK_ONCE_<WORDS>. */
  readonly code: string;
  /** Heading that it stands under. */
  readonly section: string;
  readonly meaning: string;
  /** The class of an error at run time; of others, what it stops: `start`, `synth`, `command` or `test`. */
  readonly kinds: readonly string[];
  readonly remedies: readonly string[];
}

/** A code as contract/error-codes.ts tells it. */
export interface CodeText {
  /** Its property in ERROR_CODES. */
  readonly name: string;
  readonly code: string;
  readonly section: string;
  readonly meaning: string | undefined;
  /** What to do where handlers/errors does not say it, or says something else each time. */
  readonly remedy: string | undefined;
}

/** An error as handlers/errors defines it. */
export interface Definition {
  /** The function that makes it. */
  readonly name: string;
  readonly file: string;
  /** Property in ERROR_CODES. */
  readonly codeName: string;
  readonly errorClass: string;
  /** undefined: it depends on what happened. */
  readonly remedy: string | undefined;
}

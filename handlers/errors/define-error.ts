import type { ErrorCode } from '../../contract/error-codes';
import type { ErrorClass } from './error-class';
import { OnceError } from './once-error';

interface Definition<Fields> {
  /** Its meaning stands at the code, in contract/error-codes.ts; docs/errors.md shows both. */
  readonly code: ErrorCode;
  readonly errorClass: ErrorClass;
  /** What went wrong, what was received and what is accepted, without a full stop. Never a payload. */
  readonly text: (fields: Fields) => string;
  /**
   * What to change, or what happens without anybody: whole sentences. Where it depends on the fields, the table shows
   * the @remedy at the code.
   */
  readonly remedy: string | ((fields: Fields) => string);
}

export function defineError<Fields>({ code, errorClass, text, remedy }: Definition<Fields>) {
  return (fields: Fields, options?: ErrorOptions) => {
    const cure = typeof remedy === 'string' ? remedy : remedy(fields);
    return new OnceError(code, errorClass, `${text(fields)}. ${cure}`, options);
  };
}

import { LocalError } from '../../../local/errors';
import { isRefused } from '../../../local/template/template-error';

/** What the service refuses in a policy. It is kept, and told apart: it hides nothing that does not depend on it. */
export type Refused = LocalError[];

/** Undefined where the value is not known here. */
export function readable<T>(refused: Refused, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof LocalError)) throw error;
    if (isRefused(error)) refused.push(error);
    return undefined;
  }
}

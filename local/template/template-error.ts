import { ERROR_CODES } from '../../contract/error-codes';
import { LocalError } from '../errors';

/** The template says something that the service would refuse, or that contradicts itself. `path` is the place in the template. */
export function templateInvalid(path: string, problem: string, options?: ErrorOptions): LocalError {
  return new LocalError(ERROR_CODES.templateInvalid, `${path} ${problem}`, undefined, options);
}

/** Wrong with the parameters and the region that are taken here; a deployment may have others. */
class WrongHere extends LocalError {}

export function wrongHere(path: string, problem: string): LocalError {
  return new WrongHere(ERROR_CODES.templateInvalid, `${path} ${problem}`);
}

/** Whether the service refuses what the template says, whatever the parameters and the region are. */
export function isRefused(error: LocalError): boolean {
  return error.code === ERROR_CODES.templateInvalid && !(error instanceof WrongHere);
}

/** The template is right, but the local event source cannot do what it asks for. */
export function templateUnsupported(path: string, problem: string): LocalError {
  return new LocalError(ERROR_CODES.templateUnsupported, `${path} ${problem}`);
}

/** A value as an error message shows it: short, and never more than one line. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

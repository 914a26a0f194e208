import { types } from 'node:util';
import type { ErrorShape } from '../messages';

/** An error that the runtime itself raises, under the name that Lambda gives it. */
export class RuntimeError extends Error {
  constructor(name: `${'Runtime' | 'Function'}.${string}`, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

// Source: aws/aws-lambda-nodejs-runtime-interface-client, src/Errors.js (toRapidResponse).
export function errorShape(thrown: unknown): ErrorShape {
  try {
    if (types.isNativeError(thrown) || looksLikeError(thrown)) {
      return {
        errorType: shortened(thrown.name),
        errorMessage: shortened(thrown.message),
        trace: shortened(thrown.stack).split('\n'),
      };
    }
    return { errorType: typeof thrown, errorMessage: shortened(thrown), trace: [] };
  } catch (problem) {
    // A getter or toString of the thrown value threw.
    return { errorType: 'handled', errorMessage: `the thrown value cannot be shown: ${shortened(problem)}` };
  }
}

function looksLikeError(thrown: unknown): thrown is Error {
  if (typeof thrown !== 'object' || thrown === null) return false;
  const { name, message, stack } = thrown as Partial<Error>;
  return [name, message, stack].every((part) => typeof part === 'string' && part !== '');
}

/** The text of an error may hold whatever the function was working on. */
const MAXIMUM_TEXT_LENGTH = 64 * 1024;

function shortened(value: unknown): string {
  const text = String(value);
  const leftOut = text.length - MAXIMUM_TEXT_LENGTH;
  return leftOut > 0 ? `${text.slice(0, MAXIMUM_TEXT_LENGTH)}… (${leftOut} more characters are left out)` : text;
}

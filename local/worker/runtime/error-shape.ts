import { types } from 'node:util';
import type { ErrorShape } from '../messages';

/** An error that the runtime itself raises, under the name that Lambda gives it. */
export class RuntimeError extends Error {
  constructor(name: `Runtime.${string}`, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

// Source: aws/aws-lambda-nodejs-runtime-interface-client, src/Errors.js (toRapidResponse).
export function errorShape(thrown: unknown): ErrorShape {
  try {
    if (types.isNativeError(thrown) || looksLikeError(thrown)) {
      return {
        errorType: String(thrown.name),
        errorMessage: String(thrown.message),
        trace: String(thrown.stack).split('\n'),
      };
    }
    return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  } catch (problem) {
    // A getter or toString of the thrown value threw.
    return { errorType: 'handled', errorMessage: `the thrown value cannot be shown: ${String(problem)}` };
  }
}

function looksLikeError(thrown: unknown): thrown is Error {
  if (typeof thrown !== 'object' || thrown === null) return false;
  const { name, message, stack } = thrown as Partial<Error>;
  return [name, message, stack].every((part) => typeof part === 'string' && part !== '');
}

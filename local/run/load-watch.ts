import { ERROR_CODES } from '../../contract/error-codes';
import { LocalError } from '../errors';
import type { LambdaFunction } from '../template/lambda-function';
import type { InvocationResult } from '../worker/invocation-result';

/** Once may be an accident of the machine. */
const ATTEMPTS = 3;

/** Ends a run whose function is never loaded, where the service would try for ever and nobody would learn a thing by it. */
export class LoadWatch {
  /** Rejects with a LocalError when the function cannot be loaded; never resolves. */
  readonly failed: Promise<never>;
  readonly #function: LambdaFunction;
  #fail: (error: LocalError) => void = () => {};
  #attempts = 0;
  #isOver: boolean;

  /** @param bearsErrors `true`: nothing is ended. */
  constructor(lambda: LambdaFunction, bearsErrors: boolean) {
    this.#function = lambda;
    this.#isOver = bearsErrors;
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    // Who does not wait for it does not have to hear it.
    this.failed.catch(() => {});
  }

  ended(result: InvocationResult): void {
    if (this.#isOver) return;
    if (result.kind !== 'init-error') {
      this.#isOver = true;
      return;
    }
    this.#attempts += 1;
    if (this.#attempts < ATTEMPTS) return;
    this.#isOver = true;
    const { logicalId, handler, assetPath, runtime } = this.#function;
    this.#fail(
      new LocalError(
        ERROR_CODES.handlerInvalid,
        `The function ${logicalId} (${handler} in ${assetPath}, ${runtime}) cannot be loaded, ${ATTEMPTS} times in a row: ` +
          `${result.errorType}: ${result.errorMessage}. Mend it, and run this again; --watch waits for that.`,
      ),
    );
  }
}

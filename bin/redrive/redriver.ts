import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../../local/errors';
import { judgeInvokeError } from './aws-errors';
import { eventOf } from './events';
import { type Invoke, judgeAnswer, type Verdict } from './invocation';
import type { Target } from './known-letters';

/** The function that redrives, as far as one invocation goes. */
export class Redriver {
  readonly #name: string;
  readonly #invoke: Invoke;

  /** @param name as the user wrote it */
  constructor(name: string, invoke: Invoke) {
    this.#name = name;
    this.#invoke = invoke;
  }

  /** Never rejects. Without letters it runs nothing, and tells whether the function redrives at all. */
  async redrive(targets: readonly Target[]): Promise<Verdict> {
    const letters = targets.map(({ letter }) => letter);
    try {
      const answer = await this.#invoke(JSON.stringify(eventOf(letters)));
      return judgeAnswer(
        answer,
        letters.map(({ id }) => id),
      );
    } catch (error) {
      return judgeInvokeError(error);
    }
  }

  /** Why nothing goes on after such a verdict. */
  giveUp({ kind, reason }: Exclude<Verdict, { readonly kind: 'answered' }>): LocalError {
    const name = this.#name;
    switch (kind) {
      case 'foreign':
        return new LocalError(
          ERROR_CODES.redriveImpossible,
          `${name} does not redrive letters: ${reason}. Nothing was deleted for this invocation. Name the function that processRecords made, deployed with this version of msk-once or a later one.`,
          EXIT.refused,
        );
      case 'refused':
        return new LocalError(
          ERROR_CODES.redriveImpossible,
          `${name} refuses to redrive letters: ${reason} Name the alias that the mapping of these records calls, and mend what the function says.`,
          EXIT.refused,
        );
      case 'denied':
        return new LocalError(
          ERROR_CODES.serverFailed,
          `Could not invoke ${name}: ${reason}. Check name, alias and region (AWS_REGION), and that your credentials may invoke it (lambda:InvokeFunction).`,
        );
      case 'unreachable':
        return new LocalError(
          ERROR_CODES.serverUnreachable,
          `Could not invoke ${name}: ${reason}. Lambda does not answer: check the region and the network, and run this again.`,
          EXIT.unreachable,
        );
      default:
        return new LocalError(
          ERROR_CODES.serverFailed,
          `${name} has failed too often in a row, the last time with: ${reason}. The letters that are left are where they were: look at the function's log, and run this again.`,
          EXIT.partlyDone,
        );
    }
  }
}

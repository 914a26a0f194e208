import { EXIT } from '../../contract/error-codes';
import { readArguments, USAGE } from '../check/arguments';
import { checkTemplate } from '../check/check-template';
import { exitCodeOf, jsonOf, textOf, verdictOf } from '../check/report';

/** Runs the command and returns its exit code. */
export async function check(argv: readonly string[]): Promise<number> {
  const given = readArguments(argv);
  if (given.help) {
    process.stdout.write(`${USAGE}\n`);
    return EXIT.ok;
  }
  const checked = checkTemplate(given);
  process.stdout.write(`${given.json ? jsonOf(checked) : textOf(checked)}\n`);
  return exitCodeOf(verdictOf(checked), given.strict);
}

import { EXIT } from '../../contract/error-codes';
import { parseFault } from '../../local/faults/fault-text';
import { chosen } from '../../local/run/chosen';
import { readArguments, USAGE } from '../local/arguments';
import { explanation } from '../local/explanation';
import { faultHelp } from '../local/fault-help';
import { interruption } from '../local/interruption';
import { replayEvent } from '../local/replay-event';
import { runApplication } from '../local/run-application';
import { jsonView, terminalView } from '../local/view';

/** Runs the command and returns its exit code. */
export async function local(argv: readonly string[]): Promise<number> {
  const given = readArguments(argv);
  if (given.help) return print(USAGE);
  if (given.faults.includes('help')) return print(faultHelp());
  const choices = chosen(given.choices);
  if (given.explain) return print(explanation(choices, given));
  const faults = given.faults.map(parseFault);
  const view = given.json ? jsonView() : terminalView();
  const interrupted = interruption(view);
  try {
    return given.event === undefined
      ? await runApplication({ given, choices, faults, view, interrupted })
      : await replayEvent(given.event, given, view, interrupted);
  } catch (error) {
    // What it was doing when it was told to stop did not come to its end.
    if (interrupted.exitCode === undefined) throw error;
    if (!(error instanceof Error && error.name === 'AbortError')) view.say(String(error));
    return interrupted.exitCode;
  } finally {
    interrupted.done();
  }
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return EXIT.ok;
}

import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../../local/errors';
import { readApplication } from '../../local/run/application';
import { surroundingsOf } from '../../local/run/surroundings';
import type { LocalArguments } from './arguments';
import { requireFreePort } from './debugger-port';
import { watchApplication } from './watch';
import { type Command, Work } from './work';

/** Runs the mappings of the template until they are resolved or somebody ends it, and returns the exit code. */
export async function runApplication(command: Command): Promise<number> {
  const { given, view, interrupted } = command;
  refuseNothingToRead(given);
  if (given.inspectPort !== undefined) await requireFreePort(given.inspectPort);
  const watching = given.watch ? await watchApplication(given.app, view, interrupted.signal) : undefined;
  try {
    const application = readApplication(given);
    const around = await surroundingsOf(given);
    try {
      return await new Work(command, around, watching, application).run();
    } finally {
      await around.close();
    }
  } finally {
    await watching?.close();
  }
}

function refuseNothingToRead({ records, broker, brokerConfig }: LocalArguments): void {
  if (records !== undefined || broker !== undefined || brokerConfig !== undefined) return;
  throw new LocalError(
    ERROR_CODES.usage,
    'There is nothing to deliver: give --records FILE (or - for standard input), a --broker, or --event FILE.',
    EXIT.usage,
  );
}

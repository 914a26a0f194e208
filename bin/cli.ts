#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES, EXIT } from '../contract/error-codes';
import { LocalError } from '../local/errors';
import { errorText } from './error-text';
import { UsageError } from './usage';

type Command = (argv: string[]) => Promise<number>;

/** Each command is loaded when it is called. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  check: async () => (await import('./commands/check.js')).check,
  demo: async () => {
    if (!existsSync(join(__dirname, 'demo'))) throw demoLeftOut();
    return (await import('./commands/demo.js')).demo;
  },
  judge: async () => (await import('./commands/judge.js')).judge,
  local: async () => (await import('./commands/local.js')).local,
  redrive: async () => (await import('./commands/redrive.js')).redrive,
  servers: async () => (await import('./commands/servers.js')).servers,
  simulate: async () => (await import('./commands/simulate.js')).simulate,
};

const USAGE = `Usage: msk-once <command> [options]

  check     name what is missing or wrong in a template, of the CDK, SAM or another tool
  demo      run the reference function over real flights, with faults, and judge it
  judge     say whether a recorded history keeps its promise
  local     run the functions of your own template on records, before anything is deployed
  redrive   run the records of dead letters again
  servers   start Apache Kafka and DynamoDB Local on this machine
  simulate  run the shipped runtime in virtual time, over random schedules with faults, and judge it

msk-once <command> --help tells more.`;

/** The package is published without the reference app and its flights. */
function demoLeftOut(): LocalError {
  return new LocalError(
    ERROR_CODES.usage,
    'The demo runs the reference app, which the repository of msk-once has and the package does not: run ' +
      '"npm ci && npm run demo" in a clone of it. "msk-once local" runs the functions of your own app.',
    EXIT.usage,
  );
}

async function main([name, ...argv]: string[]): Promise<number> {
  if (name === undefined || name === '--help') {
    process.stdout.write(`${USAGE}\n`);
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new UsageError(`There is no command ${JSON.stringify(name)}.`, USAGE);
  return (await command())(argv);
}

/** For what was printed. */
const LEFTOVERS_MS = 2_000;

/** The work is done. A client of a broker that went away may hold timers and connections that nobody waits for. */
function end(code: number): void {
  process.exitCode = code;
  setTimeout(() => process.exit(), LEFTOVERS_MS).unref();
}

main(process.argv.slice(2)).then(end, (error: unknown) => {
  process.stderr.write(`${errorText(error)}\n`);
  end(error instanceof LocalError ? error.exitCode : EXIT.failed);
});

#!/usr/bin/env node
import { EXIT } from '../contract/error-codes';
import { LocalError } from '../local/errors';
import { UsageError } from './usage';

type Command = (argv: string[]) => Promise<number>;

/** Each command is loaded when it is called. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  demo: async () => (await import('./commands/demo.js')).demo,
  servers: async () => (await import('./commands/servers.js')).servers,
};

const USAGE = `Usage: msk-once <command> [options]

  demo      run the reference function over real flights, with faults, and judge it
  servers   start Apache Kafka and DynamoDB Local on this machine

msk-once <command> --help tells more.`;

async function main([name, ...argv]: string[]): Promise<number> {
  if (name === undefined || name === '--help') {
    process.stdout.write(`${USAGE}\n`);
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new UsageError(`There is no command ${JSON.stringify(name)}.`, USAGE);
  return (await command())(argv);
}

function textOf(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\n\n${error.usage}`;
  if (error instanceof LocalError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.exitCode = error instanceof LocalError ? error.exitCode : EXIT.failed;
    process.stderr.write(`${textOf(error)}\n`);
  },
);

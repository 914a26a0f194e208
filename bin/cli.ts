#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES, EXIT } from '../contract/error-codes';
import { LocalError } from '../local/errors';
import { packageRoot } from '../local/servers/package-root';
import { errorText } from './error-text';
import { UsageError } from './usage';

type Command = (argv: string[]) => Promise<number>;

interface Offer {
  /** In a line of the usage. */
  readonly about: string;
  /** Each command is loaded when it is called. */
  readonly load: () => Promise<Command>;
}

const COMMANDS: Readonly<Record<string, Offer>> = {
  check: {
    about: 'name what is missing or wrong in a template, of the CDK, SAM or another tool',
    load: async () => (await import('./commands/check.js')).check,
  },
  demo: {
    about: 'run the reference function over real flights, with faults, and judge it',
    load: async () => {
      if (!hasDemo()) throw demoLeftOut();
      return (await import('./commands/demo.js')).demo;
    },
  },
  judge: {
    about: 'say whether a recorded history keeps its promise',
    load: async () => (await import('./commands/judge.js')).judge,
  },
  local: {
    about: 'run the functions of your own template on records, before anything is deployed',
    load: async () => (await import('./commands/local.js')).local,
  },
  redrive: {
    about: 'run the records of dead letters again',
    load: async () => (await import('./commands/redrive.js')).redrive,
  },
  servers: {
    about: 'start Apache Kafka and DynamoDB Local on this machine',
    load: async () => (await import('./commands/servers.js')).servers,
  },
  simulate: {
    about: 'run the shipped runtime in virtual time, over random schedules with faults, and judge it',
    load: async () => (await import('./commands/simulate.js')).simulate,
  },
};

function usage(): string {
  const offered = Object.entries(COMMANDS).filter(([name]) => name !== 'demo' || hasDemo());
  return `Usage: msk-once <command> [options]

${offered.map(([name, { about }]) => `  ${name.padEnd(10)}${about}`).join('\n')}

msk-once <command> --help tells more, msk-once --version which one this is.`;
}

const hasDemo = () => existsSync(join(__dirname, 'demo'));

/** The package is published without the reference app and its flights. */
function demoLeftOut(): LocalError {
  return new LocalError(
    ERROR_CODES.usage,
    'The demo runs the reference app, which the repository of msk-once has and the package does not: run ' +
      '"npm ci && npm run demo" in a clone of it. "msk-once local" runs the functions of your own app.',
    EXIT.usage,
  );
}

function version(): string {
  return JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')).version;
}

async function main([name, ...argv]: string[]): Promise<number> {
  if (name === undefined || name === '--help') {
    process.stdout.write(`${usage()}\n`);
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  if (name === '--version' || name === '-v') {
    process.stdout.write(`${version()}\n`);
    return EXIT.ok;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new UsageError(`There is no command ${JSON.stringify(name)}.`, usage());
  return (await command.load())(argv);
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

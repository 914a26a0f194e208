import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../../local/errors';
import type { ServerDefinition } from '../../local/servers/definition';
import { claimServer, type OwnerPlace, ownerOf, releaseServer } from '../../local/servers/owner-file';
import { watchParents } from '../../local/servers/parent-watch';
import {
  defaultStateDirectory,
  SERVERS,
  SERVERS_ON_REQUEST,
  serversRunning,
  startServers,
} from '../../local/servers/servers';
import { stopOwnedServers } from '../../local/servers/stop-servers';
import { CommandLine } from '../command-line';

const USAGE = `Usage: msk-once servers [options]

Starts Apache Kafka and Amazon's DynamoDB Local on this machine, for live tests and to try things out, and keeps them
until Ctrl-C. Their data ends with them. msk-once servers --stop stops them from another terminal.

  --with sqs  start ElasticMQ too, a stand-in for SQS
  --stop      stop the servers that this command started in this directory
  --help      this text

Kafka is at MSK_ONCE_KAFKA (default 127.0.0.1:19092; the next port is used too), DynamoDB Local at MSK_ONCE_DYNAMODB
(default http://127.0.0.1:18000), ElasticMQ at MSK_ONCE_SQS (default http://127.0.0.1:19324).
Java 17 is needed, and Maven the first time, to fetch them into .msk-once/.`;

const LINE = new CommandLine(USAGE);
const NAMES_ON_REQUEST = SERVERS_ON_REQUEST.map(({ name }) => name);

/** Runs the command and returns its exit code. */
export async function servers(argv: readonly string[]): Promise<number> {
  // A closed terminal must not end the clean-up.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  const {
    stop,
    help,
    with: words = [],
  } = LINE.parse(argv, {
    stop: { type: 'boolean' },
    help: { type: 'boolean' },
    with: { type: 'string', multiple: true },
  });
  if (help) {
    process.stdout.write(`${USAGE}\n`);
    return EXIT.ok;
  }
  const place: OwnerPlace = { env: process.env, stateDirectory: defaultStateDirectory() };
  const names = words.map((word) => LINE.oneOf('--with', word, NAMES_ON_REQUEST));
  if (!stop) return runThem([...SERVERS, ...SERVERS_ON_REQUEST.filter(({ name }) => names.includes(name))], place);
  if (names.length > 0) throw LINE.refused('--with belongs to a start: --stop stops every server.');
  return stopThem(place);
}

async function runThem(wanted: readonly ServerDefinition[], place: OwnerPlace): Promise<number> {
  const running = await serversRunning({ ...place, servers: wanted });
  const missing = wanted.filter((server) => !running.includes(server));
  const beingStarted = missing.filter((server) => ownerOf(server, place));
  if (missing.length === 0 || beingStarted.length > 0) {
    for (const server of running) say(`${described(server, place)} runs already.`);
    for (const server of beingStarted) {
      say(`${described(server, place)} is being started by process ${ownerOf(server, place)?.pid}.`);
    }
    return EXIT.ok;
  }

  const interruption = new AbortController();
  const interrupt = () => interruption.abort(new Interrupted());
  for (const signal of SIGNALS) process.on(signal, interrupt);
  const unwatch = watchParents(interrupt);
  for (const server of missing) claimServer(server, place);
  try {
    const started = await startServers({ ...place, servers: wanted, report: say, signal: interruption.signal });
    say('Ctrl-C stops what was started here, `msk-once servers --stop` in another terminal too.');
    const failure = await Promise.race([started.failed, untilAborted(interruption.signal)]);
    say('Stopping ...');
    await started.stop();
    if (failure) throw failure;
    say('Stopped.');
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    say('Stopped before the servers were ready.');
    return EXIT.ok;
  } finally {
    for (const server of missing) releaseServer(server, place);
    unwatch();
    for (const signal of SIGNALS) process.off(signal, interrupt);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

class Interrupted extends Error {}

function untilAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

async function stopThem(place: OwnerPlace): Promise<number> {
  const all = [...SERVERS, ...SERVERS_ON_REQUEST];
  const stopped = await stopOwnedServers(all, place);
  for (const server of stopped) say(`${described(server, place)} is stopped.`);
  const others = await serversRunning({ ...place, servers: all });
  if (others.length === 0) {
    if (stopped.length === 0) say('No servers are running.');
    return EXIT.ok;
  }
  throw new LocalError(
    ERROR_CODES.usage,
    `${others.map((server) => described(server, place)).join(' and ')} still runs: ` +
      'it was not started by `msk-once servers` in this directory. Stop it where it was started.',
    EXIT.refused,
  );
}

function described(server: ServerDefinition, { env }: OwnerPlace): string {
  return `${server.title} at ${server.address(env).text}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

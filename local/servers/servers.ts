import path from 'node:path';
import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';
import type { ServerDefinition } from './definition';
import { DYNAMODB } from './dynamodb-server';
import { findJava } from './executable';
import { resolveJars } from './jars';
import { KAFKA } from './kafka-server';
import { requireFreePorts } from './port';
import { SQS } from './sqs-server';
import { type RunningServer, startServer } from './start-server';

/** What `msk-once servers` brings up. */
export const SERVERS: readonly ServerDefinition[] = [KAFKA, DYNAMODB];

/** What it brings up beside them when it is asked to, with `--with` and the name. */
export const SERVERS_ON_REQUEST: readonly ServerDefinition[] = [SQS];

const LIST = new Intl.ListFormat('en-GB');

export interface ServersOptions {
  /** Default: `SERVERS`. */
  readonly servers?: readonly ServerDefinition[];
  /** Says where each server is. Default: `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
  /** Jars, logs and data. Default: `.msk-once` in the working directory. */
  readonly stateDirectory?: string;
  /** Takes one sentence at a time, for a person. Default: nobody. */
  readonly report?: (line: string) => void;
  /** Ends a start that is under way; what was started is stopped, and the signal's reason is thrown. */
  readonly signal?: AbortSignal;
}

export interface RunningServers {
  /** Those that this call started. A server that answered already is left alone, now and by `stop`. */
  readonly started: readonly ServerDefinition[];
  /** Resolves with an error when a started server ends without having been stopped. */
  readonly failed: Promise<LocalError>;
  stop(): Promise<void>;
}

export function defaultStateDirectory(): string {
  return path.resolve('.msk-once');
}

/** Those of the servers that answer. */
export async function serversRunning(options: ServersOptions = {}): Promise<readonly ServerDefinition[]> {
  const { servers = SERVERS, env = process.env } = options;
  const answers = await Promise.all(servers.map((server) => server.answers(server.address(env))));
  return servers.filter((_, index) => answers[index]);
}

/** Starts each server that does not answer yet, and resolves once all of them answer. */
export async function startServers(options: ServersOptions = {}): Promise<RunningServers> {
  const { servers = SERVERS, env = process.env, report = () => undefined } = options;
  const stateDirectory = options.stateDirectory ?? defaultStateDirectory();
  const answering = await serversRunning(options);
  for (const server of answering) report(`${server.title} runs already at ${server.address(env).text}.`);
  const missing = servers.filter((server) => !answering.includes(server));
  if (missing.length === 0) return { started: [], failed: new Promise(() => undefined), stop: async () => undefined };

  const java = findJava(env);
  for (const server of missing) await requireFreePorts(server, server.address(env));
  const oneFailed = new AbortController();
  const signal = AbortSignal.any([oneFailed.signal, ...(options.signal ? [options.signal] : [])]);
  const places: { server: ServerDefinition; directory: string; lib: string }[] = [];
  // One after the other: two Mavens at once can spoil the repository that they share.
  for (const server of missing) {
    const directory = path.join(stateDirectory, 'servers', server.name);
    places.push({ server, directory, lib: await resolveJars(server, { env, directory, report, signal }) });
  }
  report(`Starting ${LIST.format(missing.map(({ title }) => title))} ...`);
  const starts = await Promise.allSettled(
    places.map(({ server, directory, lib }) =>
      startServer(server, { address: server.address(env), java, lib, directory, report, signal }).catch(
        (error: unknown) => {
          oneFailed.abort(error);
          throw error;
        },
      ),
    ),
  );
  const running = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  if (running.length < missing.length) {
    await stopAll(running);
    throw signal.reason;
  }

  let stopping = false;
  return {
    started: missing,
    failed: new Promise((resolve) => {
      for (const one of running) {
        void one.process.ended.then((code) => {
          if (!stopping) resolve(endedByItself(one, code));
        });
      }
    }),
    async stop() {
      stopping = true;
      await stopAll(running);
    },
  };
}

async function stopAll(running: readonly RunningServer[]): Promise<void> {
  await Promise.all(running.map((one) => one.process.stop()));
}

function endedByItself({ server, log }: RunningServer, code: number): LocalError {
  return new LocalError(
    ERROR_CODES.serverFailed,
    `${server.title} ended by itself with exit code ${code}. Its log is ${log}.`,
    EXIT.failed,
  );
}

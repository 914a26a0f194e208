import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';
import type { ServerDefinition } from './definition';
import { endOrAbort } from './end-or-abort';
import { findMaven } from './executable';
import { startKept } from './kept-process';
import { serverFiles } from './package-root';

export interface JarOptions {
  readonly env: NodeJS.ProcessEnv;
  /** `.msk-once/servers/<name>`. */
  readonly directory: string;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

/** The folder with the server's jars. Maven fetches them when there are none, or when the pom is another one. */
export async function resolveJars(server: ServerDefinition, options: JarOptions): Promise<string> {
  const pom = serverFiles(server.name, 'pom.xml');
  const digest = createHash('sha256').update(readFileSync(pom)).digest('hex');
  const lib = path.join(options.directory, 'lib');
  if (pomOf(lib) === digest) return lib;

  const maven = findMaven(options.env);
  options.report(`Fetching the jars of ${server.title} with Maven (about ${server.downloadMB} MB, once) ...`);
  mkdirSync(options.directory, { recursive: true });
  const fetched = path.join(options.directory, `lib-${randomUUID()}`);
  const log = path.join(options.directory, 'maven.log');
  writeFileSync(log, '');
  try {
    const run = startKept({
      program: maven,
      arguments: [
        '-q',
        '-B',
        '-f',
        pom,
        'dependency:copy-dependencies',
        '-DincludeScope=runtime',
        `-DoutputDirectory=${fetched}`,
      ],
      cwd: options.directory,
      log,
    });
    const code = await endOrAbort(run, options.signal);
    if (code !== 0) throw mavenFailed(server, log);
    writeFileSync(path.join(fetched, POM_DIGEST), digest);
    rmSync(lib, { recursive: true, force: true });
    renameSync(fetched, lib);
  } finally {
    rmSync(fetched, { recursive: true, force: true });
  }
  return lib;
}

/** Written last: a folder without it is not whole. */
const POM_DIGEST = 'pom.sha256';

function pomOf(lib: string): string | undefined {
  const file = path.join(lib, POM_DIGEST);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** How Maven says that a repository did not answer, or does not have what was asked for. */
const UNREACHABLE =
  /could not transfer|could not be resolved|could not resolve|could not find artifact|unknown host|timed out|refused/i;

function mavenFailed(server: ServerDefinition, log: string): LocalError {
  const output = readFileSync(log, 'utf8');
  const line = output.split('\n').find((candidate) => candidate.includes('ERROR')) ?? output.split('\n')[0] ?? '';
  const reason = line.replace(/^.*?\[ERROR\]\s*/, '').trim();
  const advice = UNREACHABLE.test(output)
    ? 'Check the network, or the mirror and proxy in your Maven settings, and try again: it is fetched once.'
    : 'Check that `mvn -version` works.';
  return new LocalError(
    ERROR_CODES.serverUnreachable,
    `Maven could not fetch the jars of ${server.title}: ${reason || 'it said nothing'}. ${advice} All it said is in ${log}.`,
    UNREACHABLE.test(output) ? EXIT.unreachable : EXIT.failed,
  );
}

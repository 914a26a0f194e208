import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';

export function findJava(env: NodeJS.ProcessEnv): string {
  const home = env.JAVA_HOME;
  if (home && isExecutable(path.join(home, 'bin', 'java'))) return path.join(home, 'bin', 'java');
  return findOnPath('java', env) ?? missing('Java 17 or later (a JDK or JRE, so that `java -version` works)');
}

export function findMaven(env: NodeJS.ProcessEnv): string {
  return (
    findOnPath('mvn', env) ??
    missing('Apache Maven 3 (so that `mvn -version` works); it fetches the servers once, later starts do without it')
  );
}

function findOnPath(program: string, env: NodeJS.ProcessEnv): string | undefined {
  return (env.PATH ?? '')
    .split(path.delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => path.join(directory, program))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function missing(what: string): never {
  throw new LocalError(
    ERROR_CODES.serverFailed,
    `The servers cannot be started on this machine. Install ${what}.`,
    EXIT.failed,
  );
}

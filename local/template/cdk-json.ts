import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isObject, type JsonObject } from './template';
import { shown, templateInvalid } from './template-error';

/** What cdk.json says of an app. */
export interface CdkJson {
  readonly file: string;
  /** The command that synthesizes the app, for a shell in the folder of cdk.json. */
  readonly app: string;
  /** Absolute path of the folder that the app is synthesized into. */
  readonly output: string;
  /** A command that has to come before it, such as a compilation. */
  readonly build: string | undefined;
  /** Of cdk.json, and of cdk.context.json, where the CDK keeps what it looked up and which is the weaker one. */
  readonly context: JsonObject;
}

// Source: CDK Developer Guide, runtime context; the CDK's own command line for which one is stronger.
const CONTEXT_FILE = 'cdk.context.json';
const DEFAULT_OUTPUT = 'cdk.out';

/** Reads cdk.json, and cdk.context.json if it is there. Nothing is run. */
export function readCdkJson(directory: string): CdkJson {
  const file = join(resolve(directory), 'cdk.json');
  if (!existsSync(file)) {
    throw templateInvalid(file, 'does not exist. Run this in the folder of a CDK app, the one with cdk.json.');
  }
  const { app, build, output = DEFAULT_OUTPUT, context = {} } = readJson(file);
  if (typeof app !== 'string' || app.trim() === '') {
    throw templateInvalid(
      file,
      `has ${shown(app)} as its "app"; it takes the command that runs the app, such as "npx tsx bin/app.ts".`,
    );
  }
  if (statSync(resolve(directory, app), { throwIfNoEntry: false })?.isDirectory()) {
    throw templateInvalid(
      file,
      `has the folder ${shown(app)} as its "app", so there is no command that would synthesize it anew.`,
    );
  }
  if (typeof output !== 'string' || output === '') {
    throw templateInvalid(file, `has ${shown(output)} as its "output"; it takes the path of a folder.`);
  }
  if (build !== undefined && typeof build !== 'string') {
    throw templateInvalid(file, `has ${shown(build)} as its "build"; it takes a command.`);
  }
  if (!isObject(context)) throw templateInvalid(file, `has ${shown(context)} as its "context", not an object.`);
  const looked = join(resolve(directory), CONTEXT_FILE);
  return {
    file,
    app,
    build,
    output: resolve(directory, output),
    context: { ...(existsSync(looked) ? readJson(looked) : {}), ...context },
  };
}

function readJson(file: string): JsonObject {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw templateInvalid(file, `is not JSON: ${(error as Error).message}.`, { cause: error });
  }
  if (!isObject(parsed)) throw templateInvalid(file, `is ${shown(parsed)}, not an object.`);
  return parsed;
}

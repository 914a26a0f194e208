import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';
import { readCdkJson } from './cdk-json';
import { shown } from './template-error';

export interface AppOutputOptions {
  /** A folder that `cdk synth` wrote. */
  readonly app?: string;
  /** A template file of CloudFormation or SAM. */
  readonly template?: string;
  /** What paths are relative to, and where to look if neither is given. @default the working directory. */
  readonly directory?: string;
}

/** Looked for in this order, unless cdk.json names another folder. */
const USUAL = ['cdk.out', '.aws-sam/build/template.yaml', 'template.yaml', 'template.yml', 'template.json'];

/** The absolute path of what `readStack` is to read: what is given, else what a project usually has. */
export function findAppOutput({ app, template, directory = process.cwd() }: AppOutputOptions): string {
  if (app !== undefined && template !== undefined) {
    throw usage(`--app ${app} and --template ${template} are both given; give one of them.`);
  }
  if (app !== undefined) return assembly(resolve(directory, app), app);
  if (template !== undefined) return templateFile(resolve(directory, template), template);
  const places = existsSync(join(directory, 'cdk.json'))
    ? [readCdkJson(directory).output]
    : USUAL.map((place) => join(directory, place));
  const found = places.find((place) => existsSync(place));
  if (found !== undefined) return found;
  throw usage(
    `There is no synthesized template: looked for ${places.join(', ')}. Run \`cdk synth\` or \`sam build\`, or name what to read with --app DIR or --template FILE.`,
  );
}

function assembly(path: string, given: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    throw usage(
      `--app is ${shown(given)}, and there is no such folder. It takes the folder that \`cdk synth\` wrote (cdk.out), not the command of an app.`,
    );
  }
  if (found.isDirectory()) return path;
  throw usage(
    `--app is ${shown(given)}, a file; it takes the folder that \`cdk synth\` wrote. Give a template with --template.`,
  );
}

function templateFile(path: string, given: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw usage(`--template is ${shown(given)}, and there is no such file.`);
  if (!found.isDirectory()) return path;
  throw usage(
    `--template is ${shown(given)}, a folder; it takes a template file. Give a folder of \`cdk synth\` with --app.`,
  );
}

function usage(problem: string): LocalError {
  return new LocalError(ERROR_CODES.usage, problem, EXIT.usage);
}

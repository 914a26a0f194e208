import { readFileSync, statSync } from 'node:fs';
import type { NodejsFunctionProps } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { IConstruct } from 'constructs';
import { checkKind } from '../check-kinds';
import type { Kind } from '../kinds';
import { PropsError } from '../props-error';
import { isModule } from './bundling';

const ENTRY: Kind = {
  accepted: 'the path of a file that is there, of JavaScript or TypeScript',
  change: 'A relative path begins at the working directory; join(__dirname, …) begins at the file that says it.',
  fits: (value) => typeof value === 'string' && /\.[cm]?[jt]sx?$/.test(value) && isFile(value),
};

/** Options of a bundle with which the text of the entry does not tell what it exports. */
const OTHER_SOURCES = ['commandHooks', 'esbuildArgs', 'footer', 'inject'] as const;

/** Without an `entry` aws-cdk-lib would look for one beside its caller, which is a file of ours. */
export function checkEntry(scope: IConstruct, { code, entry, bundling = {} }: NodejsFunctionProps): void {
  if (code !== undefined) return;
  checkKind(scope, 'entry', entry, ENTRY);
  if (!isModule(bundling) || OTHER_SOURCES.some((option) => bundling[option] !== undefined)) return;
  if (!isCommonJs(readFileSync(entry as string, 'utf8'))) return;
  throw new PropsError(scope, {
    prop: 'entry',
    received: entry,
    accepted: 'a file that exports as ES modules do, as `export const handler = …`',
    change:
      'It is CommonJS, and its bundle is an ES module, in which Lambda would find no handler. Write `import` and `export`: ' +
      'a .js file may too, whatever `type` package.json says. Or make the function with new OnceFunction(scope, id, { ' +
      'entry, bundling: { format: OutputFormat.CJS } }).',
  });
}

/** Certainly: it has no `export` at all, unless in a comment or as the `export =` of TypeScript. */
function isCommonJs(text: string): boolean {
  const code = text.replace(/^\s*(\/\/|\*(?!.*\*\/)).*$/gm, '');
  return /\bexports\b|\bexport\s*=/.test(code) && !/\bexport\b(?!\s*=)/.test(code);
}

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

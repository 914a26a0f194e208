import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '..');
export const NOTICE = join(ROOT, 'THIRD-PARTY.md');

/** Licences that ask for no more than to be named. */
export const ACCEPTED_LICENCES: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
]);

/** Optional packages whose code ends up in a bundle where a function uses them. */
const BUNDLED_OPTIONS = ['@aws-lambda-powertools/idempotency', 'avsc', 'protobufjs'];

export interface Package {
  /** In the lock file, such as `node_modules/yaml`. */
  readonly place: string;
  readonly name: string;
  readonly version: string;
  readonly licence: string;
}

interface Locked {
  readonly version: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

type Lock = Readonly<Record<string, Locked>>;

export interface ThirdParties {
  /** What an installation brings, in the versions of the lock file. */
  readonly brought: readonly Package[];
  /** What is besides in a bundle whose function uses an optional package. */
  readonly optional: readonly Package[];
}

export function thirdParties(): ThirdParties {
  const lock: Lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
  const brought = closure(lock, Object.keys(lock['']?.dependencies ?? {}));
  const known = new Set(brought.map(({ place }) => place));
  const optional = closure(lock, BUNDLED_OPTIONS).filter(({ place }) => !known.has(place));
  return { brought, optional };
}

function closure(lock: Lock, names: readonly string[]): Package[] {
  const found = new Map<string, Package>();
  const add = (name: string, from: string) => {
    const place = placeOf(lock, name, from);
    const locked = lock[place];
    if (!locked) throw new Error(`${name}, which ${from || 'the package'} depends on, is not in package-lock.json`);
    if (found.has(place)) return;
    found.set(place, { place, name, version: locked.version, licence: locked.license ?? 'unknown' });
    for (const next of Object.keys({ ...locked.dependencies, ...locked.optionalDependencies })) add(next, place);
  };
  for (const name of names) add(name, '');
  return [...found.values()].sort((a, b) => (a.place < b.place ? -1 : 1));
}

/** As Node.js looks for it: from the innermost folder outwards. */
function placeOf(lock: Lock, name: string, from: string): string {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const place = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (place in lock || folder === '') return place;
  }
}

export function noticeText({ brought, optional }: ThirdParties): string {
  return `# Third parties

Written by \`npm run licences\` from package-lock.json; a test compares the two. Nothing of these packages is inside of msk-once: they are installed beside it, in the newest versions that its ranges take, and what a function uses of them is in its bundle.

## What an installation brings

${table(brought)}

Of the packages of esbuild only the one for the platform is installed.

## What optional packages add

For those who install \`${BUNDLED_OPTIONS.join('`, `')}\`. aws-cdk-lib and constructs (Apache-2.0) are never in a bundle.

${table(optional)}
`;
}

function table(packages: readonly Package[]): string {
  const rows = packages.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`);
  return ['| package | version | licence |', '|---|---|---|', ...rows].join('\n');
}

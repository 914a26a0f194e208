import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { CodeText, Definition } from './entry';
import { readCodes } from './read-codes';
import { readDefinitions } from './read-definitions';
import { codesIn, errorsImportedIn } from './read-uses';

/** What the shipped sources say about their errors. */
export interface ErrorSources {
  readonly codes: readonly CodeText[];
  readonly definitions: readonly Definition[];
  /** What the rest of handlers/ imports from handlers/errors. */
  readonly used: ReadonlySet<string>;
  /** Members of ERROR_CODES that each of these folders raises without a definition. */
  readonly raised: Readonly<Record<Folder, ReadonlySet<string>>>;
}

/** Those whose errors are made where they are thrown. */
export const FOLDERS = ['lib', 'local', 'bin', 'testing'] as const;
export type Folder = (typeof FOLDERS)[number];

const DEFINITIONS = 'handlers/errors/';

export function readErrors(project: string): ErrorSources {
  const textOf = (file: string) => readFileSync(path.join(project, file), 'utf8');
  const handlers = sourcesIn(project, 'handlers');
  const defining = handlers.filter((file) => file.startsWith(DEFINITIONS));
  const others = handlers.filter((file) => !file.startsWith(DEFINITIONS));
  const raisedIn = (folder: Folder) => union(sourcesIn(project, folder).map((file) => codesIn(textOf(file))));
  return {
    codes: readCodes(textOf('contract/error-codes.ts')),
    definitions: defining.flatMap((file) => readDefinitions(file, textOf(file))),
    used: union(others.map((file) => errorsImportedIn(textOf(file)))),
    raised: Object.fromEntries(FOLDERS.map((folder) => [folder, raisedIn(folder)])) as ErrorSources['raised'],
  };
}

function sourcesIn(project: string, folder: string): string[] {
  return readdirSync(path.join(project, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => path.relative(project, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
}

function union(sets: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  return new Set(sets.flatMap((set) => [...set]));
}

import type { CodeText, Entry } from './entry';
import { type ErrorSources, FOLDERS, type Folder } from './read-errors';

/** Errors below this heading end a function before its first invocation. */
const START = 'The runtime, at start';

/** What an error of these folders ends. */
const STOPPED: Readonly<Record<Folder, string>> = { lib: 'synth', local: 'command', bin: 'command', testing: 'test' };

/** One entry for each code, in the order of contract/error-codes.ts. Throws where one cannot be complete. */
export function entriesOf(sources: ErrorSources): Entry[] {
  const known = new Set(sources.codes.map(({ name }) => name));
  const stray = sources.definitions.find(({ codeName }) => !known.has(codeName));
  if (stray) throw new Error(`${stray.file}: ${stray.name} has the code ${stray.codeName}, which is none`);
  return sources.codes.map((code) => entryOf(code, sources));
}

function entryOf(code: CodeText, { definitions, raised }: ErrorSources): Entry {
  const own = definitions.filter(({ codeName }) => codeName === code.name);
  const ways = [
    ...own.map(({ errorClass, remedy }) => ({
      kind: code.section === START ? 'start' : errorClass,
      remedy: remedy ?? code.remedy,
    })),
    ...FOLDERS.filter((folder) => raised[folder].has(code.name)).map((folder) => ({
      kind: STOPPED[folder],
      remedy: code.remedy,
    })),
  ];
  const kinds = [...new Set(ways.map(({ kind }) => kind))];
  const remedies = ways.map(({ kind, remedy }) => remedy && (kinds.length > 1 ? `(${kind}) ${remedy}` : remedy));
  const lacks = (what: string) => new Error(`${code.code} has no ${what}`);
  if (!code.meaning) throw lacks('meaning: write a doc comment above it in contract/error-codes.ts');
  if (kinds.length === 0) throw lacks(`definition in handlers/errors, and nothing of ${FOLDERS.join(', ')} raises it`);
  if (!remedies.every((remedy) => remedy)) throw lacks('remedy: add one to its definition, or as @remedy');
  return {
    code: code.code,
    section: code.section,
    meaning: code.meaning,
    kinds,
    remedies: [...new Set(remedies as string[])],
  };
}

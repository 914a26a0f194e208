import { entriesOf } from '../../../docs/error-table/entries';
import type { CodeText, Definition } from '../../../docs/error-table/entry';
import type { ErrorSources } from '../../../docs/error-table/read-errors';

const code = (changes: Partial<CodeText> = {}): CodeText => ({
  name: 'busy',
  code: 'MSK_ONCE_BUSY',
  section: 'A record',
  meaning: 'It is busy.',
  remedy: undefined,
  ...changes,
});
const definition = (changes: Partial<Definition> = {}): Definition => ({
  name: 'claimBusy',
  file: 'handlers/errors/claims.ts',
  codeName: 'busy',
  errorClass: 'transient',
  remedy: 'Wait.',
  ...changes,
});
const NONE = new Set<string>();
const sources = (changes: Partial<ErrorSources>): ErrorSources => ({
  codes: [code()],
  definitions: [],
  used: NONE,
  raised: { lib: NONE, local: NONE, bin: NONE, testing: NONE },
  ...changes,
});
const BUSY = new Set(['busy']);

test('class and remedy are those of the definition', () => {
  expect(entriesOf(sources({ definitions: [definition()] }))).toEqual([
    { code: 'MSK_ONCE_BUSY', section: 'A record', meaning: 'It is busy.', kinds: ['transient'], remedies: ['Wait.'] },
  ]);
});

test('several definitions of one code are one entry, with what is different of each', () => {
  const definitions = [definition(), definition({ remedy: 'Go.' }), definition()];

  expect(entriesOf(sources({ definitions }))).toEqual([
    expect.objectContaining({ kinds: ['transient'], remedies: ['Wait.', 'Go.'] }),
  ]);
});

test('and each remedy names its class where there are several', () => {
  const definitions = [definition(), definition({ errorClass: 'permanent' })];
  const raised = { lib: NONE, local: BUSY, bin: BUSY, testing: NONE };

  expect(entriesOf(sources({ codes: [code({ remedy: 'Mend it.' })], definitions, raised }))).toEqual([
    expect.objectContaining({
      kinds: ['transient', 'permanent', 'command'],
      remedies: ['(transient) Wait.', '(permanent) Wait.', '(command) Mend it.'],
    }),
  ]);
});

test('an error of the start is one, whatever its class', () => {
  const definitions = [definition({ errorClass: 'outage' })];

  const [entry] = entriesOf(sources({ codes: [code({ section: 'The runtime, at start' })], definitions }));

  expect(entry?.kinds).toEqual(['start']);
});

test.each([
  ['lib', 'synth'],
  ['local', 'command'],
  ['bin', 'command'],
  ['testing', 'test'],
])('what %s raises itself ends a %s, and its remedy stands at the code', (folder, kind) => {
  const raised = { lib: NONE, local: NONE, bin: NONE, testing: NONE, [folder]: BUSY };

  const [entry] = entriesOf(sources({ codes: [code({ remedy: 'Mend it.' })], raised }));

  expect(entry).toMatchObject({ kinds: [kind], remedies: ['Mend it.'] });
});

test.each<[string, Partial<ErrorSources>]>([
  ['MSK_ONCE_BUSY has no meaning', { codes: [code({ meaning: undefined })], definitions: [definition()] }],
  ['MSK_ONCE_BUSY has no definition in handlers/errors, and nothing of lib, local, bin, testing raises it', {}],
  ['MSK_ONCE_BUSY has no remedy', { definitions: [definition({ remedy: undefined })] }],
  [
    'MSK_ONCE_BUSY has no remedy',
    { definitions: [definition()], raised: { lib: BUSY, local: NONE, bin: NONE, testing: NONE } },
  ],
  ['MSK_ONCE_BUSY has no remedy', { definitions: [definition(), definition({ remedy: '' })] }],
  ['claimBusy has the code idle, which is none', { definitions: [definition({ codeName: 'idle' })] }],
])('%s: no table is written', (words, changes) => {
  expect(() => entriesOf(sources(changes))).toThrow(words);
});

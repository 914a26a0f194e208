import { codesIn, errorsImportedIn } from '../../../docs/error-table/read-uses';

test.each<[string, string[]]>([
  ["import { claimBusy, claimLost as lost } from '../errors';", ['claimBusy', 'claimLost']],
  ["import { type OnceError, reasonOf } from './errors';", ['OnceError', 'reasonOf']],
  ["import { claimBusy } from '../claims';", []],
  ["import * as errors from '../errors';", []],
  ['claimBusy({ id });', []],
])('%s imports the errors %p', (text, names) => {
  expect([...errorsImportedIn(text)]).toEqual(names);
});

test('codes are seen where they are taken from ERROR_CODES, and nowhere else', () => {
  const text = 'fail(ERROR_CODES.usage, [ERROR_CODES.deadline]); const usual = EXIT.ok; // ERROR_CODES.claimBusy';

  expect([...codesIn(text)]).toEqual(['usage', 'deadline']);
});

import { readDefinitions } from '../../../docs/error-table/read-definitions';

const defined = (remedy: string, code = 'ERROR_CODES.busy') => `
import { defineError } from './define-error';
const other = make({ code: ERROR_CODES.other });
export const claimBusy = defineError<{ id: string }>({
  code: ${code},
  errorClass: 'transient',
  text: ({ id }) => \`Busy: \${id}\`,
  remedy: ${remedy},
});
`;

test.each<[string, string | undefined]>([
  ["'Wait.'", 'Wait.'],
  ['"It\'s late."', "It's late."],
  ['`Wait.`', 'Wait.'],
  ['({ id }) => id', undefined],
])('a definition with the remedy %s', (remedy, read) => {
  expect(readDefinitions('errors/claims.ts', defined(remedy))).toEqual([
    { name: 'claimBusy', file: 'errors/claims.ts', codeName: 'busy', errorClass: 'transient', remedy: read },
  ]);
});

test.each([
  ['WAIT', 'ERROR_CODES.busy', 'the remedy of claimBusy is WAIT; accepted is a text as it stands'],
  ["'Wait.'", "'MSK_ONCE_BUSY'", "the code of claimBusy is 'MSK_ONCE_BUSY'; accepted is a member of ERROR_CODES"],
])('what cannot be read (%s, %s) is told, and not left out', (remedy, code, words) => {
  expect(() => readDefinitions('errors/claims.ts', defined(remedy, code))).toThrow(words);
});

import { readCodes } from '../../../docs/error-table/read-codes';

const text = `
/** All of them. */
export const ERROR_CODES = {
  // At start
  /** One is missing. */
  first: 'MSK_ONCE_FIRST',
  /**
   * Two words that
   * go on.
   * @remedy Do this,
   * and that.
   */
  second: 'MSK_ONCE_SECOND',
  // Later
  third: 'MSK_ONCE_THIRD', // not a heading
  /** The last. */
  fourth: 'MSK_ONCE_FOURTH',
} as const;
/** No code. */
export const EXIT = { ok: 0 } as const;
`;

test('codes are read with their headings, meanings and remedies, and nothing else is', () => {
  expect(readCodes(text)).toEqual([
    { name: 'first', code: 'MSK_ONCE_FIRST', section: 'At start', meaning: 'One is missing.', remedy: undefined },
    {
      name: 'second',
      code: 'MSK_ONCE_SECOND',
      section: 'At start',
      meaning: 'Two words that go on.',
      remedy: 'Do this, and that.',
    },
    { name: 'third', code: 'MSK_ONCE_THIRD', section: 'Later', meaning: undefined, remedy: undefined },
    { name: 'fourth', code: 'MSK_ONCE_FOURTH', section: 'Later', meaning: 'The last.', remedy: undefined },
  ]);
});

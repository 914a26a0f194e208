import { withTable } from '../../../docs/error-table/document';

const BEGIN = '<!-- Written by `npm run errors`: do not edit. -->';
const END = '<!-- End of what is written by `npm run errors`. -->';
const entry = {
  code: 'MSK_ONCE_BUSY',
  section: 'A record',
  meaning: 'It is a|b.',
  kinds: ['transient', 'permanent'],
  remedies: ['Wait.', 'Take <alias>.'],
};

test('each heading has its table, in the order of the codes, between the marks', () => {
  const later = {
    ...entry,
    code: 'MSK_ONCE_LATER',
    section: 'Commands',
    kinds: ['command'],
    remedies: ['Call `go <where>`.'],
  };

  const written = withTable(`before\n${BEGIN}\nold\n${END}\nafter\n`, [entry, later]);

  expect(written).toBe(
    [
      'before',
      BEGIN,
      '',
      '## A record',
      '',
      '| code | what it means | class | what to do |',
      '| --- | --- | --- | --- |',
      '| `MSK_ONCE_BUSY` | It is a\\|b. | transient or permanent | Wait. Take \\<alias>. |',
      '',
      '## Commands',
      '',
      '| code | what it means | class | what to do |',
      '| --- | --- | --- | --- |',
      '| `MSK_ONCE_LATER` | It is a\\|b. | command | Call `go <where>`. |',
      '',
      END,
      'after',
      '',
    ].join('\n'),
  );
  expect(withTable(written, [entry, later])).toBe(written);
});

test.each(['', BEGIN, `${END}\n${BEGIN}`])('needs the marks (%p)', (text) => {
  expect(() => withTable(text, [entry])).toThrow('has lost its two marks');
});

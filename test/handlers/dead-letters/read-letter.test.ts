import { readLetter } from '../../../handlers/dead-letters/read-letter';
import { isOnceError } from '../../../handlers/errors';
import { letter } from './letters';

function refusal(body: string): string {
  try {
    readLetter(body);
  } catch (error) {
    if (isOnceError(error) && error.code === 'MSK_ONCE_LETTER_UNREADABLE') return error.message;
    throw error;
  }
  throw new Error('it was read');
}

type Json = Record<string, unknown>;
const without = (name: string) => JSON.stringify({ ...letter(), [name]: undefined });
const withMember = (name: string, value: unknown) => JSON.stringify({ ...letter(), [name]: value });
const inRecord = (changes: Json) => withMember('record', { ...letter().record, ...changes });

const POINTER = {
  mskOnce: 'letter-pointer/1',
  id: 'parked#c#s#1#t#0#1',
  consumer: 'c',
  s3: { bucket: 'letters', key: 'parked/c.json' },
  bytes: 2_000_000,
};

describe('what lies in a queue of dead letters', () => {
  test('is a letter', () => {
    expect(readLetter(JSON.stringify(letter()))).toEqual(letter());
  });

  test('is a pointer to one', () => {
    expect(readLetter(JSON.stringify(POINTER))).toEqual(POINTER);
  });

  test('may have members that this version does not know', () => {
    const newer = { ...letter(), tenant: 'x', error: { ...letter().error, tries: 2 } };

    expect(readLetter(JSON.stringify(newer))).toEqual(newer);
  });

  test.each<[string, string, RegExp]>([
    ['no JSON', 'card 4111', /its 9 characters are not JSON.*Somebody else/],
    ['nothing', '', /its 0 characters are not JSON/],
    ['a letter that was cut off', JSON.stringify(letter()).slice(0, 60), /its 60 characters are not JSON/],
    ['a list', '[{"mskOnce":"letter/1"}]', /it is JSON, and not an object/],
    ['null', 'null', /not an object/],
    ['a message of somebody else', '{"order":4711}', /without the member mskOnce.*left where it is/],
    ['a member of that name with something else', '{"mskOnce":{"redrive":[]}}', /without the member mskOnce/],
    ['another word there', '{"mskOnce":"card 4111"}', /without the member mskOnce/],
    ["a document of Lambda's own destination", '{"requestContext":{},"KafkaBatchInfo":{}}', /on-failure destination/],
    ['a notification', '{"Type":"Notification","Message":"{}"}', /SNS: deliver it raw/],
    ['a later version', withMember('mskOnce', 'letter/2'), /a letter\/2, and this version reads letter\/1 .*newer/],
    ['a later pointer', withMember('mskOnce', 'letter-pointer/9'), /a letter-pointer\/9, and this version reads/],
    ...['id', 'consumer', 'record', 'error', 'attempts', 'firstFailure', 'lastFailure', 'functionVersion'].map(
      (name): [string, string, RegExp] => [
        `a letter without ${name}`,
        without(name),
        new RegExp(`its member ${name} is missing.*changed since`),
      ],
    ),
    ['an empty id', withMember('id', ''), /id is not text/],
    ['half an attempt', withMember('attempts', 0.5), /attempts is not a whole number/],
    ['a time of another kind', withMember('lastFailure', 'yesterday'), /lastFailure is not a time/],
    ['a time as a number', withMember('firstFailure', 1_790_000_000_000), /firstFailure is not a time/],
    ['an error as text', withMember('error', 'boom'), /error is not an object/],
    ['an error without a name', withMember('error', { message: 'x' }), /error\.name is missing/],
    ['a record as text', withMember('record', 'e30='), /record is not an object/],
    ['a record without a topic', inRecord({ topic: undefined }), /record\.topic is missing/],
    ['a record with an offset as text', inRecord({ offset: '4111' }), /record\.offset is not a whole number/],
    ['a record whose offset was rounded', inRecord({ offset: 2 ** 53 }), /record\.offset is not a whole number/],
    ['a record with a decoded value', inRecord({ value: { card: 4111 } }), /record\.value is not base64/],
    ['a pointer to nowhere', JSON.stringify({ ...POINTER, s3: { bucket: 'letters' } }), /s3\.key is missing/],
    ['a pointer without its id', JSON.stringify({ ...POINTER, id: undefined }), /its member id is missing/],
  ])('is refused where it is %s, quoting nothing of it', (_, body, message) => {
    const text = refusal(body);

    expect(text).toMatch(message);
    expect(text).toContain('(MSK_ONCE_LETTER_UNREADABLE)');
    expect(text).not.toContain('4111');
    expect(text).not.toContain('..');
  });
});

import fc from 'fast-check';
import { letterOf } from '../../../handlers/dead-letters/letter';
import { letterErrorOf } from '../../../handlers/dead-letters/letter-error';
import { letterText } from '../../../handlers/dead-letters/letter-text';
import { readLetter } from '../../../handlers/dead-letters/read-letter';
import { identityInvalid } from '../../../handlers/errors';
import { parkedId } from '../../../handlers/parking/parked';
import { parseEvent } from '../../../handlers/record/parse-event';
import { anyLetter, anyRecord, RECORD } from './letters';

const MAPPING = { consumer: 'shop-orders', source: 'u-1', generation: 1 };

function made(changes: Partial<Parameters<typeof letterOf>[0]> = {}) {
  return letterOf({
    id: parkedId(MAPPING, 'orders', 2, 4711),
    attempts: 5,
    firstFailureMs: Date.UTC(2026, 10, 2, 9),
    lastFailureMs: Date.UTC(2026, 10, 2, 9, 10, 0, 7),
    caller: MAPPING,
    record: RECORD,
    error: new RangeError('no such order'),
    functionVersion: '12',
    ...changes,
  });
}

describe('P5: a letter', () => {
  test('holds what is needed to understand the record and to run it again', () => {
    const { error, ...rest } = made();

    expect(rest).toEqual({
      mskOnce: 'letter/1',
      id: 'parked#shop-orders#u-1#1#orders#2#4711',
      consumer: 'shop-orders',
      source: 'u-1',
      record: RECORD,
      attempts: 5,
      firstFailure: '2026-11-02T09:00:00.000Z',
      lastFailure: '2026-11-02T09:10:00.007Z',
      functionVersion: '12',
    });
    expect(error).toEqual({
      name: 'RangeError',
      message: 'no such order',
      stack: expect.stringMatching(/^RangeError: no such order\n {4}at /),
    });
  });

  test('names no source where the mapping has none', () => {
    expect(made({ caller: { consumer: 'shop-orders' } })).not.toHaveProperty('source');
  });

  test('holds the record exactly as Lambda delivered it, members that nobody knows yet included', () => {
    fc.assert(
      fc.property(anyRecord, (delivered) => {
        const record = { ...delivered, somethingNew: { of: ['the', 'service'] } };
        const name = `${record.topic}-${record.partition}`;
        const before = JSON.stringify(record);

        const [array] = parseEvent({ eventSource: 'aws:kafka', records: { [name]: [record] } });
        const letter = made({ record: array?.records[0]?.delivered as typeof record });

        expect(JSON.stringify(JSON.parse(letterText(letter).text).record)).toBe(before);
      }),
    );
  });

  test.each([
    ['12', '12'],
    [undefined, '$LATEST'],
  ])('takes the version %s from the environment as %s', (version, expected) => {
    const before = process.env.AWS_LAMBDA_FUNCTION_VERSION;
    try {
      if (version === undefined) delete process.env.AWS_LAMBDA_FUNCTION_VERSION;
      else process.env.AWS_LAMBDA_FUNCTION_VERSION = version;
      const { functionVersion: _, ...options } = { ...made(), firstFailureMs: 0, lastFailureMs: 0 };

      expect(letterOf({ ...options, caller: MAPPING, error: 'x' }).functionVersion).toBe(expected);
    } finally {
      if (before === undefined) delete process.env.AWS_LAMBDA_FUNCTION_VERSION;
      else process.env.AWS_LAMBDA_FUNCTION_VERSION = before;
    }
  });

  test('whatever is in it comes back as it went', () => {
    fc.assert(
      fc.property(anyLetter, (letter) => {
        const { text, bytes } = letterText(letter);

        expect(readLetter(text)).toEqual(JSON.parse(JSON.stringify(letter)));
        expect(bytes).toBe(new TextEncoder().encode(text).length);
      }),
    );
  });

  test('has no character that SQS refuses in a message', () => {
    // SQS API Reference, SendMessage: #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF
    const allowed = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;
    const names = ['\u0000', '\u001f', '\ud800', '\udfff', '\ufffe', '\uffff', '𝄞'];
    const headers = names.map((name) => ({ [name]: [1] }));

    const { text } = letterText(made({ record: { ...RECORD, headers }, error: new Error(names.join()) }));

    expect(text).toMatch(allowed);
    expect(JSON.parse(text).record.headers).toEqual(headers);
    fc.assert(fc.property(anyLetter, (letter) => expect(letterText(letter).text).toMatch(allowed)));
  });
});

describe('the error in a letter', () => {
  test('has the code of an error of msk-once', () => {
    const error = letterErrorOf(identityInvalid({ received: null }));

    expect(error).toMatchObject({ code: 'MSK_ONCE_IDENTITY_INVALID', name: 'OnceError' });
    expect(error.message).toContain('(MSK_ONCE_IDENTITY_INVALID)');
  });

  test('has no code of anybody else, since those are not documented by us', () => {
    expect(letterErrorOf(Object.assign(new Error('x'), { code: 'ECONNRESET' }))).not.toHaveProperty('code');
  });

  test('tells its causes, each once', () => {
    const root: Error & { cause?: unknown } = new TypeError('socket closed');
    const error = new Error('charge failed', { cause: new Error('payment service', { cause: root }) });
    root.cause = error;

    const { stack = '' } = letterErrorOf(error);

    expect(stack.match(/^(Caused by: )?\w*Error: .*$/gm)).toEqual([
      'Error: charge failed',
      'Caused by: Error: payment service',
      'Caused by: TypeError: socket closed',
    ]);
  });

  test('tells a cause behind an error of any length, and a cause that is text', () => {
    const { stack = '' } = letterErrorOf(new Error('x'.repeat(100_000), { cause: 'amount: not a number' }));

    expect(stack).toContain('\nCaused by: amount: not a number');
  });

  test.each<[string, unknown, object]>([
    ['text', 'no such order', { name: 'string', message: 'no such order' }],
    ['undefined', undefined, { name: 'undefined', message: 'undefined' }],
    ['null', null, { name: 'object', message: 'null' }],
    ['a number', 7, { name: 'number', message: '7' }],
    ['an object', { message: 'no such order' }, { name: 'Error', message: 'no such order' }],
    ['an object that tells nothing', {}, { name: 'Error', message: '' }],
    ['an object with members of other types', { name: 1, message: {}, stack: [] }, { name: 'Error', message: '' }],
  ])('is made of whatever was thrown: %s', (_, thrown, expected) => {
    expect(letterErrorOf(thrown)).toEqual(expected);
  });

  test('is made of an error whose own members throw', () => {
    const thrower = () => {
      throw new Error('gotcha');
    };
    const { proxy: gone, revoke } = Proxy.revocable(new Error('x'), {});
    revoke();

    for (const hostile of [new Proxy(new Error('x'), { get: thrower }), gone]) {
      expect(letterErrorOf(hostile)).toEqual({ name: 'Error', message: '' });
    }
  });

  test('is cut where it quotes a whole record, and not within a character', () => {
    const {
      name,
      message,
      stack = '',
    } = letterErrorOf(Object.assign(new Error('😀'.repeat(1_000_000)), { name: 'N'.repeat(1_000_000) }));

    expect(Buffer.byteLength(name + message + stack)).toBeLessThan(100_000);
    expect(message).toMatch(/^😀{1,2048}.?…$/u);
    expect(name + message + stack).not.toMatch(/\p{Surrogate}/u);
  });
});

describe('the id', () => {
  test('is the same for every letter of a record, and of no other record', () => {
    const place = fc.tuple(
      fc.record({ consumer: fc.constantFrom('a', 'b'), source: fc.constantFrom('u', 'v'), generation: fc.nat(3) }),
      fc.constantFrom('orders', 'orders-1'),
      fc.nat(3),
      fc.nat(3),
    );
    fc.assert(
      fc.property(place, place, (left, right) => {
        expect(parkedId(...left) === parkedId(...right)).toBe(JSON.stringify(left) === JSON.stringify(right));
      }),
    );
  });
});

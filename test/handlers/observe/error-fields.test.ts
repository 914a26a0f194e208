import fc from 'fast-check';
import { leaseOver, massErrors, valueUndecodable } from '../../../handlers/errors';
import { errorFields } from '../../../handlers/observe/error-fields';
import { parseEvent, type RawRecord } from '../../../handlers/record/parse-event';
import { event, type RecordInput } from '../../support/virtual-world';

const recordOf = (input: RecordInput): RawRecord => parseEvent(event({ 0: [input] }))[0]?.records[0] as RawRecord;
const record = recordOf({ value: { id: 'order-4711', customer: 'Alice' }, key: 'key-of-4711' });

describe('what a line says of an error', () => {
  test('of ours: code and whole text', () => {
    const error = leaseOver({ partition: 'orders-0', leaseUntilMs: 0 });

    expect(errorFields(error, [{ record }])).toEqual({ code: 'MSK_ONCE_LEASE_OVER', reason: error.message });
  });

  test('of the user: name, text and where it was thrown', () => {
    const fields = errorFields(new TypeError('customer is not known'), [{ record }]);

    expect(fields).toMatchObject({ error: 'TypeError', reason: 'customer is not known' });
    expect((fields.stack as string[])[0]).toMatch(/^at .*error-fields\.test\.ts:\d+:\d+\)?$/);
    expect((fields.stack as string[]).length).toBeLessThanOrEqual(10);
  });

  test('names of members are told, their values, the key and headers are not', () => {
    const withHeader = recordOf({
      value: { customer: 'Alice Miller' },
      key: 'key-of-4711',
      headers: [{ session: [...Buffer.from('session-99')] }],
    });

    expect(
      errorFields(new Error('customer Alice Miller, key-of-4711, session-99'), [{ record: withHeader }]),
    ).toMatchObject({
      reason: 'customer …, …, …',
    });
  });

  test('what the value was decoded to is looked for, too: its bytes may be compressed', () => {
    const value = {
      at: new Date(Date.UTC(2026, 1, 3)),
      tags: new Set(['blue-green']),
      by: new Map([['x y', 77_777n]]),
    };

    expect(
      errorFields(new Error('2026-02-03T00:00:00.000Z blue-green x y 77777'), [
        { record: recordOf({ bytes: Buffer.of(0, 1) }), value },
      ]).reason,
    ).toBe('… … … …');
  });

  test('names that no program gives are payload', () => {
    const map = recordOf({ value: { 'alice@shop.example': 1, '4711': 2 } });

    expect(errorFields(new Error('no rate for alice@shop.example and 4711'), [{ record: map }]).reason).toBe(
      'no rate for … and …',
    );
  });

  test('causes are told in the same way', () => {
    const cause = new Error('connect to order-4711 failed', { cause: leaseOver({ partition: 'p', leaseUntilMs: 0 }) });

    const { reason, cause: told } = errorFields(new Error('fetch failed', { cause }), [{ record }]);

    expect(reason).toBe('fetch failed');
    expect(told).toMatch(/^Error: connect to … failed < The lease of the partition p/);
  });

  test('what a codec says is the cause of ours, and told without what it quotes', () => {
    const cause = new SyntaxError(`Unexpected token 'S', "SECRET123"... is not valid JSON`);
    const error = valueUndecodable({ codec: 'JSON', bytes: 9, reason: 'SyntaxError' }, { cause });

    const fields = errorFields(error, [{ record: recordOf({ bytes: Buffer.from('SECRET123456') }) }]);

    expect(fields.code).toBe('MSK_ONCE_VALUE_UNDECODABLE');
    expect(fields.cause).toContain('is not valid JSON');
    expect(JSON.stringify(fields)).not.toContain('SECRET');
  });

  test('a stack is told without its text, however many lines that has', () => {
    const error = new Error('first\n    at secret-frame (order-4711:1:1)\nlast');

    const { stack } = errorFields(error, [{ record }]);

    expect(JSON.stringify(stack)).not.toMatch(/secret-frame|4711/);
  });

  test('an error that several records have quotes none of them', () => {
    const others = ['Alice Miller', 'Bob Bakerson'].map((customer) => ({ record: recordOf({ value: { customer } }) }));

    expect(errorFields(new Error('Bob Bakerson before Alice Miller'), others).reason).toBe('… before …');
  });

  test('what led to an outage is not told on the lines of others', () => {
    const outage = massErrors({ kind: 'TypeError', letters: 20 }, { cause: new Error('SECRET of another record') });

    expect(errorFields(outage, [{ record }])).toEqual({ code: 'MSK_ONCE_MASS_ERRORS', reason: outage.message });
  });

  test('nothing that the value holds is in any field, wherever the error quotes it', () => {
    const secret = fc.stringMatching(/^[A-Z]{3}[0-9]{9,20}$/);
    const error = (text: string) =>
      fc.constantFrom(
        new Error(`bad ${text}`),
        new Error('bad', { cause: new Error(text) }),
        Object.assign(new Error('bad'), { name: text }),
        Object.assign(new Error(text), { stack: `Error: ${text}\n    at f (a.js:1:1)` }),
        new AggregateError([new Error(text)], `all of ${text}`),
        text,
        { message: text },
      );
    fc.assert(
      fc.property(
        secret.chain((text) => fc.tuple(fc.constant(text), error(text))),
        ([text, thrown]) => {
          const fields = errorFields(thrown, [{ record: recordOf({ value: { list: [{ deep: text }] } }) }]);

          expect(JSON.stringify(fields)).not.toContain(text);
        },
      ),
    );
  });

  test.each<[string, () => unknown]>([
    ['undefined', () => undefined],
    ['a symbol', () => Symbol('x')],
    ['an object without prototype', () => Object.create(null)],
    ['a proxy that refuses', () => new Proxy({}, { get: () => { throw new Error('no'); } })], // biome-ignore format: one line
    ['an error whose message throws', () => Object.defineProperty(new Error(), 'message', { get: () => { throw new Error('no'); } })], // biome-ignore format: one line
    ['an error with a number for a message', () => Object.assign(new Error(), { message: 5, stack: 7 })],
    ['an error that is its own cause', () => { const error = new Error('x'); error.cause = error; return error; }], // biome-ignore format: one line
  ])('%s is told somehow', (_what, make) => {
    const fields = errorFields(make(), [{ record }]);

    expect(JSON.parse(JSON.stringify(fields))).toHaveProperty('reason');
  });

  test('a value that refuses to be looked at hides the text', () => {
    const value = new Proxy({}, { ownKeys: () => { throw new Error('no'); } }); // biome-ignore format: one line

    expect(errorFields(new Error('order-4711'), [{ record, value }]).reason).not.toContain('4711');
  });

  test('a value without an end is not looked at for ever', () => {
    const value = Array.from({ length: 20_000 }, () => 'a');

    expect(errorFields(new Error('SECRET'), [{ record, value }]).reason).toMatch(/^\(withheld/);
  });
});

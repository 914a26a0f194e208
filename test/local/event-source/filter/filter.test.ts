/**
 * Reference kafka-event-source, section 5.2 and rows 25 and 26 of section 8; the operators as the Lambda and EventBridge
 * guides describe them.
 */
import { compileFilter } from '../../../../local/event-source/filter/filter';

/** The decision of one filter, both texts as they are. */
function decision(pattern: string, value: string | Buffer | null) {
  return compileFilter([pattern]).decide(typeof value === 'string' ? Buffer.from(value) : value);
}

/** The decision of a pattern for the field `x` of a JSON value. */
function onField(alternatives: string, value: string) {
  return decision(`{"value": {"x": ${alternatives}}}`, value);
}

describe('the examples of the guide', () => {
  const PREFIX = '{ "value": { "device_ID": [ { "prefix": "AB" } ] } }';
  const NOT_ERROR = '{ "value": [ { "anything-but": [ "error" ] } ] }';

  test.each<[string, string, string]>([
    [PREFIX, '{"device_ID": "AB1234", "session": {"duration": 162}}', 'match'],
    [PREFIX, '{"device_ID": "XB1234", "session": {"duration": 162}}', 'no-match'],
    [PREFIX, '{"session": {"duration": 162}}', 'no-match'],
    [NOT_ERROR, 'error', 'no-match'],
    [NOT_ERROR, 'errors', 'match'],
    [NOT_ERROR, '', 'match'],
  ])('%s on %s: %s', (pattern, value, expected) => {
    expect(decision(pattern, value)).toBe(expected);
  });
});

describe('each operator, on a field', () => {
  test.each<[string, string, 'match' | 'no-match']>([
    ['["a"]', '{"x": "a"}', 'match'],
    ['["a"]', '{"x": "A"}', 'no-match'],
    ['["a", "b"]', '{"x": "b"}', 'match'],
    ['["300"]', '{"x": 300}', 'no-match'],
    ['["a"]', '{"y": "a"}', 'no-match'],
    ['["\\u0061"]', '{"x": "a"}', 'match'],
    ['["a\\"1"]', '{"x": "a\\"1"}', 'match'],
    ['[true]', '{"x": true}', 'match'],
    ['[true]', '{"x": "true"}', 'no-match'],
    ['[null]', '{"x": null}', 'match'],
    ['[null]', '{}', 'no-match'],
    ['[null]', '{"x": ""}', 'no-match'],
    ['[""]', '{"x": ""}', 'match'],
    ['[""]', '{"x": null}', 'no-match'],
    ['[{"prefix": "us-"}]', '{"x": "us-east-1"}', 'match'],
    ['[{"prefix": "us-"}]', '{"x": "eu-us-1"}', 'no-match'],
    ['[{"prefix": "1"}]', '{"x": 123}', 'no-match'],
    ['[{"suffix": ".png"}]', '{"x": "a.png"}', 'match'],
    ['[{"suffix": ".png"}]', '{"x": "a.png.gz"}', 'no-match'],
    ['[{"equals-ignore-case": "Alice"}]', '{"x": "aLICE"}', 'match'],
    ['[{"equals-ignore-case": "Alice"}]', '{"x": "Alicia"}', 'no-match'],
    ['[{"exists": true}]', '{"x": null}', 'match'],
    ['[{"exists": true}]', '{"y": 1}', 'no-match'],
    ['[{"exists": false}]', '{"y": 1}', 'match'],
    ['[{"exists": false}]', '{"x": null}', 'no-match'],
    ['["a", {"exists": false}]', '{}', 'match'],
    ['[{"anything-but": "a"}]', '{"x": "b"}', 'match'],
    ['[{"anything-but": "a"}]', '{"x": "a"}', 'no-match'],
    ['[{"anything-but": "a"}]', '{}', 'no-match'],
    ['[{"anything-but": "1"}]', '{"x": 1}', 'match'],
    ['[{"anything-but": ["a", "b"]}]', '{"x": "b"}', 'no-match'],
    ['[{"anything-but": [1, 2]}]', '{"x": 3}', 'match'],
    ['[{"anything-but": 1}]', '{"x": null}', 'match'],
    ['[{"anything-but": {"prefix": "us-"}}]', '{"x": "us-east-1"}', 'no-match'],
    ['[{"anything-but": {"prefix": "us-"}}]', '{"x": "eu-west-1"}', 'match'],
    ['[{"anything-but": {"prefix": ["us-", "eu-"]}}]', '{"x": "eu-west-1"}', 'no-match'],
    ['[{"anything-but": {"suffix": ".png"}}]', '{"x": "a.png"}', 'no-match'],
    ['[{"anything-but": {"suffix": ".png"}}]', '{"x": 7}', 'match'],
  ])('%s on %s: %s', (alternatives, value, expected) => {
    expect(onField(alternatives, value)).toBe(expected);
  });
});

describe('numbers', () => {
  test.each<[string, string, 'match' | 'no-match']>([
    ['[300]', '300', 'match'],
    ['[300]', '300.0', 'no-match'],
    ['[300]', '3.0e2', 'no-match'],
    ['[300.0]', '300.0', 'match'],
    ['[{"anything-but": 300}]', '300.0', 'match'],
    ['[{"anything-but": [300.0, 1]}]', '300.0', 'no-match'],
    ['[9007199254740993]', '9007199254740992', 'no-match'],
    ['[9007199254740993]', '9007199254740993', 'match'],
  ])('are equal by their text: %s on %s: %s', (alternatives, number, expected) => {
    expect(onField(alternatives, `{"x": ${number}}`)).toBe(expected);
  });

  test.each<[string, string, 'match' | 'no-match']>([
    ['["=", 300]', '300.0', 'match'],
    ['["=", 3.0e2]', '300', 'match'],
    ['["=", 300]', '301', 'no-match'],
    ['["=", 300]', '"300"', 'no-match'],
    ['["<", 10]', '9.99', 'match'],
    ['["<", 10]', '10', 'no-match'],
    ['["<=", 10]', '10', 'match'],
    ['[">", 10]', '10', 'no-match'],
    ['[">=", -5]', '-5', 'match'],
    ['[">", 0, "<=", 5]', '5', 'match'],
    ['[">", 0, "<=", 5]', '0', 'no-match'],
    ['[">=", 0, "<", 5]', '0', 'match'],
    ['[">=", 0, "<", 5]', '5', 'no-match'],
    ['[">", 0]', '5000000001', 'no-match'],
    ['[">", 0]', '5e9', 'match'],
  ])('are compared by value in numeric: %s on %s: %s', (terms, number, expected) => {
    expect(onField(`[{"numeric": ${terms}}]`, `{"x": ${number}}`)).toBe(expected);
  });
});

describe('several fields', () => {
  const CITY_AND_DAY = '{"value": {"city": ["Riga"], "when": {"day": ["Monday"]}}}';
  const CITY_OR_DAY = '{"value": {"$or": [{"city": ["Riga"]}, {"day": ["Monday"]}], "open": [true]}}';

  test.each<[string, string, 'match' | 'no-match']>([
    [CITY_AND_DAY, '{"city": "Riga", "when": {"day": "Monday"}, "more": 1}', 'match'],
    [CITY_AND_DAY, '{"city": "Riga", "when": {"day": "Sunday"}}', 'no-match'],
    [CITY_AND_DAY, '{"city": "Riga", "day": "Monday"}', 'no-match'],
    [CITY_AND_DAY, '{"city": "Riga", "when": "Monday"}', 'no-match'],
    [CITY_OR_DAY, '{"city": "Oslo", "day": "Monday", "open": true}', 'match'],
    [CITY_OR_DAY, '{"city": "Riga", "open": true}', 'match'],
    [CITY_OR_DAY, '{"city": "Riga", "open": false}', 'no-match'],
    [CITY_OR_DAY, '{"city": "Oslo", "open": true}', 'no-match'],
    // With one branch it is a field that is called so.
    ['{"value": {"$or": {"a": [1]}}}', '{"$or": {"a": 1}}', 'match'],
    ['{"value": {"__proto__": ["x"]}}', '{"a": 1}', 'no-match'],
    ['{"value": {"__proto__": ["x"]}}', '{"__proto__": "x"}', 'match'],
    ['{"value": {"constructor": [{"exists": false}]}}', '{"a": 1}', 'match'],
  ])('%s on %s: %s', (pattern, value, expected) => {
    expect(decision(pattern, value)).toBe(expected);
  });
});

describe('arrays and objects in the value', () => {
  const ANNA = '{"value": {"staff": {"first": ["Anna"]}}}';
  const ANNA_JONES = '{"value": {"staff": {"first": ["Anna"], "last": ["Jones"]}}}';
  const STAFF = '{"staff": [{"first": "Anna", "last": "Smith"}, {"first": "Peter", "last": "Jones"}]}';

  test.each<[string, string, 'match' | 'no-match']>([
    ['{"value": {"x": ["b"]}}', '{"x": ["a", "b"]}', 'match'],
    ['{"value": {"x": ["b"]}}', '{"x": [["a"], ["b"]]}', 'match'],
    ['{"value": {"x": [{"anything-but": "a"}]}}', '{"x": ["a", "b"]}', 'match'],
    ['{"value": {"x": [{"exists": true}]}}', '{"x": []}', 'no-match'],
    [ANNA, STAFF, 'match'],
    // Of one array element, not of several together.
    [ANNA_JONES, STAFF, 'no-match'],
    [ANNA_JONES, '{"staff": [[{"first": "Eve"}], [{"first": "Anna", "last": "Jones"}]]}', 'match'],
    ['{"value": {"a": [1]}}', '[{"a": 2}, {"a": 1}]', 'match'],
    // Only leaves exist.
    ['{"value": {"x": [{"exists": true}]}}', '{"x": {"y": 1}}', 'no-match'],
    ['{"value": {"x": [{"exists": false}]}}', '{"x": {"y": 1}}', 'match'],
    ['{"value": {"x": {"y": [{"exists": false}]}}}', '{}', 'match'],
    // An absence is one of the whole value.
    ['{"value": {"x": {"y": [{"exists": false}]}}}', '{"x": [{"y": 1}, {"z": 1}]}', 'no-match'],
  ])('%s on %s: %s', (pattern, value, expected) => {
    expect(decision(pattern, value)).toBe(expected);
  });

  test('in a text with millions of escapes, and digits in strings are no numbers', () => {
    const text = JSON.stringify({ y: '"'.repeat(4_000_000), x: '"7\\', z: 7 });

    expect(onField('["\\"7\\\\"]', text)).toBe('match');
    expect(decision('{"value": {"z": [7], "x": [7]}}', text)).toBe('no-match');
    expect(decision('{"value": {"z": [7]}}', text)).toBe('match');
  });

  test('as deep as a record can nest', () => {
    const deep = `{"x": ${'['.repeat(200_000)}"a"${']'.repeat(200_000)}}`;

    expect(onField('["a"]', deep)).toBe('match');
    expect(onField('["b"]', deep)).toBe('no-match');
  });
});

describe('row 25: what a filter cannot be compared with', () => {
  const JSON_PATTERN = '{"value": {"a": [1]}}';
  const STRING_PATTERN = '{"value": ["a"]}';

  test.each<[string, string, Buffer, string]>([
    ['a JSON pattern', JSON_PATTERN, Buffer.from('plain'), 'not-comparable'],
    ['a JSON pattern', JSON_PATTERN, Buffer.from(''), 'not-comparable'],
    ['a JSON pattern', JSON_PATTERN, Buffer.from('{"a": 1'), 'not-comparable'],
    ['a JSON pattern', JSON_PATTERN, Buffer.from([0x7b, 0x80, 0x7d]), 'not-comparable'],
    ['a JSON pattern', JSON_PATTERN, Buffer.from('1'), 'no-match'],
    ['a string pattern', STRING_PATTERN, Buffer.from('{"a": 1}'), 'not-comparable'],
    ['a string pattern', STRING_PATTERN, Buffer.from('"a"'), 'not-comparable'],
    ['a string pattern', STRING_PATTERN, Buffer.from([0x61, 0xff]), 'not-comparable'],
    ['a string pattern', STRING_PATTERN, Buffer.from('a'), 'match'],
    ['a string pattern', STRING_PATTERN, Buffer.from('a '), 'no-match'],
  ])('%s, %s, on %p: %s', (_, pattern, value, expected) => {
    expect(decision(pattern, value)).toBe(expected);
  });
});

describe('row 26: a tombstone', () => {
  test('is told apart, whatever the pattern', () => {
    for (const pattern of ['{"value": ["a"]}', '{"value": {"a": [{"exists": false}]}}', '{"value": [null]}']) {
      expect(decision(pattern, null)).toBe('tombstone');
    }
  });
});

describe('several filters', () => {
  const filter = compileFilter(['{"value": {"a": [1]}}', '{"value": {"a": [2]}}', '{"value": ["ping"]}']);

  test.each<[string, string]>([
    ['{"a": 2}', 'match'],
    ['ping', 'match'],
    // The string filter cannot judge JSON, and so lets it pass.
    ['{"a": 3}', 'not-comparable'],
    ['pong', 'not-comparable'],
  ])('one that fits is enough, and a match is better than no judgement: %s: %s', (value, expected) => {
    expect(filter.decide(Buffer.from(value))).toBe(expected);
  });

  test('without any everything passes, a tombstone too', () => {
    expect(compileFilter([]).decide(Buffer.from('x'))).toBe('match');
    expect(compileFilter([]).decide(null)).toBe('match');
  });

  test('branches of an $or around the value are filters of their own', () => {
    const either = '{"$or": [{"value": {"a": [1]}}, {"value": {"b": [1]}}]}';

    expect(decision(either, '{"b": 1}')).toBe('match');
    expect(decision(either, '{"c": 1}')).toBe('no-match');
    expect(decision(either, 'plain')).toBe('not-comparable');
  });
});

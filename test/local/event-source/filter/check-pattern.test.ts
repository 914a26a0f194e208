/** Row 34 of the reference's section 8: patterns that the service refuses, or that filter nothing. */
import { checkPattern } from '../../../../local/event-source/filter/check-pattern';
import { compileFilter } from '../../../../local/event-source/filter/filter';

const onField = (alternatives: string) => `{"value": {"x": ${alternatives}}}`;

describe('a pattern that the service refuses', () => {
  test.each<[string, string]>([
    ['', ''],
    ['{"value": ', ''],
    ['["value"]', ''],
    ['"value"', ''],
    ['null', ''],
    ['{}', ''],
    ['{"value": {}}', 'value'],
    ['{"value": []}', 'value'],
    ['{"value": "a"}', 'value'],
    ['{"value": {"x": {"y": "a"}}}', 'value.x.y'],
    [onField('"a"'), 'value.x'],
    [onField('[]'), 'value.x'],
    [onField('{}'), 'value.x'],
    [onField('["a", ["b"]]'), 'value.x[1]'],
    [onField('[{}]'), 'value.x[0]'],
    [onField('[{"prefix": "a", "suffix": "b"}]'), 'value.x[0]'],
    [onField('[{"startsWith": "a"}]'), 'value.x[0]'],
    [onField('[{"wildcard": "a*"}]'), 'value.x[0]'],
    [onField('[{"cidr": "10.0.0.0/24"}]'), 'value.x[0]'],
    [onField('[{"prefix": 1}]'), 'value.x[0].prefix'],
    [onField('[{"suffix": ["a"]}]'), 'value.x[0].suffix'],
    [onField('[{"equals-ignore-case": null}]'), 'value.x[0].equals-ignore-case'],
    [onField('[{"exists": "true"}]'), 'value.x[0].exists'],
    [onField('[{"anything-but": []}]'), 'value.x[0].anything-but'],
    [onField('[{"anything-but": null}]'), 'value.x[0].anything-but'],
    [onField('[{"anything-but": ["a", 1]}]'), 'value.x[0].anything-but'],
    [onField('[{"anything-but": {"wildcard": "a*"}}]'), 'value.x[0].anything-but'],
    [onField('[{"anything-but": {"prefix": 1}}]'), 'value.x[0].anything-but.prefix'],
    [onField('[{"anything-but": {"suffix": []}}]'), 'value.x[0].anything-but.suffix'],
    [onField('[{"numeric": 1}]'), 'value.x[0].numeric'],
    [onField('[{"numeric": []}]'), 'value.x[0].numeric'],
    [onField('[{"numeric": ["<"]}]'), 'value.x[0].numeric'],
    [onField('[{"numeric": ["<", "1"]}]'), 'value.x[0].numeric'],
    [onField('[{"numeric": ["!=", 1]}]'), 'value.x[0].numeric'],
    [onField('[{"numeric": ["toString", 1]}]'), 'value.x[0].numeric'],
    [onField('[{"numeric": ["<", 5, ">", 1]}]'), 'value.x[0].numeric'],
    [onField('[{"numeric": [">", 5, "<", 5]}]'), 'value.x[0].numeric'],
    [onField('[{"numeric": [">", 1, "<", 5, "<", 6]}]'), 'value.x[0].numeric'],
    [onField('[{"numeric": [">", 1, "="]}]'), 'value.x[0].numeric'],
    [onField('[{"numeric": ["<", 5000000001]}]'), 'value.x[0].numeric'],
    // Neither an $or of fields nor a field.
    ['{"value": {"$or": [{"a": [1]}]}}', 'value.$or[0]'],
    ['{"value": {"$or": [{"prefix": "a"}, {"numeric": [1]}]}}', 'value.$or[1].numeric'],
    ['{"value": {"$or": [{"a": [1]}, {"b": 1}]}}', 'value.$or[1].b'],
    [onField(`["${'a'.repeat(4097)}"]`), ''],
  ])('%.60s at "%s"', (pattern, place) => {
    expect(checkPattern(pattern)).toMatchObject({ kind: 'malformed', place, problem: expect.stringMatching(/\.$/) });
  });
});

describe('a pattern that looks at what a Kafka mapping does not show it', () => {
  test.each<[string, string]>([
    ['{"key": ["a"]}', 'key'],
    ['{"topic": ["orders"], "value": {"a": [1]}}', 'topic'],
    ['{"offset": [{"numeric": [">", 5]}]}', 'offset'],
    ['{"Value": {"a": [1]}}', 'Value'],
    ['{"device_ID": [{"prefix": "AB"}]}', 'device_ID'],
    ['{"$or": [{"value": {"a": [1]}}, {"headers": ["x"]}]}', '$or[1].headers'],
  ])('%s at "%s"', (pattern, place) => {
    expect(checkPattern(pattern)).toMatchObject({ kind: 'outside-value', place });
  });
});

test('nothing is said of a good one', () => {
  expect(checkPattern('{"value": {"x": [{"anything-but": {"prefix": "us-"}}, null, 1, ""]}}')).toBeUndefined();
});

test('an error names the filter, the place in it, what is accepted, and the words of the service', () => {
  const compile = () => compileFilter(['{"value": ["a"]}', onField('[{"exists": 1}]')]);

  expect(compile).toThrow(
    'FilterCriteria.Filters[1].Pattern is what the service refuses as "Invalid filter pattern definition.": ' +
      'value.x[0].exists must be true or false. (MSK_ONCE_TEMPLATE_INVALID)',
  );
  expect(() => compileFilter(['{"key": ["a"]}'])).toThrow(
    'FilterCriteria.Filters[0].Pattern cannot filter: key is not looked at: a filter on Kafka records sees only "value". (MSK_ONCE_TEMPLATE_INVALID)',
  );
});

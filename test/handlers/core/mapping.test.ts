import { ERROR_CODES } from '../../../contract/error-codes';
import { type Caller, callerOf } from '../../../handlers/core/mapping';

const FUNCTION = 'arn:aws:lambda:eu-west-1:111122223333:function:orders';
const mapping = (consumer: string) => ({ consumer, source: 'u-1', generation: 1 });

/** The mapping and mode that a call is understood as, or what its error must say. */
function read(arn: string, names: readonly string[]): string {
  const mappings = Object.fromEntries(names.map((name) => [name, mapping(`consumer-of-${name}`)]));
  const caller = callerOf(arn, mappings);
  expect(caller.consumer).toBe(`consumer-of-${caller.mapping}`);
  return `${caller.mapping} ${caller.mode}`;
}

describe('A2: mapping and mode come from the alias', () => {
  test.each([
    ['Orders-partial', ['Orders'], 'Orders partial'],
    ['Orders-throw', ['Orders'], 'Orders throw'],
    ['Orders-throw', ['Orders', 'Returns'], 'Orders throw'],
    ['Returns-partial', ['Orders', 'Returns'], 'Returns partial'],
    // The last hyphen counts, so a mapping's name may end like a mode.
    ['a-partial-throw', ['a-partial', 'a'], 'a-partial throw'],
    ['a-throw-partial', ['a-throw', 'a'], 'a-throw partial'],
    ['a-partial-partial', ['a-partial', 'a'], 'a-partial partial'],
    ['-partial-throw', ['-partial', 'a'], '-partial throw'],
    ['--throw', ['-', 'a'], '- throw'],
    ['throw-throw', ['throw', 'a'], 'throw throw'],
    ['under_score9-partial', ['under_score9', 'a'], 'under_score9 partial'],
    ['__proto__-partial', ['a', 'b'], undefined],
    ['constructor-partial', ['a', 'b'], undefined],
    ['toString-throw', ['a'], undefined],
    ['Orders-partial', ['orders'], undefined],
    ['Orders-partial', ['Orders-partial'], undefined],
  ])('%s with %j is %s', (alias, names, expected) => {
    const act = () => read(`${FUNCTION}:${alias}`, names);

    if (expected === undefined) expect(act).toThrow(ERROR_CODES.mappingUnknown);
    else expect(act()).toBe(expected);
  });

  test.each([
    ['no alias', ''],
    ['an alias of another shape', ':live'],
    ['a version', ':12'],
    ['the latest version', ':$LATEST'],
    ['a mode in capitals', ':Orders-PARTIAL'],
    ['a mode alone', ':partial'],
    ['a mode with nothing before its hyphen', ':-partial'],
    ['a mode in the middle', ':Orders-partial-v2'],
    ['a name with a character that no mapping has', ':Or.ders-partial'],
  ])('%s with one mapping is that mapping and throw, which is right everywhere', (_, suffix) => {
    expect(read(`${FUNCTION}${suffix}`, ['Orders'])).toBe('Orders throw');
  });

  test.each(['', ':live', ':12', ':$LATEST'])('"%s" with two mappings is an error, never a guess', (suffix) => {
    const act = () => read(`${FUNCTION}${suffix}`, ['Orders', 'Returns']);

    expect(act).toThrow(ERROR_CODES.mappingUnknown);
    expect(act).toThrow('Orders, Returns');
  });

  test('an alias of a mapping that is not in the map is an error that names both', () => {
    const act = () => read(`${FUNCTION}:Old-partial`, ['Orders', 'Returns']);

    expect(act).toThrow('the alias Old-partial (mapping Old), and MSK_ONCE_MAPPINGS holds Orders, Returns');
  });

  test('an unknown mapping is an error even when there is only one it could be', () => {
    expect(() => read(`${FUNCTION}:Old-throw`, ['Orders'])).toThrow(ERROR_CODES.mappingUnknown);
  });

  test('a mapping may be called as an object property of the language is', () => {
    const mappings = JSON.parse(
      '{"__proto__": {"consumer": "c", "generation": 0}, "b": {"consumer": "d", "generation": 0}}',
    );

    const caller: Caller = callerOf(`${FUNCTION}:__proto__-partial`, mappings);

    expect(caller).toEqual({ consumer: 'c', generation: 0, mapping: '__proto__', mode: 'partial' });
  });
});

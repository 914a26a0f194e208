import { App, CfnParameter, Lazy, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { MskSourceProps } from '../../lib';
import { mapped } from './fixture/mapping';
import { refusal } from './fixture/refusal';
import { type Json, source } from './fixture/stack';

const OPTIONS = { defaultConsumerGroupId: 'Shop-Orders', destinationTopic: undefined };
const { AT_TIMESTAMP } = StartingPosition;
const mappingOf = (props: Partial<MskSourceProps>) => mapped(() => source(props)).mapping;
const orders = FilterCriteria.filter({ value: { type: FilterRule.isEqual('order') } });

function message(props: Partial<MskSourceProps>): string {
  return refusal(() => source(props).bind(new Stack(new App(), 'Shop'), OPTIONS), 'Shop');
}

describe('a starting position at a timestamp', () => {
  test('is given in unix seconds', () => {
    const mapping = mappingOf({ startingPosition: AT_TIMESTAMP, startingPositionTimestamp: 1_760_000_000 });

    expect(mapping).toMatchObject({ StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: 1_760_000_000 });
  });

  test('may be known at deployment only', () => {
    const { mapping } = mapped((stack) =>
      source({
        startingPosition: AT_TIMESTAMP,
        startingPositionTimestamp: new CfnParameter(stack, 'Since', { type: 'Number' }).valueAsNumber,
      }),
    );

    expect(mapping.StartingPositionTimestamp).toEqual({ Ref: 'Since' });
  });

  test('is refused without the timestamp, and the timestamp without it', () => {
    expect(message({ startingPosition: AT_TIMESTAMP })).toContain('startingPositionTimestamp is missing');
    expect(message({ startingPositionTimestamp: 1_760_000_000 })).toContain(
      'startingPositionTimestamp is 1760000000, accepted is none with TRIM_HORIZON',
    );
    expect(message({ startingPosition: StartingPosition.LATEST, startingPositionTimestamp: 0 })).toContain(
      'startingPositionTimestamp is 0, accepted is none with LATEST',
    );
  });

  test.each([
    [1_760_000_000_000, /Those are milliseconds: write Math\.floor\(milliseconds \/ 1000\)/],
    // The year 2128.
    [4_990_000_000, /Give a moment that has passed/],
    [-1, /Give a moment that has passed/],
    [1_760_000_000.5, /accepted is whole unix seconds, from 0 to \d{10}, which is now/],
    [Number.NaN, /is "NaN"/],
  ])('%d is refused', (startingPositionTimestamp, expected) => {
    expect(message({ startingPosition: AT_TIMESTAMP, startingPositionTimestamp })).toMatch(expected);
  });
});

describe('filters', () => {
  test('reach the mapping as they are', () => {
    const cheap = FilterCriteria.filter({ value: { price: FilterRule.between(0, 10) } });

    expect(mappingOf({ filters: [orders, cheap] }).FilterCriteria).toEqual({
      Filters: [
        { Pattern: '{"value":{"type":["order"]}}' },
        { Pattern: '{"value":{"price":[{"numeric":[">",0,"<=",10]}]}}' },
      ],
    });
  });

  test('of which there are none are left out', () => {
    expect(mappingOf({ filters: [] })).not.toHaveProperty('FilterCriteria');
  });

  test('may hold what is known at deployment only, or be that', () => {
    const { mapping } = mapped((stack) => {
      const kind = new CfnParameter(stack, 'Kind').valueAsString;
      const pattern = Lazy.string({ produce: () => '{"value":{"a":[1]}}' });
      return source({ filters: [FilterCriteria.filter({ value: { type: [kind] } }), { pattern }] });
    });

    expect(mapping.FilterCriteria.Filters).toEqual([
      { Pattern: { 'Fn::Join': ['', ['{"value":{"type":["', { Ref: 'Kind' }, '"]}}']] } },
      { Pattern: '{"value":{"a":[1]}}' },
    ]);
  });

  test.each<[string, Json, RegExp]>([
    ['the key', { key: ['a'] }, /only the value can be filtered, neither key nor headers nor topic/],
    ['the topic beside the value', { topic: ['a'], value: ['b'] }, /a pattern on `value` alone/],
    ['a field that is meant to be in the value', { type: ['order'] }, /FilterCriteria\.filter\(\{ value: /],
    ['nothing', {}, /a pattern on `value` alone/],
  ])('on %s are refused', (_, pattern, expected) => {
    const refused = message({ filters: [orders, FilterCriteria.filter(pattern)] });

    expect(refused).toContain(`filters[1] is ${JSON.stringify(JSON.stringify(pattern))}`);
    expect(refused).toMatch(expected);
  });

  test.each<[string, Json, RegExp]>([
    ['no pattern', { value: { type: ['order'] } }, /filters\[0\] is \{"value":.*accepted is \{ pattern: "<JSON>" \}/],
    ['no JSON', { pattern: 'value = order' }, /filters\[0\] is "value = order", accepted is the JSON of an object/],
    ['a list', { pattern: '["value"]' }, /accepted is the JSON of an object/],
    [
      'a long pattern',
      FilterCriteria.filter({ value: ['a'.repeat(4096)] }),
      /is "\d+ characters", accepted is at most 4096/,
    ],
  ])('that are %s are refused', (_, filter, expected) => {
    expect(message({ filters: [filter] })).toMatch(expected);
  });

  test('are 5, with a warning 10, and never more', () => {
    const warned = (count: number) => {
      const stack = new Stack(new App(), 'Shop');
      source({ filters: Array(count).fill(orders) }).bind(stack, OPTIONS);
      return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('quota was raised')).length;
    };

    expect([5, 6, 10].map(warned)).toEqual([0, 1, 1]);
    expect(message({ filters: Array(11).fill(orders) })).toContain('filters is "11 filters", accepted is at most 10');
  });
});

import fc from 'fast-check';
import { stackOf, temporaryFolder } from './template-fixture';

const folder = temporaryFolder();
afterAll(() => folder.remove());

/** A value as a template writes it, beside what it is. */
interface Written<T> {
  readonly template: unknown;
  readonly value: T;
}

const CONDITIONS: Readonly<Record<string, boolean>> = { Yes: true, No: false };
const stack = stackOf(folder.path, {
  Parameters: { Word: { Type: 'String', Default: 'word' }, Hosts: { Type: 'CommaDelimitedList', Default: 'a, b' } },
  Conditions: { Yes: { 'Fn::Equals': ['a', 'a'] }, No: { 'Fn::Not': [{ Condition: 'Yes' }] } },
  Mappings: { Sizes: { small: { word: 'tiny', list: ['x', 'y'] } } },
  Resources: {
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'letters' } },
    Table: { Type: 'AWS::DynamoDB::Table' },
  },
});

/** Texts that hold neither a dynamic reference nor the beginning of a variable. */
const plain = fc.stringMatching(/^[a-z,:/ -]{0,8}$/);

/** Each function applied to random texts and lists, with its result worked out beside it. */
const { text } = fc.letrec<{ text: Written<string>; list: Written<string[]> }>((tie) => ({
  text: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    plain.map((word) => ({ template: word, value: word })),
    fc.constantFrom<Written<string>>(
      { template: { Ref: 'Word' }, value: 'word' },
      { template: { Ref: 'Table' }, value: 'Table' },
      { template: { Ref: 'AWS::Region' }, value: 'us-east-1' },
      { template: { 'Fn::GetAtt': ['Queue', 'QueueName'] }, value: 'letters' },
      { template: { 'Fn::GetAtt': 'Queue.Arn' }, value: 'arn:aws:sqs:us-east-1:000000000000:letters' },
      { template: { 'Fn::FindInMap': ['Sizes', 'small', { Ref: 'Word' }] }, value: 'tiny' },
    ),
    fc.tuple(plain, tie('list')).map(([delimiter, { template, value }]) => ({
      template: { 'Fn::Join': [delimiter, template] },
      value: value.join(delimiter),
    })),
    fc.tuple(tie('list'), fc.nat(), fc.boolean()).map(([{ template, value }, place, asText]) => {
      const index = place % value.length;
      return { template: { 'Fn::Select': [asText ? `${index}` : index, template] }, value: value[index] ?? '' };
    }),
    fc.tuple(fc.constantFrom('Yes', 'No'), tie('text'), tie('text')).map(([condition, then, otherwise]) => ({
      template: { 'Fn::If': [condition, then.template, otherwise.template] },
      value: CONDITIONS[condition] ? then.value : otherwise.value,
    })),
    fc.tuple(plain, tie('text'), plain).map(([before, variable, after]) => ({
      template: { 'Fn::Sub': [`${before}\${Given}${after}\${!Given}`, { Given: variable.template }] },
      value: `${before}${variable.value}${after}\${Given}`,
    })),
  ),
  list: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.constantFrom<Written<string[]>>(
      { template: { Ref: 'Hosts' }, value: ['a', 'b'] },
      { template: { 'Fn::FindInMap': ['Sizes', 'small', 'list'] }, value: ['x', 'y'] },
    ),
    fc.array(fc.oneof(tie('text'), fc.constant(undefined)), { minLength: 1, maxLength: 4 }).map((items) => {
      // What is not there leaves no gap; one is always there.
      const there = [{ template: 'z', value: 'z' }, ...items.filter((item) => item !== undefined)];
      const gaps = items.filter((item) => item === undefined).map(() => ({ Ref: 'AWS::NoValue' }));
      return { template: [...gaps, ...there.map(({ template }) => template)], value: there.map(({ value }) => value) };
    }),
    fc
      .tuple(
        plain.filter((delimiter) => delimiter !== ''),
        tie('text'),
      )
      .map(([delimiter, { template, value }]) => ({
        template: { 'Fn::Split': [delimiter, template] },
        value: value.split(delimiter),
      })),
  ),
}));

test('functions within functions, however deep, have the value that they have one by one', () => {
  fc.assert(
    fc.property(text, ({ template, value }) => {
      expect(stack.resolve(template, 'Here')).toBe(value);
    }),
    { numRuns: 500 },
  );
});

test('and in an object and a list they stand where they stood', () => {
  fc.assert(
    fc.property(text, text, (first, second) => {
      expect(stack.resolve({ a: [first.template, { b: second.template }] }, 'Here')).toEqual({
        a: [first.value, { b: second.value }],
      });
    }),
  );
});

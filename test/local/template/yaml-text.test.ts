// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub is written like this.
import fc from 'fast-check';
import { parseYaml } from '../../../local/template/yaml-text';
import { refusal } from './template-fixture';

const parse = (text: string) => parseYaml(text, 't.yaml');

describe('a short form is the function that it stands for', () => {
  test.each<[string, string, unknown]>([
    ['Ref', '!Ref Queue', { Ref: 'Queue' }],
    ['GetAtt with a dot', '!GetAtt Queue.Arn', { 'Fn::GetAtt': 'Queue.Arn' }],
    ['GetAtt as a list', '!GetAtt [Queue, Arn]', { 'Fn::GetAtt': ['Queue', 'Arn'] }],
    ['Sub', '!Sub "${Stage}-orders"', { 'Fn::Sub': '${Stage}-orders' }],
    ['Sub with variables', '!Sub ["${A}", { A: !Ref Stage }]', { 'Fn::Sub': ['${A}', { A: { Ref: 'Stage' } }] }],
    ['Join over several lines', '!Join\n  - ","\n  - - a\n    - !Ref B', { 'Fn::Join': [',', ['a', { Ref: 'B' }]] }],
    [
      'functions within functions',
      '!Select [0, !Split [",", !ImportValue hosts]]',
      { 'Fn::Select': [0, { 'Fn::Split': [',', { 'Fn::ImportValue': 'hosts' }] }] },
    ],
    [
      'If without a value',
      '!If [Is, !Ref A, !Ref AWS::NoValue]',
      { 'Fn::If': ['Is', { Ref: 'A' }, { Ref: 'AWS::NoValue' }] },
    ],
    [
      'conditions',
      '!And [!Condition A, !Not [!Equals [!Ref B, c]], !Or [!Condition D]]',
      {
        'Fn::And': [
          { Condition: 'A' },
          { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'B' }, 'c'] }] },
          { 'Fn::Or': [{ Condition: 'D' }] },
        ],
      },
    ],
    ['FindInMap', '!FindInMap [Stages, !Ref Stage, Size]', { 'Fn::FindInMap': ['Stages', { Ref: 'Stage' }, 'Size'] }],
    ['one over a map', '!Transform { Name: "AWS::Include" }', { 'Fn::Transform': { Name: 'AWS::Include' } }],
    ['the long form', '{ "Fn::GetAtt": [Queue, Arn] }', { 'Fn::GetAtt': ['Queue', 'Arn'] }],
  ])('%s', (_, text, expected) => {
    expect(parse(`Value: ${text}`)).toEqual({ Value: expected });
  });

  test('however deep it stands', () => {
    // Prepare: what a function is given, in YAML and as it is meant.
    const { value } = fc.letrec<{ value: readonly [text: string, meant: unknown] }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 5, withCrossShrink: true },
        fc.string().map((text) => [JSON.stringify(text), text] as const),
        fc.integer().map((number) => [String(number), number] as const),
        fc.constantFrom('Queue', 'AWS::Region').map((name) => [`!Ref ${name}`, { Ref: name }] as const),
        fc.constant(['!GetAtt Queue.Arn', { 'Fn::GetAtt': 'Queue.Arn' }] as const),
        fc
          .tuple(fc.constantFrom('Join', 'Select', 'If', 'Equals'), fc.array(tie('value'), { maxLength: 3 }))
          .map(
            ([name, items]) =>
              [
                `!${name} [${items.map(([text]) => text).join(', ')}]`,
                { [`Fn::${name}`]: items.map(([, meant]) => meant) },
              ] as const,
          ),
        fc.dictionary(fc.stringMatching(/^[A-Z][a-z]{0,5}$/), tie('value'), { maxKeys: 3 }).map(
          (entries) =>
            [
              `{ ${Object.entries(entries)
                .map(([key, [text]]) => `${JSON.stringify(key)}: ${text}`)
                .join(', ')} }`,
              Object.fromEntries(Object.entries(entries).map(([key, [, meant]]) => [key, meant])),
            ] as const,
        ),
      ),
    }));

    // Act, assess
    fc.assert(
      fc.property(value, ([text, meant]) => {
        expect(parse(`Value: ${text}`)).toEqual({ Value: JSON.parse(JSON.stringify(meant)) });
      }),
    );
  });
});

describe('a value is what CloudFormation makes of it', () => {
  test.each<[string, string, unknown]>([
    ['a date without quotes', '2010-09-09', '2010-09-09'],
    ['the type of a number in DynamoDB', 'N', 'N'],
    ['yes', 'yes', true],
    ['Off', 'Off', false],
    ['quoted, it is text', '"yes"', 'yes'],
    ['the folder of the template', '.', '.'],
    ['a time', '12:30', '12:30'],
    ['a number', '300', 300],
    ['a version', '1.2.3', '1.2.3'],
    ['several lines', '|\n  a\n  b\n', 'a\nb\n'],
  ])('%s', (_, text, expected) => {
    expect(parse(`Value: ${text}`)).toEqual({ Value: expected });
  });

  test('an alias repeats what its anchor stands at, also merged into a map', () => {
    expect(parse('A: &a { X: !Ref Y }\nB: *a\nC: { <<: *a, Z: 1 }')).toEqual({
      A: { X: { Ref: 'Y' } },
      B: { X: { Ref: 'Y' } },
      C: { X: { Ref: 'Y' }, Z: 1 },
    });
  });
});

describe('what is no template says where', () => {
  test.each<[string, string, string[]]>([
    ['a tag that nobody knows', 'A: 1\nB: !Reff Queue', ['!Reff', 'line 2, column 4']],
    ['a bracket that is open', 'A: [1', ['line 1']],
    ['a key twice', 'A: 1\nA: 2', ['unique', 'line 2']],
    ['a tabulator', 'A:\n\tB: 1', ['Tabs', 'line 2']],
    ['an alias that leads nowhere', 'A: *b', ['b']],
    ['an alias that leads back to itself', 'A: &a [*a]', ['circular']],
  ])('%s', (_, text, words) => {
    // Prepare, act
    const refused = refusal(() => parse(text));

    // Assess
    expect(refused.code).toBe('MSK_ONCE_TEMPLATE_INVALID');
    for (const word of ['t.yaml is not a template in YAML', ...words]) expect(refused.message).toContain(word);
    expect(refused.message).not.toContain('\n');
  });
});

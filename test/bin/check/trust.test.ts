// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is CloudFormation's.
/** Whether Lambda may take the role at all. */
import { type Edit, edited, Folder, SAM, told } from './fixture';

const folder = new Folder();
afterAll(() => folder.remove());

const TRUST = /AssumeRolePolicyDocument:\n[\s\S]*?\]\n/.exec(SAM)?.[0] as string;
const PLACE = 'Resources.OrdersRole.Properties.AssumeRolePolicyDocument';
const trusting = (...statements: string[]): Edit => [
  TRUST,
  `AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [${statements.join(', ')}] }\n`,
];
const LAMBDA = '{ Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: sts:AssumeRole }';
const check = (edit: Edit) => folder.check(edited(SAM, edit));

describe('Lambda may take the role', () => {
  test.each<[string, ...string[]]>([
    ['alone', LAMBDA],
    [
      'among others',
      '{ Effect: Allow, Principal: { Service: [edgelambda.amazonaws.com, lambda.amazonaws.com] }, Action: [sts:AssumeRole, sts:TagSession] }',
    ],
    ['in a second statement', LAMBDA.replace('lambda.', 'ec2.'), LAMBDA],
    [
      'by a name that is put together',
      '{ Effect: Allow, Principal: { Service: !Sub "lambda.${AWS::URLSuffix}" }, Action: "sts:*" }',
    ],
    ['in another case', LAMBDA.replace('sts:AssumeRole', 'STS:assumerole')],
    [
      'for functions of this account',
      LAMBDA.replace(' }', ' }').replace(
        / \}$/,
        ", Condition: { StringEquals: { 'aws:SourceAccount': !Ref AWS::AccountId } } }",
      ),
    ],
    [
      'though others are denied',
      LAMBDA,
      '{ Effect: Deny, Principal: { Service: ec2.amazonaws.com }, Action: sts:AssumeRole }',
    ],
  ])('%s: nothing to say', (_, ...statements) => {
    expect(told(check(trusting(...statements)))).toEqual([]);
  });
});

describe('Lambda may not', () => {
  test.each<[string, Edit, string]>([
    [
      'another service',
      trusting(LAMBDA.replace('lambda.', 'ec2.')),
      'does not let lambda.amazonaws.com assume the role: it names ec2.amazonaws.com.',
    ],
    [
      'a slip of the pen',
      trusting(LAMBDA.replace('lambda.amazonaws.com', 'lambda.amazon.com')),
      'it names lambda.amazon.com.',
    ],
    [
      'an account',
      trusting('{ Effect: Allow, Principal: { AWS: arn:aws:iam::111122223333:root }, Action: sts:AssumeRole }'),
      'it names arn:aws:iam::111122223333:root.',
    ],
    [
      'another action',
      trusting(LAMBDA.replace('sts:AssumeRole', 'sts:TagSession')),
      'does not let lambda.amazonaws.com assume the role: what it lets it do is another action.',
    ],
    [
      'a refusal',
      trusting(LAMBDA, '{ Effect: Deny, Principal: "*", Action: sts:AssumeRole }'),
      'denies lambda.amazonaws.com to assume the role.',
    ],
    ['no statement', trusting(), 'does not let lambda.amazonaws.com assume the role: it names nobody.'],
    ['none at all', [`      ${TRUST}`, ''], 'is not set.'],
  ])('%s', (_, edit, found) => {
    const { findings } = check(edit);

    expect(told({ findings })).toEqual(['error role-trust']);
    expect(findings[0]?.place).toBe(PLACE);
    expect(findings[0]?.found).toContain(found);
  });
});

describe('nobody knows here', () => {
  test.each<[string, string]>([
    [
      'a condition',
      LAMBDA.replace(/ \}$/, ", Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:lambda:*:*:function:orders' } } }"),
    ],
    ['a service of another stack', LAMBDA.replace('lambda.amazonaws.com', '!ImportValue Service')],
    ['everybody', '{ Effect: Allow, Principal: "*", Action: sts:AssumeRole }'],
    ['the name of a region', LAMBDA.replace('lambda.', 'lambda.eu-west-1.')],
    ['all but another', '{ Effect: Allow, NotPrincipal: { Service: ec2.amazonaws.com }, Action: sts:AssumeRole }'],
  ])('%s', (_, statement) => {
    expect(told(check(trusting(statement)))).toEqual(['unknown role-trust']);
  });
});

test('a statement that leads nowhere is an error, and the one beside it counts', () => {
  expect(told(check(trusting(LAMBDA, LAMBDA.replace('lambda.amazonaws.com', '!Ref Nothing'))))).toEqual([
    'error role-trust',
  ]);
});

test('a function of CloudFormation without a role', () => {
  const text = edited(
    SAM,
    ['      Role: !GetAtt OrdersRole.Arn\n', ''],
    ['AWS::Serverless::Function', 'AWS::Lambda::Function'],
  );
  const { findings } = folder.check(text);

  expect(told({ findings })).toContain('error role-trust');
  expect(findings[0]).toMatchObject({ place: 'Resources.OrdersFunction.Properties.Role', found: 'is not set.' });
  expect(findings).toHaveLength(1);
});

describe('the role that SAM makes', () => {
  const GENERATED = SAM.replace(/ {2}OrdersRole:[\s\S]*$/, '');
  const judged = (property: string) =>
    told(folder.check(edited(GENERATED, ['      Role: !GetAtt OrdersRole.Arn\n', property]))).filter((one) =>
      one.endsWith('role-trust'),
    );

  test('trusts Lambda', () => {
    expect(judged('')).toEqual([]);
  });

  test.each([
    ['lambda', []],
    ['edgelambda', ['error role-trust']],
  ])('with a document of its own for %s', (service, expected) => {
    const document = `      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [${LAMBDA.replace('lambda.', `${service}.`)}] }\n`;

    expect(judged(document)).toEqual(expected);
  });
});

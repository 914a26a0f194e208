// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are CloudFormation's.
/** What a store itself lets the role do: within one account that is enough. Source: IAM User Guide, policy evaluation. */
import { type Edit, edited, Folder, SAM, told } from './fixture';

const folder = new Folder();
afterAll(() => folder.remove());

const check = (...edits: Edit[]) => told(folder.check(edited(SAM, ...edits)));

const ROLE = '{ AWS: !GetAtt OrdersRole.Arn }';
const NO_SENDING: Edit = ['Action: sqs:SendMessage', 'Action: sqs:GetQueueUrl'];
const QUEUE =
  "            Action: sqs:*\n            Resource: !GetAtt OrdersLetters.Arn\n            Condition: { Bool: { 'aws:SecureTransport': 'false' } }\n";
const onQueue = (statement: string): Edit => [QUEUE, `${QUEUE}          - ${statement}\n`];

describe('a queue', () => {
  test.each<[string, string, string[]]>([
    [
      'lets the role',
      `{ Effect: Allow, Principal: ${ROLE}, Action: sqs:SendMessage, Resource: !GetAtt OrdersLetters.Arn }`,
      [],
    ],
    ['lets everybody', "{ Effect: Allow, Principal: '*', Action: 'sqs:*', Resource: '*' }", []],
    [
      'lets somebody of another stack',
      "{ Effect: Allow, Principal: { AWS: !ImportValue Role }, Action: 'sqs:*', Resource: '*' }",
      ['unknown dead-letter-permission'],
    ],
    [
      'lets another role',
      "{ Effect: Allow, Principal: { AWS: arn:aws:iam::111122223333:role/other }, Action: 'sqs:*', Resource: '*' }",
      ['error dead-letter-permission'],
    ],
    [
      'leaves it to the account',
      "{ Effect: Allow, Principal: { AWS: !Ref AWS::AccountId }, Action: 'sqs:*', Resource: '*' }",
      ['error dead-letter-permission'],
    ],
    [
      'lets a service',
      "{ Effect: Allow, Principal: { Service: sns.amazonaws.com }, Action: 'sqs:*', Resource: '*' }",
      ['error dead-letter-permission'],
    ],
    [
      'lets the role receive',
      `{ Effect: Allow, Principal: ${ROLE}, Action: sqs:ReceiveMessage, Resource: '*' }`,
      ['error dead-letter-permission'],
    ],
  ])('%s', (_, statement, expected) => {
    expect(check(NO_SENDING, onQueue(statement))).toEqual(expected);
  });

  test('refuses what the role is allowed', () => {
    expect(check(onQueue(`{ Effect: Deny, Principal: ${ROLE}, Action: sqs:SendMessage, Resource: '*' }`))).toEqual([
      'error dead-letter-permission',
    ]);
    expect(
      check(
        onQueue(
          "{ Effect: Deny, Principal: { AWS: arn:aws:iam::111122223333:role/other }, Action: sqs:SendMessage, Resource: '*' }",
        ),
      ),
    ).toEqual([]);
  });
});

test('a bucket lets the role write', () => {
  const bucket =
    "            Resource: [!GetAtt OrdersLargeLetters.Arn, !Sub '${OrdersLargeLetters.Arn}/*']\n            Condition: { Bool: { 'aws:SecureTransport': 'false' } }\n";

  expect(
    check(
      ['Action: s3:PutObject', 'Action: s3:GetObject'],
      [
        bucket,
        `${bucket}          - { Effect: Allow, Principal: ${ROLE}, Action: s3:PutObject, Resource: !Sub '\${OrdersLargeLetters.Arn}/*' }\n`,
      ],
    ),
  ).toEqual([]);
});

test('a table lets the role claim', () => {
  expect(
    check(
      ['                  - dynamodb:PutItem\n', ''],
      [
        '      BillingMode:',
        `      ResourcePolicy: { PolicyDocument: { Statement: [{ Effect: Allow, Principal: ${ROLE}, Action: dynamodb:PutItem, Resource: '*' }] } }\n      BillingMode:`,
      ],
    ),
  ).toEqual([]);
});

test.each([
  [ROLE, []],
  ["{ AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root' }", ['error dead-letter-permission']],
])('a key lets %s decrypt', (principal, expected) => {
  expect(
    check(
      ['SqsManagedSseEnabled: true', 'KmsMasterKeyId: !GetAtt Key.Arn'],
      [
        'Resources:\n',
        `Resources:\n  Key: { Type: AWS::KMS::Key, Properties: { KeyPolicy: { Statement: [{ Effect: Allow, Principal: ${principal}, Action: 'kms:*', Resource: '*' }] } } }\n`,
      ],
    ),
  ).toEqual(expected);
});

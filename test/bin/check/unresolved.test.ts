// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are CloudFormation's.
/** What cannot be resolved hides nothing that does not depend on it. */
import { type Edit, edited, Folder, SAM, told } from './fixture';

const folder = new Folder();
afterAll(() => folder.remove());

const TABLE_RESOURCE = 'Resource: !GetAtt OrdersMemory.Arn';
const RECEIVES: Edit = ['Action: sqs:SendMessage', 'Action: sqs:ReceiveMessage'];
const check = (...edits: Edit[]) => folder.check(edited(SAM, ...edits));

describe('of one statement', () => {
  test('a reference that leads nowhere is an error, and what depends on it is unknown', () => {
    const { findings } = check([TABLE_RESOURCE, 'Resource: !GetAtt OrderMemory.Arn']);

    expect(told({ findings })).toEqual(['unknown table-permission', 'error role-policy']);
    expect(findings[1]).toMatchObject({
      place: expect.stringContaining(
        'Resources.OrdersRole.Properties.Policies[0].PolicyDocument.Statement[1].Resource',
      ),
      found: expect.stringContaining('refers to "OrderMemory"'),
      why: 'Its deployment fails.',
    });
  });

  test.each<[string, string, string[]]>([
    ['leads nowhere', '!GetAtt Nothing.Arn', ['error role-policy']],
    ['is another stack’s', '!ImportValue Table', []],
  ])('a reference that %s beside one that is right', (_, other, expected) => {
    const beside: Edit = [TABLE_RESOURCE, `Resource: [${other}, !GetAtt OrdersMemory.Arn]`];

    expect(told(check(beside))).toEqual(expected);
    // The action that is missing is missing on both.
    expect(told(check(beside, ['                  - dynamodb:PutItem\n', '']))).toEqual([
      'error table-permission',
      ...expected,
    ]);
  });

  test('an action that nobody can read hides none of the others', () => {
    const action: Edit = ['                  - dynamodb:UpdateItem\n', '                  - !ImportValue Action\n'];

    const { findings } = check(action);

    expect(told({ findings })).toEqual(['unknown table-permission']);
    expect(findings[0]?.found).toContain('may or may not allow dynamodb:UpdateItem on the idempotency table');
  });
});

test('a statement that the service refuses hides none of the others', () => {
  const effect: Edit = [
    'Sid: ClaimRecords\n                Effect: Allow',
    'Sid: ClaimRecords\n                Effect: allow',
  ];

  expect(told(check(effect, ['Timeout: 60', 'Timeout: 900']))).toEqual([
    'error time-out',
    'unknown table-permission',
    'error role-policy',
  ]);
});

describe('the ARN of the cluster', () => {
  const IMPORTED: Edit = ['EventSourceArn: !Ref ClusterArn', 'EventSourceArn: !ImportValue Cluster'];
  const severities = (...edits: Edit[]) =>
    check(IMPORTED, ...edits).findings.map(
      ({ severity, rule, found }) => `${severity} ${rule}: ${found.split(' on ')[0]}`,
    );

  test('hides no action that the role has nowhere', () => {
    expect(severities(['kafka:DescribeClusterV2, ', ''], ['kafka-cluster:AlterGroup, ', ''])).toEqual([
      expect.stringMatching(/^unknown cluster-name: takes "Cluster" from another stack/),
      'error cluster-permission: does not allow kafka:DescribeClusterV2',
      'error consumer-permission: does not allow kafka-cluster:AlterGroup',
    ]);
  });

  test('may be that of a connection, for which other actions are needed', () => {
    const connection: Edit = [
      'Action: [kafka:DescribeCluster, kafka:DescribeClusterV2, kafka:GetBootstrapBrokers]',
      'Action: kafka:DescribeVpcConnection',
    ];

    expect(severities(connection)).toHaveLength(1);
  });
});

test('two references that lead nowhere are two findings', () => {
  const { findings } = check(
    [TABLE_RESOURCE, 'Resource: !GetAtt OrderMemory.Arn'],
    [
      'Action: sqs:SendMessage\n                Resource: !GetAtt OrdersLetters.Arn',
      'Action: sqs:SendMessage\n                Resource: !GetAtt OrderLetters.Arn',
    ],
  );

  expect(findings.filter(({ rule }) => rule === 'role-policy')).toHaveLength(2);
});

test('a managed policy that leads nowhere hides no statement', () => {
  const managed: Edit = [
    '      AssumeRolePolicyDocument:',
    '      ManagedPolicyArns: [!Ref OrderPolicy]\n      AssumeRolePolicyDocument:',
  ];

  expect(told(check(managed))).toEqual(['error role-policy']);
  expect(told(check(managed, RECEIVES))).toEqual(['unknown dead-letter-permission', 'error role-policy']);
});

describe('of one need', () => {
  const KEYED: Edit = [
    '      BillingMode:',
    '      SSESpecification: { SSEEnabled: true, SSEType: KMS, KMSMasterKeyId: alias/orders }\n      BillingMode:',
  ];
  const IMPORTED_KEY: Edit = [KEYED[0], KEYED[1].replace('alias/orders', '!ImportValue Key')];

  test.each([
    ['an alias', KEYED],
    ['imported', IMPORTED_KEY],
  ])('a key that is %s hides nothing of its table', (_, key) => {
    const checked = told(check(key, ['                  - dynamodb:PutItem\n', '']));

    expect(checked).toContain('error table-permission');
    expect(checked).toContain('unknown table-permission');
  });

  const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:AmazonMSK_shop-AbCdEf';
  const access = (...uris: string[]): Edit => [
    '      StartingPosition:',
    `      SourceAccessConfigurations: [${uris.map((uri, index) => `{ Type: ${index === 0 ? 'SASL_SCRAM_512_AUTH' : 'CLIENT_CERTIFICATE_TLS_AUTH'}, URI: ${uri} }`).join(', ')}]\n      StartingPosition:`,
  ];

  test('a secret of another stack hides no other secret, and none of what is asked of the cluster', () => {
    const { findings } = check(access('!ImportValue Secret', SECRET));
    const found = findings.filter(({ rule }) => rule === 'secret-permission');

    expect(found.map(({ severity }) => severity)).toEqual(expect.arrayContaining(['error', 'error', 'unknown']));
    expect(found.map((one) => one.found).join()).toContain('kafka:ListScramSecrets');
    expect(found.map((one) => one.found).join()).toContain(`secretsmanager:GetSecretValue on the secret ${SECRET}`);
  });

  test('a topic that is not known hides nothing of the cluster and of the group', () => {
    const { findings } = check(
      ['Topics: [!Ref Topic]', 'Topics: [!ImportValue Topic]'],
      ['Action: kafka-cluster:Connect', 'Action: kafka-cluster:AlterCluster'],
    );
    const found = findings.filter(({ severity, rule }) => severity === 'error' && rule === 'consumer-permission');

    expect(found.map((one) => one.found).join()).toContain('does not allow kafka-cluster:Connect');
  });
});

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are CloudFormation's.
/** Permissions in all the ways in which a template writes them, and what of them cannot be known. */
import { covers, decide, globs } from '../../../bin/check/role/decide';
import type { Permissions, Statement } from '../../../bin/check/role/statement';
import { type Edit, edited, Folder, SAM, told } from './fixture';

const folder = new Folder();
afterAll(() => folder.remove());

describe('one action on one resource', () => {
  const statement = (resource: string | undefined, more: Partial<Statement> = {}): Statement => ({
    place: 'here',
    isDeny: false,
    actions: ['dynamodb:PutItem'],
    resources: [{ text: resource, written: { 'Fn::ImportValue': 'Table' } }],
    isConditional: false,
    isOwn: true,
    ...more,
  });
  const role = (...statements: Statement[]): Permissions => ({ place: 'role', statements, unread: [] });
  const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/Memory';

  test.each<[string, Permissions, string]>([
    ['the very resource', role(statement(TABLE)), 'granted'],
    ['all', role(statement('*')), 'granted'],
    ['by a pattern', role(statement('arn:aws:dynamodb:*:*:table/Mem*')), 'granted'],
    ['by a pattern of the action', role(statement(TABLE, { actions: ['dynamodb:*'] })), 'granted'],
    ['in another case', role(statement(TABLE, { actions: ['DynamoDB:putitem'] })), 'granted'],
    ['another table', role(statement('arn:aws:dynamodb:us-east-1:000000000000:table/Other')), 'missing'],
    ['another action', role(statement(TABLE, { actions: ['dynamodb:GetItem'] })), 'missing'],
    ['nothing', role(), 'missing'],
    ['under a condition', role(statement(TABLE, { isConditional: true })), 'unknown'],
    ['of a resource that cannot be read', role(statement(undefined)), 'unknown'],
    ['in an account that is written out', role(statement(TABLE.replace('000000000000', '111122223333'))), 'unknown'],
    ['in a policy that is not there', { ...role(), unread: ['Policies[0]'] }, 'unknown'],
    ['granted, beside a policy that is not there', { ...role(statement(TABLE)), unread: ['Policies[0]'] }, 'granted'],
    ['granted and refused', role(statement(TABLE), statement('*', { isDeny: true })), 'denied'],
    [
      'granted, and refused under a condition',
      role(statement(TABLE), statement('*', { isDeny: true, isConditional: true })),
      'unknown',
    ],
  ])('%s', (_, permissions, expected) => {
    expect(decide(permissions, 'dynamodb:PutItem', { text: TABLE })).toBe(expected);
  });

  test('two that nobody can read are one where they are written alike', () => {
    expect(covers(statement(undefined), { text: undefined, written: { 'Fn::ImportValue': 'Table' } })).toBe('yes');
    expect(covers(statement(undefined), { text: undefined, written: { 'Fn::ImportValue': 'Other' } })).toBe('maybe');
  });

  test('a dot in a pattern is a dot', () => {
    expect(globs('arn:aws:s3:::a.b/*', 'arn:aws:s3:::aXb/c')).toBe(false);
  });
});

describe('where the policies are', () => {
  const INLINE = /( {6}Policies:\n)([\s\S]*)$/.exec(SAM)?.[0] ?? '';
  const DOCUMENT = INLINE.replace(/^[\s\S]*?PolicyDocument:\n/, '').replaceAll(/^ {4}/gm, '');
  const policy = (type: string, properties: string) =>
    SAM.replace(
      INLINE,
      `\n  OrdersPolicy:\n    Type: ${type}\n    Properties:\n${properties}      PolicyDocument:\n${DOCUMENT}`,
    );

  const NAMED = '      PolicyName: orders\n      Roles: [!Ref OrdersRole]\n';
  const first = (text: string) =>
    edited(text, [
      'AWS::Lambda::EventSourceMapping\n',
      'AWS::Lambda::EventSourceMapping\n    DependsOn: OrdersPolicy\n',
    ]);

  test.each<[string, string]>([
    ['beside the role', first(policy('AWS::IAM::Policy', NAMED))],
    [
      'one to one',
      first(policy('AWS::IAM::RolePolicy', '      PolicyName: orders\n      RoleName: !Ref OrdersRole\n')),
    ],
    ['managed, and naming the role', first(policy('AWS::IAM::ManagedPolicy', '      Roles: [!Ref OrdersRole]\n'))],
    [
      'managed, and named by the role',
      policy('AWS::IAM::ManagedPolicy', '').replace(
        '      AssumeRolePolicyDocument:',
        '      ManagedPolicyArns: [!Ref OrdersPolicy]\n      AssumeRolePolicyDocument:',
      ),
    ],
    [
      'a part of it in the managed policy for MSK',
      edited(
        SAM.replace(/ {14}- Sid: DescribeNetwork\n[\s\S]*$/, '').replace(
          / {14}- Sid: DescribeCluster\n[\s\S]*?(?= {14}- Sid: ConnectTo)/,
          '',
        ),
        [
          '      AssumeRolePolicyDocument:',
          '      ManagedPolicyArns: [!Sub "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaMSKExecutionRole"]\n      AssumeRolePolicyDocument:',
        ],
      ),
    ],
  ])('%s: nothing to say', (_, text) => {
    expect(told(folder.check(text))).toEqual([]);
  });

  describe('beside the role it has to be there before the mapping', () => {
    const BESIDE = policy('AWS::IAM::Policy', NAMED);
    const dependsOn = (type: string, written: string): Edit => [
      `    Type: ${type}\n`,
      `    Type: ${type}\n    DependsOn: ${written}\n`,
    ];

    test('which nothing says', () => {
      const { findings } = folder.check(BESIDE);

      expect(told({ findings })).toEqual(['warning policy-order']);
      expect(findings[0]?.place).toBe('Resources.OrdersMapping.DependsOn');
      expect(findings[0]?.found).toBe('does not name OrdersPolicy.');
    });

    test.each<[string, Edit]>([
      ['the mapping says', dependsOn('AWS::Lambda::EventSourceMapping', 'OrdersPolicy')],
      [
        'the function says, which the alias and so the mapping needs',
        dependsOn('AWS::Serverless::Function', '[OrdersPolicy]'),
      ],
      ['the alias says', dependsOn('AWS::Lambda::Alias', '[OrdersLogs, OrdersPolicy]')],
    ])('%s', (_, edit) => {
      expect(told(folder.check(edited(BESIDE, edit)))).toEqual([]);
    });

    test('but for one of which the service needs nothing to make the mapping', () => {
      const { findings } = folder.check(
        `${SAM}\n  More:\n    Type: AWS::IAM::Policy\n    Properties:\n${NAMED}      PolicyDocument: { Statement: [{ Effect: Allow, Action: 'logs:PutLogEvents', Resource: !GetAtt OrdersLogs.Arn }] }\n`,
      );

      expect(told({ findings })).toEqual([]);
    });
  });

  test('of a policy that somebody else keeps nothing is known', () => {
    const text = SAM.replace(INLINE, '      ManagedPolicyArns: [arn:aws:iam::111122223333:policy/orders]\n');

    const { findings } = folder.check(text);

    expect(new Set(findings.map(({ severity }) => severity))).toEqual(new Set(['unknown']));
    expect(findings[0]?.found).toContain(
      'what is in Resources.OrdersRole.Properties.ManagedPolicyArns[0] (orders) is not known here',
    );
  });

  test('a policy of which nobody can tell whose it is may be the one', () => {
    const text = policy('AWS::IAM::Policy', '      PolicyName: orders\n      Roles: [!ImportValue OrdersRole]\n');

    const { findings } = folder.check(text);

    expect(new Set(findings.map(({ severity }) => severity))).toEqual(new Set(['unknown']));
    expect(findings[0]?.found).toContain(
      'what is in Resources.OrdersPolicy.Properties.PolicyDocument is not known here',
    );
  });

  test('a policy of another role is none of this one', () => {
    const another = '\n  Another: { Type: AWS::IAM::Role, Properties: {} }\n';
    const text = policy('AWS::IAM::Policy', '      PolicyName: orders\n      Roles: [!Ref Another]\n') + another;

    expect(new Set(folder.check(text).findings.map(({ severity }) => severity))).toEqual(new Set(['error', 'unknown']));
  });

  test.each([
    ['met', 'true', []],
    ['not met', 'false', ['error table-permission']],
  ])('a statement under a condition of the template that is %s', (_, value, expected) => {
    const text = edited(
      SAM,
      ['Resources:\n', `Conditions:\n  Own: !Equals ['${value}', 'true']\n\nResources:\n`],
      [
        '              - Sid: ClaimRecords\n                Effect: Allow',
        '              - Fn::If:\n                - Own\n                - Sid: ClaimRecords\n                  Effect: Allow',
      ],
    ).replace(
      /(Sid: ClaimRecords\n {18}Effect: Allow\n)([\s\S]*?)(?= {14}- Sid: SendLetters)/,
      (_all, head: string, rest: string) =>
        `${head}${rest.replaceAll(/^ {16}/gm, '                  ')}                - !Ref AWS::NoValue\n`,
    );

    expect(told(folder.check(text))).toEqual(expected);
  });

  test('of a role of another template nothing is known', () => {
    const { findings } = folder.check(
      edited(SAM, ['Role: !GetAtt OrdersRole.Arn', 'Role: arn:aws:iam::111122223333:role/orders']),
    );

    expect(findings.map(({ severity, rule, also }) => [severity, rule, ...(also ?? [])])).toEqual([
      [
        'unknown',
        'role-trust',
        'table-permission',
        'dead-letter-permission',
        'cluster-permission',
        'consumer-permission',
        'network-permission',
        'role-policy',
        'policy-order',
        'permissions-boundary',
        'broad-permission',
      ],
    ]);
  });
});

describe('keys of the customer', () => {
  const KEY = '  Key: { Type: AWS::KMS::Key, Properties: {} }\n';
  const withKey = (...edits: Edit[]) => folder.check(edited(SAM, ['Resources:\n', `Resources:\n${KEY}`], ...edits));

  test.each<[string, Edit, string, string]>([
    [
      'of the table',
      [
        '      BillingMode:',
        '      SSESpecification: { SSEEnabled: true, SSEType: KMS, KMSMasterKeyId: !Ref Key }\n      BillingMode:',
      ],
      'error table-permission',
      'does not allow kms:Decrypt, kms:DescribeKey, kms:Encrypt, kms:ReEncryptFrom, kms:GenerateDataKey on the key of the idempotency table',
    ],
    [
      'of the queue',
      ['SqsManagedSseEnabled: true', 'KmsMasterKeyId: !GetAtt Key.Arn'],
      'error dead-letter-permission',
      'does not allow kms:GenerateDataKey, kms:Decrypt on the key of the queue',
    ],
    [
      'of the bucket',
      ['SSEAlgorithm: AES256', 'SSEAlgorithm: aws:kms, KMSMasterKeyID: !GetAtt Key.Arn'],
      'error dead-letter-permission',
      'does not allow kms:GenerateDataKey, kms:Decrypt on the key of the bucket',
    ],
  ])('%s: what the role lacks is named', (_, edit, expected, says) => {
    const checked = withKey(edit);

    expect(told(checked)).toEqual([expected]);
    expect(checked.findings[0]?.found).toContain(says);
  });

  test('a key of AWS needs no permission', () => {
    expect(told(withKey(['SqsManagedSseEnabled: true', 'KmsMasterKeyId: alias/aws/sqs']))).toEqual([]);
  });

  test('an alias of the customer may be any key', () => {
    expect(told(withKey(['SqsManagedSseEnabled: true', 'KmsMasterKeyId: alias/letters']))).toEqual([
      'unknown dead-letter-permission',
    ]);
  });
});

test('a cluster of the template that asks for IAM: what the role lacks is an error', () => {
  const serverless = edited(
    SAM.replace(/ {14}- Sid: ConnectToCluster\n[\s\S]*?(?= {14}- Sid: DescribeNetwork)/, ''),
    [
      'Resources:\n',
      'Resources:\n  Cluster: { Type: AWS::MSK::ServerlessCluster, Properties: { ClusterName: shop } }\n',
    ],
    ['EventSourceArn: !Ref ClusterArn', 'EventSourceArn: !Ref Cluster'],
    ['!Select [2, !Split [/, !Ref ClusterArn]]', '!Select [2, !Split [/, !Ref Cluster]]'],
    [
      'GetBootstrapBrokers]\n                Resource: !Ref ClusterArn',
      'GetBootstrapBrokers]\n                Resource: !Ref Cluster',
    ],
  );

  expect(told(folder.check(serverless))).toEqual([
    'error consumer-permission',
    'error consumer-permission',
    'error consumer-permission',
  ]);
});

test('a nested stack whose template is not here is not passed off as right', () => {
  const nested = `${SAM}\n  More:\n    Type: AWS::CloudFormation::Stack\n    Properties: { TemplateURL: https://example.com/more.yaml }\n`;

  expect(told(folder.check(nested))).toEqual(['unknown nested-stack']);
});

describe('statements that name what they leave out', () => {
  const FIRST = '              - Sid: WriteLogs\n';
  const first = (statement: string): Edit => [FIRST, `              - ${statement}\n${FIRST}`];

  test.each<[string, Edit, string[]]>([
    [
      'a refusal of all other actions',
      first("{ Effect: Deny, NotAction: ['dynamodb:*', 's3:*', 'kafka*:*', 'ec2:*'], Resource: '*' }"),
      ['error dead-letter-permission'],
    ],
    [
      'a refusal on all other resources',
      first("{ Effect: Deny, Action: 'sqs:*', NotResource: 'arn:aws:sqs:*:*:Other' }"),
      ['error dead-letter-permission'],
    ],
    [
      'a refusal that leaves out what is needed',
      first("{ Effect: Deny, Action: 'sqs:*', NotResource: !GetAtt OrdersLetters.Arn }"),
      [],
    ],
    ['all other actions allowed', ['Action: sqs:SendMessage', "NotAction: 'iam:*'"], ['warning broad-permission']],
    [
      'all but the one that is needed',
      ['Action: sqs:SendMessage', "NotAction: 'sqs:*'"],
      ['error dead-letter-permission', 'warning broad-permission'],
    ],
  ])('%s', (_, edit, expected) => {
    expect(told(folder.check(edited(SAM, edit)))).toEqual(expected);
  });

  test.each(['allow', undefined])('an effect that is %s: IAM refuses the policy', (effect) => {
    const checked = folder.check(
      edited(SAM, [
        'Sid: SendLetters\n                Effect: Allow\n',
        effect === undefined ? 'Sid: SendLetters\n' : `Sid: SendLetters\n                Effect: ${effect}\n`,
      ]),
    );

    expect(told(checked)).toEqual(['unknown dead-letter-permission', 'error role-policy']);
    expect(checked.findings[1]?.found).toContain('accepted are "Allow" and "Deny"');
  });
});

describe('policies of AWS that allow everything of a service', () => {
  const MANAGED = (...names: string[]) =>
    SAM.replace(
      / {6}# In the role and not[\s\S]*$/,
      `      ManagedPolicyArns: [${names.map((name) => `arn:aws:iam::aws:policy/${name}`).join(', ')}]\n`,
    );

  test.each<[string, string]>([
    ['AmazonDynamoDBFullAccess', 'table-permission'],
    ['AmazonSQSFullAccess', 'dead-letter-permission'],
    ['AmazonS3FullAccess', 'dead-letter-permission'],
  ])('%s is known, and broad', (name, rule) => {
    const checked = folder.check(MANAGED('service-role/AWSLambdaMSKExecutionRole', name));
    const before = folder.check(MANAGED('service-role/AWSLambdaMSKExecutionRole'));
    const count = (all: readonly string[]) => all.filter((one) => one === `error ${rule}`).length;

    expect(count(told(checked))).toBe(count(told(before)) - 1);
    expect(told(checked)).toContain('warning broad-permission');
  });

  test('a policy of one’s own that is called like one of AWS is another', () => {
    const own = SAM.replace(
      / {6}# In the role and not[\s\S]*$/,
      '      ManagedPolicyArns: [arn:aws:iam::111122223333:policy/AdministratorAccess]\n',
    );

    expect(new Set(folder.check(own).findings.map(({ severity }) => severity))).toEqual(new Set(['unknown']));
  });

  test('an administrator may do everything', () => {
    const { findings } = folder.check(MANAGED('AdministratorAccess'));

    expect(told({ findings })).toEqual(['warning broad-permission']);
    expect(findings[0]?.found).toBe('allows *.');
  });
});

test.each([
  ['met', 'true', []],
  ['not met', 'false', ['error cluster-permission', ...Array(3).fill('error network-permission')]],
])('a managed policy under a condition of the template that is %s', (_, value, expected) => {
  const text = edited(
    SAM.replace(/ {14}- Sid: DescribeNetwork\n[\s\S]*$/, '').replace(
      / {14}- Sid: DescribeCluster\n[\s\S]*?(?= {14}- Sid: ConnectTo)/,
      '',
    ),
    ['Resources:\n', `Conditions:\n  Own: !Equals ['${value}', 'true']\n\nResources:\n`],
    [
      '      AssumeRolePolicyDocument:',
      '      ManagedPolicyArns: [!If [Own, arn:aws:iam::aws:policy/service-role/AWSLambdaMSKExecutionRole, !Ref AWS::NoValue]]\n      AssumeRolePolicyDocument:',
    ],
  );

  expect(told(folder.check(text))).toEqual(expected);
});

describe('the role that SAM makes', () => {
  const GENERATED = SAM.replace(/ {2}OrdersRole:[\s\S]*$/, '').replace('      Role: !GetAtt OrdersRole.Arn\n', '');
  const OWN = /( {14}- Sid: ClaimRecords[\s\S]*?)(?= {14}- Sid: DescribeCluster)/.exec(SAM)?.[1] ?? '';
  const CONSUME = `              - Effect: Allow
                Action: [kafka-cluster:Connect, kafka-cluster:DescribeTopic, kafka-cluster:ReadData, kafka-cluster:AlterGroup, kafka-cluster:DescribeGroup]
                Resource: arn:aws:kafka:eu-west-1:111122223333:*/shop/*
`;
  const policies = (statements: string) => `      Policies:\n        - Statement:\n${statements}`;
  const event = (type: string, properties: string) =>
    `      AutoPublishAlias: orders-partial
      Events:
        Orders:
          Type: ${type}
          Properties:
${properties}            Topics: [orders]
            ConsumerGroupId: !Ref ConsumerGroupId
            StartingPosition: TRIM_HORIZON
            ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 4 }
            FunctionResponseTypes: [ReportBatchItemFailures]
            MetricsConfig: { Metrics: [EventCount, ErrorCount, KafkaMetrics] }
`;
  const withEvent = (text: string, more = '') =>
    GENERATED.replace(/ {2}OrdersAlias:[\s\S]*?(?= {2}OrdersMemory:)/, '').replace(
      '      Handler: index.handler\n',
      `      Handler: index.handler\n${text}${policies(`${OWN}${more}`)}`,
    );
  const MAPPING = `    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FunctionName: !Ref OrdersFunction
      EventSourceArn: !Ref ClusterArn
      Topics: [orders]
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: !Ref ConsumerGroupId }
      StartingPosition: TRIM_HORIZON
`;
  const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:brokers-AbCdEf';

  test('with an event of MSK it may describe the cluster and its network', () => {
    const text = withEvent(event('MSK', '            Stream: !Ref ClusterArn\n'), CONSUME);

    expect(told(folder.check(text)).filter((one) => !one.startsWith('warning'))).toEqual([]);
  });

  test('an event without an alias: what to write into the function is said', () => {
    const text = withEvent(event('MSK', '            Stream: !Ref ClusterArn\n'), CONSUME);
    const found = folder
      .check(edited(text, ['      AutoPublishAlias: orders-partial\n', '']))
      .findings.find(({ rule }) => rule === 'alias');

    expect(found?.place).toBe('Resources.OrdersFunction.Properties.AutoPublishAlias');
    expect(found?.change).toBe('Write AutoPublishAlias: <mapping>-partial, and AutoPublishAliasAllProperties: true.');
  });

  test('with brokers of your own it may read their secret and enter their network', () => {
    const own = event(
      'SelfManagedKafka',
      `            KafkaBootstrapServers: ['broker.example.com:9096']
            SourceAccessConfigurations:
              - { Type: SASL_SCRAM_512_AUTH, URI: ${SECRET} }
              - { Type: VPC_SUBNET, URI: 'subnet:subnet-1' }
              - { Type: VPC_SECURITY_GROUP, URI: 'security_group:sg-1' }
`,
    );

    expect(told(folder.check(withEvent(own)))).toEqual([]);
  });

  test('with a mapping of its own beside the function it gets nothing for the cluster', () => {
    const text = GENERATED.replace(
      '      Handler: index.handler\n',
      `      Handler: index.handler\n${policies(`${OWN}${CONSUME}`)}`,
    );

    expect(told(folder.check(text)).filter((one) => one.startsWith('error'))).toEqual([
      'error cluster-permission',
      'error network-permission',
      'error network-permission',
      'error network-permission',
    ]);
  });

  test('the permissions on the stores are judged where the cluster is not known', () => {
    const text = withEvent(event('MSK', '            Stream: !Ref ClusterArn\n')).replace(
      'dynamodb:PutItem',
      'dynamodb:GetItem',
    );
    const checked = folder.check(text, { parameters: {} });

    expect(told(checked)).toContain('error table-permission');
    expect(checked.findings.find(({ rule }) => rule === 'table-permission')?.place).toBe(
      'Resources.OrdersFunction.Properties.Policies',
    );
  });

  test('policies that a condition of the template chooses', () => {
    const text = withEvent(event('MSK', '            Stream: !Ref ClusterArn\n'), CONSUME);
    const chosen = (value: string) =>
      edited(
        text,
        ['Resources:\n', `Conditions: { Own: !Equals [${value}, a] }\nResources:\n`],
        [
          policies(`${OWN}${CONSUME}`),
          `      Policies:\n        Fn::If:\n          - Own\n          - - Statement:\n${`${OWN}${CONSUME}`.replaceAll(/^/gm, '  ').trimEnd()}\n          - !Ref AWS::NoValue\n`,
        ],
      );

    expect(told(folder.check(chosen('a'))).filter((one) => !one.startsWith('warning'))).toEqual([]);
    expect(told(folder.check(chosen('b')))).toContain('error table-permission');
  });

  test('a policy that a condition of the template leaves out is none', () => {
    const text = withEvent(event('MSK', '            Stream: !Ref ClusterArn\n'), CONSUME);
    const more = edited(
      text,
      ['      Policies:\n', '      Policies:\n        - !If [Own, Unknown, !Ref AWS::NoValue]\n'],
      ['Resources:\n', 'Conditions: { Own: !Equals [a, b] }\nResources:\n'],
      ['dynamodb:PutItem', 'dynamodb:GetItem'],
    );

    expect(told(folder.check(more))).toContain('error table-permission');
  });

  test('a limit on the role that SAM makes is told of the function', () => {
    const text = withEvent(event('MSK', '            Stream: !Ref ClusterArn\n'), CONSUME).replace(
      '      Policies:\n',
      '      PermissionsBoundary: arn:aws:iam::111122223333:policy/limit\n      Policies:\n',
    );
    const found = folder.check(text).findings.find(({ rule }) => rule === 'permissions-boundary');

    expect(found?.place).toBe('Resources.OrdersFunction.Properties.PermissionsBoundary');
  });

  test.each([
    ['SQS', 'arn:aws:sqs:eu-west-1:111122223333:given-up'],
    ['SNS', 'arn:aws:sns:eu-west-1:111122223333:given-up'],
    ['S3', 'arn:aws:s3:::given-up'],
  ])('may or may not write to a destination: SAM lets it where the event has a Type, such as %s', (type, arn) => {
    const destination = `            DestinationConfig: { OnFailure: { Type: ${type}, Destination: '${arn}' } }\n`;
    const text = withEvent(event('MSK', `            Stream: !Ref ClusterArn\n${destination}`), CONSUME);
    const found = told(folder.check(text)).filter((one) => one.endsWith('destination-permission'));

    expect(new Set(found)).toEqual(new Set(['unknown destination-permission']));
  });

  const WITHOUT_TABLE: Edit = ['                  - dynamodb:PutItem\n', ''];
  const CONNECTED = '{ Source: { Id: OrdersFunction }, Destination: { Id: OrdersMemory }, Permissions: [Read, Write] }';

  test.each<[string, Edit, string]>([
    [
      'a connector',
      ['Resources:\n', `Resources:\n  Reach: { Type: AWS::Serverless::Connector, Properties: ${CONNECTED} }\n`],
      'Resources.Reach',
    ],
    [
      'a connector of its own',
      [
        '  OrdersFunction:\n',
        '  OrdersFunction:\n    Connectors: { Reach: { Properties: { Destination: { Id: OrdersMemory }, Permissions: [Write] } } }\n',
      ],
      'Resources.OrdersFunction.Connectors.Reach',
    ],
  ])('with %s may do more than is written here', (_, connector, place) => {
    const text = withEvent(event('MSK', '            Stream: !Ref ClusterArn\n'), CONSUME);
    const { findings } = folder.check(edited(text, WITHOUT_TABLE, connector));

    expect(told({ findings }).filter((one) => !one.startsWith('warning'))).toEqual(['unknown table-permission']);
    expect(findings[0]?.found).toContain(`what is in ${place} is not known here`);
  });

  test('with a connector of another function it may do no more', () => {
    const text = withEvent(event('MSK', '            Stream: !Ref ClusterArn\n'), CONSUME);
    const other = `Resources:\n  Reach: { Type: AWS::Serverless::Connector, Properties: ${CONNECTED.replace('OrdersFunction', 'Other')} }\n`;

    expect(told(folder.check(edited(text, WITHOUT_TABLE, ['Resources:\n', other])))).toContain(
      'error table-permission',
    );
  });

  test('takes a policy of the template that names it', () => {
    const text = withEvent(event('MSK', '            Stream: !Ref ClusterArn\n'), CONSUME);
    const statements = `${OWN}${CONSUME}`;
    const beside = `${edited(text, [policies(statements), ''])}
  OrdersPolicy:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: orders
      Roles: [!Ref OrdersFunctionRole]
      PolicyDocument:
        Statement:
${statements}`;

    const { findings } = folder.check(beside);

    expect(told({ findings }).filter((one) => !one.startsWith('warning'))).toEqual([]);
    expect(findings.find(({ rule }) => rule === 'policy-order')?.place).toBe('Resources.OrdersFunction.DependsOn');
  });

  test('in a network of its own it may make interfaces', () => {
    const text = edited(
      withEvent(event('MSK', '            Stream: !Ref ClusterArn\n'), CONSUME)
        .replace('          Type: MSK\n', '          Type: SQS\n')
        .replace(/( {10}Properties:\n)( {12}Stream:[\s\S]*?)(?= {6}Policies:)/, '$1            Queue: a\n'),
      [
        '      Handler: index.handler\n',
        '      Handler: index.handler\n      VpcConfig: { SubnetIds: [subnet-1], SecurityGroupIds: [sg-1] }\n',
      ],
      ['Resources:\n', `Resources:\n  OrdersMapping:\n${MAPPING}`],
    );
    const missing = folder
      .check(text)
      .findings.filter(({ rule }) => rule === 'network-permission')
      .map(({ found }) => found);

    expect(missing.join()).toContain('ec2:DescribeSecurityGroups, ec2:DescribeVpcs on');
    expect(missing).toHaveLength(1);
  });

  test('a policy template that is not known is named', () => {
    const text = GENERATED.replace(
      '      Handler: index.handler\n',
      '      Handler: index.handler\n      Policies: [{ DynamoDBStreamReadPolicy: { TableName: a, StreamName: b } }]\n',
    );

    expect(folder.check(text).findings[0]?.found).toContain('Policies[0] (DynamoDBStreamReadPolicy) is not known here');
  });
});

import { Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { FunctionVersion, KafkaMapping, type KafkaMappingProps, Pollers } from '../../lib';
import { ownFunction, processorOver } from './fixture/own-function';
import { refusal } from './fixture/refusal';
import { app, CLUSTER_ARN, CLUSTER_UUID, type Json, only, processor, source, stack } from './fixture/stack';

const pollers = Pollers.provisioned({ minimum: 1, maximum: 1 });
const mappings = (template: Template) => Object.values(template.findResources('AWS::Lambda::EventSourceMapping'));
const sidsOf = (template: Template) =>
  only(template, 'AWS::IAM::Policy').Properties.PolicyDocument.Statement.map(({ Sid }: Json) => Sid);
const variablesOf = (template: Template) => only(template, 'AWS::Lambda::Function').Properties.Environment.Variables;

describe('several sources of one function', () => {
  const returns = (scope: Stack, fn: lambda.Function, props: Partial<KafkaMappingProps> = {}, id = 'Returns') =>
    new KafkaMapping(scope, id, { function: fn, source: source({ topic: 'returns' }), pollers, ...props });

  test('have an alias, a mapping and an entry in the environment each', () => {
    const scope = stack();
    returns(scope, processor(scope).function, { pollers: Pollers.onDemand() });

    const template = Template.fromStack(scope);
    expect(
      Object.values(template.findResources('AWS::Lambda::Alias')).map(({ Properties }) => Properties.Name),
    ).toEqual(['Orders-partial', 'Returns-throw']);
    expect(mappings(template).map(({ Properties }) => Properties.Topics)).toEqual([['orders'], ['returns']]);
    expect(JSON.parse(variablesOf(template).MSK_ONCE_MAPPINGS)).toEqual({
      Orders: { consumer: 'Shop-Orders', source: CLUSTER_UUID, generation: 1 },
      Returns: { consumer: 'Shop-Returns', source: CLUSTER_UUID, generation: 1 },
    });
  });

  test('have statements of their own names where they differ, and share those that do not', () => {
    const scope = stack();
    const { function: fn } = processor(scope);
    // Both are `ordersreturns` in a sid, which has no dash.
    returns(scope, fn, { source: source({ topic: 'a-topic' }) }, 'orders-returns');
    returns(scope, fn, { source: source({ topic: 'b-topic' }) }, 'orders_returns');

    const sids = sidsOf(Template.fromStack(scope));
    expect(sids).toEqual(
      expect.arrayContaining(['ReadTopic', 'ReadTopicordersreturns', 'ReadTopicordersreturns2', 'JoinConsumerGroup']),
    );
    expect(new Set(sids).size).toBe(sids.length);
    expect(sids.filter((sid: string) => sid.startsWith('ConnectToCluster'))).toEqual(['ConnectToCluster']);
  });

  test('may be the same topic of two clusters', () => {
    const scope = stack();
    const other = CLUSTER_ARN.replaceAll('0a1b2c3d', '9f8e7d6c');
    returns(scope, processor(scope).function, { source: source({ clusterArn: other }) });

    const template = Template.fromStack(scope);
    expect(mappings(template).map(({ Properties }) => Properties.EventSourceArn)).toEqual([CLUSTER_ARN, other]);
    Annotations.fromStack(scope).hasNoWarning('*', Match.stringLikeRegexp('calls the same function'));
  });

  test('may be in another stack than the function', () => {
    const shop = new Stack(app(), 'Shop');
    const mall = new Stack(shop.node.root as never, 'Mall');
    const { function: fn } = processor(shop);
    returns(mall, fn);

    const [one, other] = [Template.fromStack(shop), Template.fromStack(mall)];
    expect(only(other, 'AWS::Lambda::Alias').Properties.Name).toBe('Returns-partial');
    expect(only(other, 'AWS::Lambda::EventSourceMapping').Properties.Topics).toEqual(['returns']);
    expect(JSON.parse(variablesOf(one).MSK_ONCE_MAPPINGS)).toMatchObject({ Returns: { consumer: 'Mall-Returns' } });
    expect(sidsOf(one)).toContain('ReadTopicReturns');
  });

  test('share the version that a deployment publishes, and a further one makes it another', () => {
    const versionOf = (isTwo: boolean) => {
      const scope = stack();
      const version = FunctionVersion.CURRENT;
      const { function: fn } = processor(scope, { version });
      if (isTwo) returns(scope, fn, { version });
      return only(Template.fromStack(scope), 'AWS::Lambda::Version').logicalId;
    };

    expect(versionOf(true)).not.toBe(versionOf(false));
  });

  test('with one mapping name are refused, from two stacks too', () => {
    const shop = new Stack(app(), 'Shop');
    const mall = new Stack(shop.node.root as never, 'Mall');
    const { function: fn } = processor(shop);

    expect(refusal(() => returns(mall, fn, {}, 'Orders'), 'Mall/Orders')).toContain(
      'mappingName is "Orders", accepted is a name that no other mapping of this function has. Set another mappingName',
    );
  });

  test('of functions that share a role have statements of their own names, too', () => {
    const scope = stack();
    const { role, function: fn } = processor(scope);
    returns(scope, fn);
    new KafkaMapping(scope, 'Refunds', {
      function: ownFunction(scope, { role: role as never }),
      source: source({ topic: 'refunds' }),
      pollers,
    });

    const sids = sidsOf(Template.fromStack(scope));
    expect(sids).toEqual(expect.arrayContaining(['ReadTopic', 'ReadTopicReturns', 'ReadTopicRefunds']));
    expect(new Set(sids).size).toBe(sids.length);
  });
});

describe("a user's own function", () => {
  const over = (props: Partial<lambda.FunctionProps>) => {
    const scope = stack();
    new KafkaMapping(scope, 'Orders', { function: ownFunction(scope, props), source: source(), pollers });
    return scope;
  };

  test('has the same limits: time-out and memory', () => {
    expect(refusal(() => over({ timeout: Duration.minutes(15) }))).toContain(
      'timeout is "15 minutes", accepted is whole seconds, from 1 to 840.',
    );
    expect(refusal(() => over({ memorySize: 191 }))).toContain('memorySize is 191, accepted is at least 192 MB');
  });

  test.each<[string, (fn: lambda.Function) => unknown, string[]]>([
    ['nobody told of a table', () => undefined, ['/Shop/Orders']],
    ['its owner told of one', (fn) => fn.addEnvironment('MSK_ONCE_TABLE', 'memory'), []],
    ['has a processor, also a later one', (fn) => processorOver(fn, Stack.of(fn) as Stack, {}, 'Refunds'), []],
  ])('that %s: a warning for %j', (_, tell, expected) => {
    const scope = over({});
    tell(scope.node.findChild('Own') as lambda.Function);

    const found = Annotations.fromStack(scope).findWarning('*', Match.stringLikeRegexp('Own has no MSK_ONCE_TABLE'));
    expect(found.map(({ id }) => id)).toEqual(expected);
  });

  test("that says nothing of its memory has Lambda's 128 MB, which is too little", () => {
    const scope = stack();
    const fn = ownFunction(scope);
    (fn.node.defaultChild as Json).memorySize = undefined;

    expect(refusal(() => new KafkaMapping(scope, 'Orders', { function: fn, source: source(), pollers }))).toContain(
      'memorySize is 128, accepted is at least 192 MB for batches of 100. Raise the memory',
    );
  });
});

describe('replacing a mapping takes two deployments', () => {
  // Source: the resource schema of AWS::Lambda::EventSourceMapping, createOnlyProperties; reference 5.1.
  test('because of these, which come to the same with every release', () => {
    const [{ Properties } = {} as never] = mappings(Template.fromStack(processor(stack()).node.scope as Stack));

    const { EventSourceArn, StartingPosition, Topics, AmazonManagedKafkaEventSourceConfig } = Properties;
    expect({ EventSourceArn, StartingPosition, Topics, AmazonManagedKafkaEventSourceConfig }).toEqual({
      EventSourceArn: CLUSTER_ARN,
      StartingPosition: 'TRIM_HORIZON',
      Topics: ['orders'],
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'Shop-Orders' },
    });
    expect(Properties).not.toHaveProperty('StartingPositionTimestamp');
    expect(Properties).not.toHaveProperty('SelfManagedEventSource');
  });

  test('the first has no mapping, and nothing that refers to it: function, alias and memory stay', () => {
    const before = stack();
    processor(before);
    const scope = stack();
    processor(scope).node.tryRemoveChild('Mapping');

    const resources = Object.entries(Template.fromStack(scope).toJSON().Resources as Json);
    const gone = Object.keys(Template.fromStack(before).toJSON().Resources).filter(
      (id) => !resources.some(([known]) => known === id),
    );
    expect(gone).toEqual(['OrdersMapping4DDFF7C3']);
    expect(
      resources.filter(([, resource]) => JSON.stringify(resource).includes('OrdersMapping')).map(([id]) => id),
    ).toEqual([]);
  });

  test('the second has the new one, under the logical id of the old one', () => {
    const scope = stack();
    processor(scope, { source: source({ topic: 'orders-v2' }) });

    expect(only(Template.fromStack(scope), 'AWS::Lambda::EventSourceMapping')).toMatchObject({
      logicalId: 'OrdersMapping4DDFF7C3',
      Properties: { Topics: ['orders-v2'] },
    });
  });
});

describe('a construct warns of a memory that is not what it seems (L8)', () => {
  const warnings = (scope: Stack) =>
    Annotations.fromStack(scope)
      .findWarning('*', Match.stringLikeRegexp('calls the same function|was recreated'))
      .map(({ id }) => id);

  test('where a function reads a topic twice: every record takes effect twice', () => {
    const scope = stack();
    const { function: fn } = processor(scope);
    new KafkaMapping(scope, 'Again', { function: fn, source: source(), pollers });

    expect(warnings(scope)).toEqual(['/Shop/Again']);
  });

  test.each([
    [2, lambda.StartingPosition.LATEST, ['/Shop/Orders']],
    [2, lambda.StartingPosition.TRIM_HORIZON, []],
    [1, lambda.StartingPosition.LATEST, []],
  ])('generation %d from %s: %j', (generation, startingPosition, expected) => {
    const scope = stack();
    processor(scope, { generation, source: source({ startingPosition }) });

    expect(warnings(scope)).toEqual(expected);
  });
});

describe('a key for the filters', () => {
  const filters = [lambda.FilterCriteria.filter({ value: { state: ['paid'] } })];
  const filtered = (keyOf: (scope: Stack) => kms.IKey, given: Json = { filters }) => {
    const scope = new Stack(app(), 'Shop', { env: { region: 'eu-west-1', account: '111122223333' } });
    processor(scope, { source: source(given), filterEncryption: keyOf(scope) });
    return scope;
  };
  const own = (scope: Stack) => new kms.Key(scope, 'Key') as kms.IKey;
  const imported = (scope: Stack) =>
    kms.Key.fromKeyArn(scope, 'Key', 'arn:aws:kms:eu-west-1:111122223333:key/0a1b') as kms.IKey;
  const unreadable = Match.stringLikeRegexp('The policy of the key of filterEncryption cannot be changed');

  test('encrypts them, and Lambda in this region may decrypt for mappings of this account', () => {
    const scope = filtered(own);

    const template = Template.fromStack(scope);
    expect(only(template, 'AWS::Lambda::EventSourceMapping').Properties.KmsKeyArn).toEqual({
      'Fn::GetAtt': ['Key961B73FD', 'Arn'],
    });
    expect(only(template, 'AWS::KMS::Key').Properties.KeyPolicy.Statement).toContainEqual({
      Sid: 'ReadFiltersOfMappings',
      Effect: 'Allow',
      Principal: { Service: ['lambda.amazonaws.com', 'lambda.eu-west-1.amazonaws.com'] },
      Action: 'kms:Decrypt',
      Resource: '*',
      Condition: {
        ArnLike: {
          'aws:SourceArn': {
            'Fn::Join': [
              '',
              ['arn:', { Ref: 'AWS::Partition' }, ':lambda:eu-west-1:111122223333:event-source-mapping:*'],
            ],
          },
        },
      },
    });
    Annotations.fromStack(scope).hasNoWarning('*', unreadable);
  });

  test('that is imported is used, and the construct says what its policy has to allow', () => {
    const scope = filtered(imported);

    expect(only(Template.fromStack(scope), 'AWS::Lambda::EventSourceMapping').Properties.KmsKeyArn).toBe(
      'arn:aws:kms:eu-west-1:111122223333:key/0a1b',
    );
    Annotations.fromStack(scope).hasWarning('/Shop/Orders', unreadable);
  });

  test('of another region is refused', () => {
    const far = (scope: Stack) =>
      kms.Key.fromKeyArn(scope, 'Key', 'arn:aws:kms:eu-central-1:111122223333:key/0a1b') as kms.IKey;

    expect(refusal(() => filtered(far))).toContain('region of filterEncryption is "eu-central-1"');
  });

  test('without filters is left alone', () => {
    const scope = filtered(imported, {});

    expect(only(Template.fromStack(scope), 'AWS::Lambda::EventSourceMapping').Properties).not.toHaveProperty(
      'KmsKeyArn',
    );
    Annotations.fromStack(scope).hasNoWarning('*', unreadable);
  });
});

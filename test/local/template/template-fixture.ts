// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub is written like this.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readStack, type Stack, type StackOptions } from '../../../local/template/stack';

/** Loose on purpose: tests put wrong values, too. */
export type Properties = Record<string, unknown>;

export interface TemplateInput {
  readonly Parameters?: unknown;
  readonly Mappings?: unknown;
  readonly Conditions?: unknown;
  readonly Globals?: unknown;
  readonly Resources: Record<string, unknown>;
}

export function temporaryFolder(): { path: string; remove(): void } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'msk-once-test-')));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export function write(root: string, files: Readonly<Record<string, unknown>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
}

/** A template file, and beside it the folder `asset.flights` with code. */
export function stackOf(root: string, template: TemplateInput, options: StackOptions = {}): Stack {
  const directory = mkdtempSync(join(root, 'template-'));
  write(directory, { 'Demo.template.json': template, 'asset.flights/index.mjs': '' });
  return readStack(join(directory, 'Demo.template.json'), options);
}

/** What a wrong template is refused with. */
export function refusal(work: () => unknown): { code: string; message: string } {
  try {
    work();
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return { code, message };
  }
  throw new Error('nothing was refused');
}

/** The resources of a stack as the CDK writes them, with changes to function, mapping and alias. */
export function cdkResources(changes: { mapping?: Properties; lambda?: Properties; alias?: Properties } = {}) {
  return {
    Counters57A7C2: {
      Type: 'AWS::DynamoDB::GlobalTable',
      Properties: {
        TableName: 'Counters',
        KeySchema: [{ AttributeName: 'airport', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'airport', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
        Replicas: [{ Region: { Ref: 'AWS::Region' } }],
      },
    },
    FlightsFunction0FD0E4: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: {
          S3Bucket: { 'Fn::Sub': 'cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}' },
          S3Key: 'flights.zip',
        },
        Environment: {
          Variables: { COUNTERS_TABLE: { Ref: 'Counters57A7C2' }, REGION: { Ref: 'AWS::Region' } },
        },
        Handler: 'index.handler',
        Runtime: 'nodejs22.x',
        Role: { 'Fn::GetAtt': ['Elsewhere', 'Arn'] },
        Timeout: 60,
        MemorySize: 512,
        ...changes.lambda,
      },
      Metadata: { 'aws:asset:path': 'asset.flights', 'aws:asset:is-bundled': true, 'aws:asset:property': 'Code' },
    },
    FlightsAlias1B1F9B: {
      Type: 'AWS::Lambda::Alias',
      Properties: {
        FunctionName: { Ref: 'FlightsFunction0FD0E4' },
        FunctionVersion: '$LATEST',
        Name: 'flights-partial',
        ...changes.alias,
      },
    },
    FlightsMapping2C9D: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'demo-Flights' },
        EventSourceArn: 'arn:aws:kafka:us-east-1:111122223333:cluster/demo/0a1b2c3d-2',
        FunctionName: {
          'Fn::Join': [
            '',
            [{ 'Fn::Select': [6, { 'Fn::Split': [':', { Ref: 'FlightsAlias1B1F9B' }] }] }, ':flights-partial'],
          ],
        },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 4 },
        StartingPosition: 'TRIM_HORIZON',
        Topics: ['flights'],
        ...changes.mapping,
      },
    },
  };
}

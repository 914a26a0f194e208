import { type CfnElement, Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

// What cdk-nag's AwsSolutions find in the stacks, and why it is right as it is.

interface Acknowledgement {
  /** Where the finding is, below the construct. */
  readonly path: string;
  /** As cdk-nag names it. */
  readonly finding: string;
  readonly reason: string;
}

/** Of EC2's resources, as cdk-nag writes them: one of the region of the stack, whatever its name. */
const anyOf = (resource: string, account = '<AWS::AccountId>') =>
  `Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:${account}:${resource}/*`;

const NETWORK_INTERFACES: readonly Omit<Acknowledgement, 'path'>[] = [
  { finding: 'IAM5[Resource::*]', reason: 'EC2 allows no resource for its Describe actions.' },
  {
    finding: `IAM5[${anyOf('network-interface')}]`,
    reason: 'EC2 chooses the ids of the interfaces that Lambda makes with this role, and deletes again.',
  },
  {
    finding: `IAM5[${anyOf('subnet', '*')}]`,
    reason:
      'To make an interface is allowed in a subnet too, which another account may share; only Lambda acts with this role.',
  },
  {
    finding: `IAM5[${anyOf('security-group', '*')}]`,
    reason:
      'To make an interface is allowed in a security group too, of either account; only Lambda acts with this role.',
  },
];

/** Of a `KafkaProcessor`. */
export function acknowledgeProcessor(processor: IConstruct): void {
  const bucket = processor.node.findChild('DeadLetterBucket').node.defaultChild as CfnElement;
  acknowledge(processor, [
    ...at('Role', NETWORK_INTERFACES),
    {
      path: 'Role',
      finding: `IAM5[Resource::<${Stack.of(bucket).getLogicalId(bucket)}.Arn>/parked/*]`,
      reason: 'Each letter is an object of a name of its own, below this folder.',
    },
    {
      path: 'DeadLetterBucket',
      finding: 'S1',
      reason:
        'Only the function writes letters and only an operator reads them: CloudTrail data events tell of both, without a second bucket.',
    },
    {
      path: 'DeadLetterQueue',
      finding: 'SQS3',
      reason: 'It is the dead-letter queue. No function consumes it, so that nothing in it can fail.',
    },
  ]);
}

/** Of a `DemoCluster`. */
export function acknowledgeDemoCluster(cluster: IConstruct): void {
  acknowledge(cluster, [
    {
      path: 'Vpc',
      finding: 'VPC7',
      reason: 'No way leads into the network or out of it, and there is nothing in it but the demo.',
    },
  ]);
}

/** Of a `FlightProducer`. */
export function acknowledgeFlightProducer(producer: IConstruct): void {
  acknowledge(producer, [
    ...at('FunctionRole', NETWORK_INTERFACES),
    {
      path: 'FunctionRole',
      finding: `IAM5[${anyOf('*')}]`,
      reason: 'Lambda may refuse a role that manages interfaces of some ids only; only Lambda acts with this one.',
    },
  ]);
}

function at(path: string, found: readonly Omit<Acknowledgement, 'path'>[]): Acknowledgement[] {
  return found.map((each) => ({ path, ...each }));
}

function acknowledge(scope: IConstruct, acknowledgements: readonly Acknowledgement[]): void {
  for (const { path, finding, reason } of acknowledgements) {
    Validations.of(scope.node.findChild(path)).acknowledge({ id: `AwsSolutions::AwsSolutions-${finding}`, reason });
  }
}

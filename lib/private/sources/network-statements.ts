import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** Where the pollers enter a network. */
export interface PollerNetwork {
  readonly subnetIds: string[];
  readonly securityGroupIds: string[];
}

/**
 * The pollers enter the network of the brokers through network interfaces that Lambda makes with the function's role.
 * Source: Lambda Developer Guide, the policy AWSLambdaMSKExecutionRole, narrowed to resources.
 *
 * @param network undefined: that of an MSK cluster, which its ARN does not tell
 */
export function networkStatements(scope: IConstruct, network?: PollerNetwork): iam.PolicyStatement[] {
  const arn = (resource: string, resourceName: string, account?: string) =>
    Stack.of(scope).formatArn({ service: 'ec2', resource, resourceName, ...(account !== undefined && { account }) });
  // An account may share its subnets and security groups with others, and their ARNs name the owner.
  const each = (resource: string, ids: string[] | undefined) => (ids ?? ['*']).map((id) => arn(resource, id, '*'));
  return [
    new iam.PolicyStatement({
      sid: 'DescribeNetwork',
      actions: [
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSubnets',
        'ec2:DescribeVpcs',
      ],
      // EC2 allows no resource for its Describe actions.
      resources: ['*'],
    }),
    new iam.PolicyStatement({
      sid: 'CreateNetworkInterface',
      actions: ['ec2:CreateNetworkInterface'],
      resources: [
        arn('network-interface', '*'),
        ...each('subnet', network?.subnetIds),
        ...each('security-group', network?.securityGroupIds),
      ],
    }),
    new iam.PolicyStatement({
      sid: 'DeleteNetworkInterface',
      actions: ['ec2:DeleteNetworkInterface'],
      resources: [arn('network-interface', '*')],
    }),
  ];
}

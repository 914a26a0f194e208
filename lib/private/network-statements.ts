import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/**
 * The pollers enter the network of the brokers through network interfaces that Lambda makes with the function's role.
 * Source: Lambda Developer Guide, the policy AWSLambdaMSKExecutionRole, narrowed to resources.
 */
export function networkStatements(scope: IConstruct): iam.PolicyStatement[] {
  const all = (resource: string) => Stack.of(scope).formatArn({ service: 'ec2', resource, resourceName: '*' });
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
      resources: [all('network-interface'), all('subnet'), all('security-group')],
    }),
    new iam.PolicyStatement({
      sid: 'DeleteNetworkInterface',
      actions: ['ec2:DeleteNetworkInterface'],
      resources: [all('network-interface')],
    }),
  ];
}

import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/**
 * Lambda makes the interfaces of a function in a network with the function's role. The policy
 * AWSLambdaVPCAccessExecutionRole, narrowed to resources and without its access to all logs.
 * Source: Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC".
 */
export function functionNetworkStatements(scope: IConstruct): iam.PolicyStatement[] {
  const all = (resource: string, account = Stack.of(scope).account) =>
    Stack.of(scope).formatArn({ service: 'ec2', resource, resourceName: '*', account });
  return [
    new iam.PolicyStatement({
      sid: 'DescribeFunctionNetwork',
      actions: ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'],
      // EC2 allows no resource for its Describe actions.
      resources: ['*'],
    }),
    new iam.PolicyStatement({
      sid: 'CreateFunctionInterface',
      actions: ['ec2:CreateNetworkInterface'],
      // An account may share its subnets and security groups with others, and their ARNs name the owner.
      resources: [all('network-interface'), all('subnet', '*'), all('security-group', '*')],
    }),
    new iam.PolicyStatement({
      sid: 'ManageFunctionInterface',
      actions: ['ec2:AssignPrivateIpAddresses', 'ec2:DeleteNetworkInterface', 'ec2:UnassignPrivateIpAddresses'],
      // The guide asks for all resource ids here: with those of interfaces alone Lambda may refuse the role.
      resources: [all('*')],
    }),
  ];
}

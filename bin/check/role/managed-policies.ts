interface Managed {
  readonly actions: readonly string[];
  readonly resource: string;
  /** Far more than the function needs. */
  readonly isBroad?: true;
}

function everythingOf(action: string): readonly Managed[] {
  return [{ actions: [action], resource: '*', isBroad: true }];
}

/** What managed policies of AWS grant of what is asked about here. Source: AWS Managed Policy Reference; Lambda Developer Guide for MSK's. */
export const MANAGED: Readonly<Record<string, readonly Managed[]>> = {
  AWSLambdaMSKExecutionRole: [
    {
      actions: [
        'kafka:DescribeCluster',
        'kafka:DescribeClusterV2',
        'kafka:GetBootstrapBrokers',
        'ec2:CreateNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeVpcs',
        'ec2:DeleteNetworkInterface',
        'ec2:DescribeSubnets',
        'ec2:DescribeSecurityGroups',
      ],
      resource: '*',
    },
  ],
  AWSLambdaVPCAccessExecutionRole: [
    {
      actions: [
        'ec2:CreateNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSubnets',
        'ec2:DeleteNetworkInterface',
      ],
      resource: '*',
    },
  ],
  AdministratorAccess: everythingOf('*'),
  AmazonDynamoDBFullAccess: everythingOf('dynamodb:*'),
  AmazonSQSFullAccess: everythingOf('sqs:*'),
  AmazonS3FullAccess: everythingOf('s3:*'),
  // Nothing of it.
  AWSLambdaBasicExecutionRole: [],
  AWSXRayDaemonWriteAccess: [],
  CloudWatchLambdaInsightsExecutionRolePolicy: [],
};

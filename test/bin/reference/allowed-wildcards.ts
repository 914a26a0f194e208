type AllowedWildcard = readonly [resource: RegExp, actions: readonly string[], why: string];

/**
 * Every resource with a wildcard that a statement may have, as `npm run iam` writes it: who, the actions, and why the
 * service allows nothing narrower. Source unless said otherwise: Service Authorization Reference, the column of resource
 * types of each action.
 */
export const ALLOWED_WILDCARDS: readonly AllowedWildcard[] = [
  [
    /^role \*$/,
    ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSecurityGroups', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs'],
    'Describe actions of EC2 have no resource types',
  ],
  [
    /^role \*$/,
    ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
    'actions of X-Ray that write have no resource types',
  ],
  [
    /^role arn:<partition>:ec2:<region>:<account>:network-interface\/\*$/,
    ['ec2:CreateNetworkInterface'],
    'the interface has no id yet',
  ],
  [
    /^role arn:<partition>:ec2:<region>:\*:(subnet|security-group)\/\*$/,
    ['ec2:CreateNetworkInterface'],
    'subnets and groups are those of the brokers, which the stack need not know; VPCs are shared between accounts',
  ],
  [
    /^role arn:<partition>:ec2:<region>:\*:(subnet|security-group)\/<[^*]+>$/,
    ['ec2:CreateNetworkInterface'],
    'the one subnet or group, of whichever account: VPCs are shared between accounts',
  ],
  [
    /^role arn:<partition>:glue:<region>:<account>:schema\/orders\/\*$/,
    ['glue:GetSchemaVersion'],
    'each schema of the one registry: records name theirs',
  ],
  [
    /^role arn:<partition>:ec2:<region>:<account>:network-interface\/\*$/,
    ['ec2:DeleteNetworkInterface'],
    'EC2 chooses the ids of the interfaces that Lambda makes',
  ],
  [
    /^role arn:<partition>:ec2:<region>:<account>:\*\/\*$/,
    ['ec2:AssignPrivateIpAddresses', 'ec2:DeleteNetworkInterface', 'ec2:UnassignPrivateIpAddresses'],
    'Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC": all resource ids',
  ],
  [/^role <\w*DeadLetterBucket\w*>\/parked\/\*$/, ['s3:PutObject'], 'each letter is an object, below one folder'],
  [/^role <Discarded\w*>\/\*$/, ['s3:PutObject'], 'Lambda chooses the names of the objects, in a bucket for them'],
  [/^resource policy <\w*DeadLetterBucket\w*>\/\*$/, ['s3:*'], 'a denial: every object of the bucket'],
  [/^key policy \*$/, ['*'], 'KMS Developer Guide, "Key policies": in a key policy it is the key itself'],
];

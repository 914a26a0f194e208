import type { Reason } from '../reason-of';

/** What pollers may do: they act with the role of the function. */
export const MAPPING_REASONS: readonly Reason[] = [
  {
    kind: 'role',
    sid: 'DescribeCluster',
    actions: ['kafka:DescribeCluster', 'kafka:DescribeClusterV2', 'kafka:GetBootstrapBrokers'],
    text: 'The pollers look up the network and the addresses of the brokers.',
  },
  {
    kind: 'role',
    sid: 'ConnectToCluster',
    actions: ['kafka-cluster:Connect'],
    text: 'The pollers connect to the brokers with IAM.',
  },
  {
    kind: 'role',
    sid: 'ReadTopic',
    actions: ['kafka-cluster:DescribeTopic', 'kafka-cluster:ReadData'],
    text: 'The pollers read the one topic.',
  },
  {
    kind: 'role',
    sid: 'JoinConsumerGroup',
    actions: ['kafka-cluster:AlterGroup', 'kafka-cluster:DescribeGroup'],
    text: 'The pollers are the one consumer group, and commit its offsets.',
  },
  {
    kind: 'role',
    sid: 'DescribeVpcConnection',
    actions: ['kafka:DescribeVpcConnection'],
    text: "The pollers look up the connection to another account's cluster.",
  },
  {
    kind: 'role',
    sid: 'ListScramSecrets',
    actions: ['kafka:ListScramSecrets'],
    text: 'Lambda asks MSK whether the secret is one of the cluster.',
  },
  {
    kind: 'role',
    sid: 'ReadCredentials',
    actions: ['secretsmanager:GetSecretValue'],
    text: 'The pollers sign in to the brokers with the one secret.',
  },
  {
    kind: 'role',
    sid: 'DecryptCredentials',
    actions: ['kms:Decrypt'],
    text: 'Secrets Manager decrypts the secret with its key for the pollers.',
  },
  {
    kind: 'role',
    sid: 'ReadRootCertificate',
    actions: ['secretsmanager:GetSecretValue'],
    text: 'The pollers know the brokers by the authority whose certificate is in the one secret.',
  },
  {
    kind: 'role',
    sid: 'DecryptRootCertificate',
    actions: ['kms:Decrypt'],
    text: 'Secrets Manager decrypts that secret with its key for the pollers.',
  },
  {
    kind: 'role',
    sid: 'DescribeNetwork',
    actions: ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSecurityGroups', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs'],
    text: 'Lambda finds the network of the brokers. EC2 allows no resource for its Describe actions.',
  },
  {
    kind: 'role',
    sid: 'CreateNetworkInterface',
    actions: ['ec2:CreateNetworkInterface'],
    text: 'Lambda makes interfaces of the pollers in the network of the brokers, which have no id before.',
  },
  {
    kind: 'role',
    sid: 'DeleteNetworkInterface',
    actions: ['ec2:DeleteNetworkInterface'],
    text: 'Lambda deletes interfaces of the pollers, whose ids EC2 has chosen.',
  },

  // What the service discards, where it was told that it may
  {
    kind: 'role',
    sid: 'WriteFailureTopic',
    actions: ['kafka-cluster:DescribeTopic', 'kafka-cluster:WriteData'],
    text: 'The pollers write what the service discards to the one topic.',
  },
  {
    kind: 'role',
    sid: 'PutDiscarded',
    actions: ['s3:PutObject'],
    text: 'The service puts what it discards into the bucket, under names that it chooses.',
  },
  {
    kind: 'role',
    sid: 'ListDiscarded',
    actions: ['s3:ListBucket'],
    text: 'The service asks for it beside the permission to put.',
  },
  {
    kind: 'role',
    sid: 'EncryptDiscarded',
    actions: ['kms:GenerateDataKey'],
    text: 'S3 encrypts what is discarded with the key of the bucket.',
  },
];

import type { Reason } from '../reason-of';

const LETTER_KEY = ['kms:Decrypt', 'kms:GenerateDataKey'];

/** What a function may do: write its log, enter its network, remember, and give records up. */
export const FUNCTION_REASONS: readonly Reason[] = [
  // A function and its log group
  {
    kind: 'trust',
    actions: ['sts:AssumeRole'],
    principals: /^lambda\.amazonaws\.com$/,
    text: 'Lambda runs the function as this role; the pollers of its mappings act with it, too.',
  },
  {
    kind: 'role',
    sid: 'WriteLogs',
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    text: 'The function writes its log, and the mapping its own, to the one group; no other can be made.',
  },
  {
    kind: 'role',
    sid: 'DecryptEnvironment',
    actions: ['kms:Decrypt'],
    text: "Lambda decrypts the function's environment as the function.",
  },
  {
    kind: 'role',
    sid: 'DescribeFunctionNetwork',
    actions: ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'],
    text: 'Lambda puts the function into its network. EC2 allows no resource for its Describe actions.',
  },
  {
    kind: 'role',
    sid: 'CreateFunctionInterface',
    actions: ['ec2:CreateNetworkInterface'],
    text: 'Lambda makes the interface of the function in its network, which has no id before.',
  },
  {
    kind: 'role',
    sid: 'ManageFunctionInterface',
    actions: ['ec2:AssignPrivateIpAddresses', 'ec2:DeleteNetworkInterface', 'ec2:UnassignPrivateIpAddresses'],
    text: "Lambda keeps and deletes the function's interfaces, and may refuse a role without all ids.",
  },

  // What is remembered
  {
    kind: 'role',
    sid: 'ClaimRecords',
    actions: [
      'dynamodb:BatchGetItem',
      'dynamodb:PartiQLInsert',
      'dynamodb:PartiQLUpdate',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
    ],
    text: 'The runtime looks up what is done, and marks records by writes with conditions. It never scans or deletes.',
  },
  {
    kind: 'role',
    sid: 'UseKeyOfClaims',
    actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
    text: 'DynamoDB encrypts the table with its key for whoever writes and reads.',
  },

  // Letters of records that are given up
  {
    kind: 'role',
    sid: 'SendLetters',
    actions: ['sqs:SendMessage'],
    text: 'The runtime sends the letter of a record that is given up.',
  },
  {
    kind: 'role',
    sid: 'EncryptSentLetters',
    actions: LETTER_KEY,
    text: 'SQS encrypts a letter with the key of the queue, and asks for both actions.',
  },
  {
    kind: 'role',
    sid: 'PutLetters',
    actions: ['s3:PutObject'],
    text: 'The runtime puts a letter that is too large for the queue, or every one, below its folder.',
  },
  {
    kind: 'role',
    sid: 'EncryptPutLetters',
    actions: LETTER_KEY,
    text: 'S3 encrypts a letter with the key of the bucket, and decrypts the key that it keeps for the bucket.',
  },
  {
    kind: 'resource policy',
    effect: 'Deny',
    actions: ['s3:*'],
    principals: /^\*$/,
    text: 'Nobody reaches the letters without TLS.',
  },
  {
    kind: 'resource policy',
    effect: 'Deny',
    actions: ['sqs:*'],
    principals: /^\*$/,
    text: 'Nobody reaches the letters without TLS.',
  },
];

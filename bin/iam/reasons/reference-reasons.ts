import type { Reason } from '../reason-of';

/** What the reference stack adds. */
export const REFERENCE_REASONS: readonly Reason[] = [
  {
    kind: 'role',
    actions: ['dynamodb:UpdateItem'],
    text: 'The effects: the function adds each flight to the counters of its airport.',
  },
  {
    kind: 'role',
    sid: 'ConnectToCluster',
    actions: ['kafka-cluster:Connect', 'kafka-cluster:WriteDataIdempotently'],
    text: 'The producer connects to the brokers with IAM, and its retries write nothing twice.',
  },
  {
    kind: 'role',
    sid: 'WriteTopic',
    actions: ['kafka-cluster:DescribeTopic', 'kafka-cluster:WriteData'],
    text: 'The producer asks for the partitions of the one topic, and writes to them.',
  },
  {
    kind: 'role',
    sid: 'AskForBrokers',
    actions: ['kafka:GetBootstrapBrokers'],
    text: 'A deployment asks for the addresses of the brokers, for the environment of the producer.',
  },
];

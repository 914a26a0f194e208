import path from 'node:path';
import { SQS_VARIABLE, sqsAddress } from './address';
import { JAVA_OPTIONS, type ServerDefinition } from './definition';
import { sqsAnswers } from './sqs-answers';

/** ElasticMQ, which speaks the protocol of SQS, in memory. */
export const SQS: ServerDefinition = {
  name: 'sqs',
  title: 'ElasticMQ',
  variable: SQS_VARIABLE,
  downloadMB: 37,
  address: sqsAddress,
  ports: ({ port }) => [port],
  answers: ({ text }) => sqsAnswers(text, 1_000),
  programs: ({ address, lib }) => [
    [
      ...JAVA_OPTIONS,
      // The first two stand in the URLs of queues.
      `-Dnode-address.host=${address.host}`,
      `-Dnode-address.port=${address.port}`,
      `-Drest-sqs.bind-hostname=${address.host}`,
      `-Drest-sqs.bind-port=${address.port}`,
      '-Drest-stats.enabled=false',
      '-cp',
      path.join(lib, '*'),
      'org.elasticmq.server.Main',
    ],
  ],
};

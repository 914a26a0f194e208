/** Where failed records go without a network, and that nothing is ever sent to AWS. */
import { ERROR_CODES, EXIT } from '../../../contract/error-codes';
import type { Broker, ProducerMessage } from '../../../local/broker/broker';
import { deliveryFor } from '../../../local/destinations/delivery-for';
import { batchDocument, objectDocument, recordMessages } from '../../../local/destinations/failure-document';
import type { ReportedDocument } from '../../../local/destinations/report-delivery';
import type { FailureDestination } from '../../../local/template/failure-destination';
import { topicRecord } from '../event-source/topic-records';
import { failureOf } from './failure-fixture';

const loaded: string[] = [];
jest.mock('@aws-sdk/client-sqs', () => {
  loaded.push('@aws-sdk/client-sqs');
  return jest.requireActual('@aws-sdk/client-sqs');
});
jest.mock('@aws-sdk/client-s3', () => {
  loaded.push('@aws-sdk/client-s3');
  return jest.requireActual('@aws-sdk/client-s3');
});

const QUEUE: FailureDestination = {
  kind: 'sqs',
  queueArn: 'arn:aws:sqs:eu-west-1:111122223333:orders-failed',
  queueName: 'orders-failed',
};
const BUCKET: FailureDestination = { kind: 's3', bucketName: 'orders-failed' };
const SNS: FailureDestination = { kind: 'sns', topicArn: 'arn:aws:sns:eu-west-1:111122223333:orders-failed' };
const TOPIC: FailureDestination = { kind: 'kafka', topic: 'orders-failed' };

const FAILURE = failureOf({ records: [topicRecord(0, 41), topicRecord(0, 42, { key: null })] });

function surroundings(env: NodeJS.ProcessEnv, produce?: Broker['produce']) {
  const reported: ReportedDocument[] = [];
  const broker = { produce } as Broker;
  return { reported, options: { env, broker, report: (document: ReportedDocument) => reported.push(document) } };
}

describe('without a stand-in the report receives what the destination would have', () => {
  // The developer's own account, and no endpoint of a stand-in.
  const ACCOUNT = {
    AWS_PROFILE: 'production',
    AWS_ACCESS_KEY_ID: 'AKIA',
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_SQS: '',
  };

  test.each<[FailureDestination, unknown, string]>([
    [QUEUE, batchDocument(FAILURE), 'AWS_ENDPOINT_URL_SQS is not set, and nothing is sent to AWS.'],
    [BUCKET, objectDocument(FAILURE), 'AWS_ENDPOINT_URL_S3 is not set, and nothing is sent to AWS.'],
    [SNS, batchDocument(FAILURE), 'There is no stand-in for SNS.'],
  ])('%j', async (destination, document, reason) => {
    const { reported, options } = surroundings(ACCOUNT);

    await deliveryFor(destination, options).deliver(FAILURE);

    expect(reported).toEqual([{ destination, document, reason }]);
    expect(loaded).toEqual([]);
  });
});

describe('an endpoint of AWS is refused before anything is delivered', () => {
  test.each<[FailureDestination, string, string]>([
    [QUEUE, 'AWS_ENDPOINT_URL_SQS', 'https://sqs.eu-west-1.amazonaws.com'],
    [QUEUE, 'AWS_ENDPOINT_URL_SQS', 'https://SQS.EU-WEST-1.AMAZONAWS.COM:443/'],
    [QUEUE, 'AWS_ENDPOINT_URL_SQS', 'https://sqs.cn-north-1.amazonaws.com.cn'],
    [QUEUE, 'AWS_ENDPOINT_URL_SQS', 'https://sqs.eu-west-1.api.aws'],
    [BUCKET, 'AWS_ENDPOINT_URL_S3', 'https://s3.amazonaws.com'],
    [BUCKET, 'AWS_ENDPOINT_URL_S3', 'https://bucket.vpce-1a2b.s3.eu-west-1.vpce.amazonaws.com.'],
  ])('%j at %s=%s', (destination, variable, endpoint) => {
    const make = () => deliveryFor(destination, surroundings({ [variable]: endpoint }).options);

    expect(make).toThrow(
      expect.objectContaining({
        code: ERROR_CODES.environmentInvalid,
        exitCode: EXIT.refused,
        message: expect.stringMatching(new RegExp(`^${variable} is ".*a local run sends nothing to AWS.*or unset it`)),
      }),
    );
    expect(loaded).toEqual([]);
  });

  test.each(['localhost:9324', '127.0.0.1', 'ftp://127.0.0.1:1'])('%s is no endpoint', (endpoint) => {
    const make = () => deliveryFor(QUEUE, surroundings({ AWS_ENDPOINT_URL_SQS: endpoint }).options);

    expect(make).toThrow(
      expect.objectContaining({ exitCode: EXIT.usage, message: expect.stringContaining('takes a URL') }),
    );
  });
});

describe('a Kafka topic', () => {
  test('receives one message per record on the cluster that the mapping reads', async () => {
    const produced: [string, readonly ProducerMessage[]][] = [];
    const { options } = surroundings({}, async (topic, messages) => {
      produced.push([topic, messages]);
    });

    await deliveryFor(TOPIC, options).deliver(FAILURE);

    expect(produced).toEqual([['orders-failed', recordMessages(FAILURE)]]);
  });

  test('a broker that does not take them is a rejection that names topic and reason', async () => {
    const { options } = surroundings({}, () => Promise.reject(new Error('the topic is not there')));

    await expect(deliveryFor(TOPIC, options).deliver(FAILURE)).rejects.toMatchObject({
      code: ERROR_CODES.serverFailed,
      message: expect.stringMatching(
        /the topic orders-failed, did not take the failed records: the topic is not there/,
      ),
    });
  });
});

describe('a stand-in where nothing listens', () => {
  test.each<[FailureDestination, string]>([
    [QUEUE, 'AWS_ENDPOINT_URL_SQS'],
    [BUCKET, 'AWS_ENDPOINT_URL_S3'],
  ])('%j rejects, and says where and why', async (destination, variable) => {
    const { reported, options } = surroundings({ [variable]: 'http://127.0.0.1:1' });

    await expect(deliveryFor(destination, options).deliver(FAILURE)).rejects.toMatchObject({
      message: expect.stringMatching(/orders-failed at http:\/\/127\.0\.0\.1:1, did not take .*ECONNREFUSED/),
    });
    expect(reported).toEqual([]);
  });
});

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub is written like this.
import { readBuckets } from '../../../local/template/buckets';
import { readQueues } from '../../../local/template/queues';
import { stackOf, temporaryFolder } from './template-fixture';

const folder = temporaryFolder();
afterAll(() => folder.remove());

/** As `KafkaProcessor` writes them. */
const QUEUE = { MaximumMessageSize: 1_048_576, MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true };

test('the queues of a stack are read by the names that Ref and Fn::GetAtt give, with what they do to messages', () => {
  const stack = stackOf(
    folder.path,
    {
      Resources: {
        Letters: { Type: 'AWS::SQS::Queue', Properties: QUEUE },
        Named: {
          Type: 'AWS::SQS::Queue',
          Properties: { QueueName: { 'Fn::Sub': 'letters-${AWS::Region}' }, FifoQueue: 'false' },
        },
        Ordered: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } },
        Abroad: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::ImportValue': 'other' } } },
      },
    },
    { nameSuffix: '-1' },
  );

  expect(readQueues(stack)).toEqual([
    {
      logicalId: 'Letters',
      queueName: 'Letters-1',
      attributes: { MaximumMessageSize: '1048576', MessageRetentionPeriod: '1209600' },
    },
    { logicalId: 'Named', queueName: 'letters-us-east-1', attributes: {} },
    { logicalId: 'Ordered', queueName: 'Ordered-1.fifo', attributes: { FifoQueue: 'true' } },
  ]);
  expect(stack.resolve({ Ref: 'Letters' }, 'here')).toBe('https://sqs.us-east-1.amazonaws.com/000000000000/Letters-1');
});

test('the buckets of a stack are read by their names, as S3 takes them', () => {
  const stack = stackOf(folder.path, {
    Resources: {
      LargeLetters: { Type: 'AWS::S3::Bucket' },
      Named: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'letters' } },
    },
  });

  expect(readBuckets(stack)).toEqual([
    { logicalId: 'LargeLetters', bucketName: 'largeletters' },
    { logicalId: 'Named', bucketName: 'letters' },
  ]);
});

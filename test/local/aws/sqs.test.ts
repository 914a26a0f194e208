import {
  GetQueueAttributesCommand,
  ListQueuesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { queueUrl } from '../../../local/aws/sqs/queues';
import { type SqsStandIn, startSqs } from '../../../local/aws/sqs/sqs-stand-in';
import { testSqsLaws } from '../../laws/sqs-laws';

let sqs: SqsStandIn;
let client: SQSClient;
beforeAll(async () => {
  sqs = await startSqs();
  client = new SQSClient({
    endpoint: sqs.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    maxAttempts: 1,
  });
});
afterAll(async () => {
  client?.destroy();
  await sqs?.close();
});

// The same laws hold ElasticMQ, in test/live.
testSqsLaws('the stand-in for SQS', () => sqs);

test('what is not played is refused by its name', async () => {
  const QueueUrl = queueUrl(sqs.endpoint, sqs.queues.create('refusing'));

  await expect(client.send(new ListQueuesCommand({}))).rejects.toThrow('does not play the operation ListQueues');
  await expect(client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', DelaySeconds: 5 }))).rejects.toThrow(
    'does not play the parameter DelaySeconds of SendMessage',
  );
});

// ElasticMQ takes it; source: SQS API Reference, SendMessageBatch.
test('a batch of no message is refused', async () => {
  const QueueUrl = queueUrl(sqs.endpoint, sqs.queues.create('empty-batches'));

  await expect(client.send(new SendMessageBatchCommand({ QueueUrl, Entries: [] }))).rejects.toMatchObject({
    name: 'EmptyBatchRequest',
  });
});

// ElasticMQ has neither; source: SQS API Reference, CreateQueue and SendMessageBatch.
test('a queue with a limit of its own refuses the one message of a batch that is over it', async () => {
  const QueueUrl = queueUrl(sqs.endpoint, sqs.queues.create('narrow', { MaximumMessageSize: '1024' }));
  const Entries = [
    { Id: 'fits', MessageBody: 'x'.repeat(1_024) },
    { Id: 'large', MessageBody: 'x'.repeat(1_025) },
  ];

  const { Successful, Failed } = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));

  expect(Successful?.map(({ Id }) => Id)).toEqual(['fits']);
  expect(Failed).toEqual([
    {
      Id: 'large',
      Code: 'InvalidParameterValue',
      Message: 'One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.',
      SenderFault: true,
    },
  ]);
});

test('a queue says what it was made with', async () => {
  const QueueUrl = queueUrl(sqs.endpoint, sqs.queues.create('kept', { MessageRetentionPeriod: '1209600' }));

  const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));

  expect(Attributes).toMatchObject({
    QueueArn: 'arn:aws:sqs:us-east-1:000000000000:kept',
    MessageRetentionPeriod: '1209600',
    VisibilityTimeout: '30',
    MaximumMessageSize: '1048576',
  });
});

import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';

export interface SqsUnderTest {
  readonly endpoint: string;
}

/** What every SQS does with the operations that the product uses, through the SDK's own client. */
export function testSqsLaws(name: string, started: () => SqsUnderTest): void {
  describe(name, () => {
    let sqs: SQSClient;
    beforeAll(() => {
      sqs = new SQSClient({
        endpoint: started().endpoint,
        region: 'us-east-1',
        credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
        useQueueUrlAsEndpoint: false,
        maxAttempts: 1,
      });
    });
    afterAll(() => sqs?.destroy());

    let names = 0;
    const uniqueName = () => {
      names += 1;
      return `laws-${Date.now()}-${names}`;
    };
    const newQueue = async (Attributes: Record<string, string> = {}) => {
      const QueueName = `${uniqueName()}${Attributes.FifoQueue ? '.fifo' : ''}`;
      const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
      return QueueUrl;
    };
    const send = (QueueUrl: string, MessageBody: string) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    const receive = async (QueueUrl: string, options: Partial<ReceiveMessageCommandInput> = {}) => {
      const input = { QueueUrl, MaxNumberOfMessages: 10, ...options };
      return (await sqs.send(new ReceiveMessageCommand(input))).Messages ?? [];
    };
    const bodies = (messages: readonly Message[]) => messages.map(({ Body }) => Body);
    const counts = async (QueueUrl: string) => {
      const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
      const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] });
      const { Attributes = {} } = await sqs.send(command);
      return AttributeNames.map((one) => Number(Attributes[one]));
    };
    const handleOf = (message: Message | undefined) => message?.ReceiptHandle ?? '';

    test('a queue is found by its name, once it is made', async () => {
      const QueueName = uniqueName();
      await expect(sqs.send(new GetQueueUrlCommand({ QueueName }))).rejects.toMatchObject({
        name: 'QueueDoesNotExist',
      });

      const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName }));

      expect((await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl).toBe(QueueUrl);
      expect((await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl).toBe(QueueUrl);
    });

    test('a queue that is not there takes and gives nothing', async () => {
      const url = await newQueue();
      await sqs.send(new DeleteQueueCommand({ QueueUrl: url }));

      await expect(send(url, 'lost')).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
      await expect(receive(url)).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
    });

    test('the host of a URL does not matter, its last part does', async () => {
      const url = await newQueue();
      await send(`https://sqs.us-east-1.amazonaws.com/000000000000/${url.split('/').at(-1)}`, 'by another host');

      expect(bodies(await receive(url))).toEqual(['by another host']);
    });

    test('a message comes as it was sent, under the id that was given, and is counted', async () => {
      const url = await newQueue();
      const body = 'Größe 😀 "\\\n\t € �';

      const { MessageId } = await send(url, body);
      const [message] = await receive(url, { MessageSystemAttributeNames: ['ApproximateReceiveCount'] });

      // The SDK has compared the digests.
      expect(message).toMatchObject({ MessageId, Body: body, Attributes: { ApproximateReceiveCount: '1' } });
      expect(await counts(url)).toEqual([0, 1]);
    });

    test('a receive gives at most as many as were asked for, and hides them', async () => {
      const url = await newQueue();
      for (const body of ['a', 'b', 'c']) await send(url, body);

      const first = await receive(url, { MaxNumberOfMessages: 2 });
      const rest = await receive(url);

      expect([first.length, rest.length]).toEqual([2, 1]);
      expect([...bodies(first), ...bodies(rest)].sort()).toEqual(['a', 'b', 'c']);
      expect(await receive(url)).toEqual([]);
      expect(await counts(url)).toEqual([0, 3]);
    });

    test('what is made visible again is received again, with another receipt', async () => {
      const url = await newQueue();
      await send(url, 'again');
      const [first] = await receive(url);

      const command = { QueueUrl: url, ReceiptHandle: handleOf(first), VisibilityTimeout: 0 };
      await sqs.send(new ChangeMessageVisibilityCommand(command));
      const [second] = await receive(url, { AttributeNames: ['All'], WaitTimeSeconds: 5 });

      expect(second).toMatchObject({ MessageId: first?.MessageId, Attributes: { ApproximateReceiveCount: '2' } });
      expect(second?.ReceiptHandle).not.toBe(first?.ReceiptHandle);
    });

    test('a time-out of 0 hides nothing', async () => {
      const url = await newQueue();
      await send(url, 'seen');

      expect(bodies(await receive(url, { VisibilityTimeout: 0 }))).toEqual(['seen']);
      expect(bodies(await receive(url, { WaitTimeSeconds: 5 }))).toEqual(['seen']);
    });

    test('a message that is deleted is gone, one by one or in a batch', async () => {
      const url = await newQueue();
      for (const body of ['a', 'b', 'c']) await send(url, body);
      const [first, ...others] = await receive(url);

      await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: handleOf(first) }));
      const Entries = others.map((message, place) => ({ Id: `m${place}`, ReceiptHandle: handleOf(message) }));
      const { Successful } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));

      expect(Successful?.map(({ Id }) => Id).sort()).toEqual(['m0', 'm1']);
      expect(await counts(url)).toEqual([0, 0]);
    });

    test('a receive waits for a message', async () => {
      const url = await newQueue();
      const waiting = receive(url, { WaitTimeSeconds: 20 });

      await send(url, 'awaited');

      expect(bodies(await waiting)).toEqual(['awaited']);
    });

    test('a batch is written as a whole', async () => {
      const url = await newQueue();
      const Entries = ['a', 'b', 'c'].map((MessageBody) => ({ Id: MessageBody, MessageBody }));

      const { Successful, Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));

      expect([Successful?.map(({ Id }) => Id).sort(), Failed]).toEqual([['a', 'b', 'c'], []]);
      expect(bodies(await receive(url)).sort()).toEqual(['a', 'b', 'c']);
    });

    test.each([
      ['of eleven', Array.from({ length: 11 }, (_, n) => ({ Id: `${n}`, MessageBody: 'x' })), /TooManyEntries/],
      ['with one id twice', [1, 2].map(() => ({ Id: 'same', MessageBody: 'x' })), /BatchEntryIdsNotDistinct/],
    ])('a batch %s is refused', async (_, Entries, name) => {
      const url = await newQueue();

      const error: Error = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries })).then(
        () => new Error('it was accepted'),
        (refusal) => refusal,
      );

      expect(`${error.name} ${error.message}`).toMatch(name);
    });

    test('1 MiB is taken, and a byte more is refused, in a message and in a request', async () => {
      const url = await newQueue();

      await send(url, 'x'.repeat(1_048_576));
      await expect(send(url, 'x'.repeat(1_048_577))).rejects.toThrow(/shorter than|longer than|too ?long/i);
      const Entries = ['a', 'b'].map((Id) => ({ Id, MessageBody: Id.repeat(524_289) }));
      await expect(sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }))).rejects.toThrow(
        /longer than|too ?long/i,
      );

      expect((await receive(url)).map(({ Body }) => Body?.length)).toEqual([1_048_576]);
    });

    test('a FIFO queue takes a message once, and gives a group in its order', async () => {
      const url = await newQueue({ FifoQueue: 'true' });
      const put = (MessageBody: string, MessageGroupId: string, MessageDeduplicationId: string) =>
        sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody, MessageGroupId, MessageDeduplicationId }));
      const [first, again] = [await put('a', 'g', 'one'), await put('a', 'g', 'one')];
      await put('b', 'g', 'two');
      await put('other', 'h', 'three');

      expect(again.MessageId).toBe(first.MessageId);
      const [head] = await receive(url, { MaxNumberOfMessages: 1 });
      expect(head?.Body).toBe('a');
      // The group waits, the other one does not.
      expect(bodies(await receive(url))).toEqual(['other']);
      await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: handleOf(head) }));
      expect(bodies(await receive(url))).toEqual(['b']);
    });
  });
}

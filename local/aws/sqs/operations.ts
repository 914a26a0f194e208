import { md5Of, type NewMessage, type Queue, type ReceivedMessage } from './queue';
import { MAXIMUM_BYTES } from './queue-settings';
import { type Queues, queueArn, queueUrl } from './queues';
import { SqsError, unsupported } from './sqs-error';
import { SqsInput } from './sqs-input';

export interface SqsDoor {
  readonly queues: Queues;
  readonly endpoint: string;
}

type Operation = (door: SqsDoor, given: object) => object | Promise<object>;

const MESSAGE = ['MessageBody', 'MessageGroupId', 'MessageDeduplicationId'];
/** So long at most a message is hidden, in seconds. Source: SQS API Reference, ChangeMessageVisibility. */
const MOST_HIDDEN_S = 43_200;

/** The operations that the product uses, under their names. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  CreateQueue({ queues, endpoint }, given) {
    const input = new SqsInput('CreateQueue', given, ['QueueName', 'Attributes', 'tags']);
    return { QueueUrl: queueUrl(endpoint, queues.create(input.text('QueueName'), input.map('Attributes'))) };
  },
  DeleteQueue({ queues }, given) {
    queues.delete(queueOf(queues, new SqsInput('DeleteQueue', given, ['QueueUrl'])));
    return {};
  },
  GetQueueUrl({ queues, endpoint }, given) {
    const input = new SqsInput('GetQueueUrl', given, ['QueueName', 'QueueOwnerAWSAccountId']);
    return { QueueUrl: queueUrl(endpoint, queues.named(input.text('QueueName'))) };
  },
  GetQueueAttributes({ queues }, given) {
    const input = new SqsInput('GetQueueAttributes', given, ['QueueUrl', 'AttributeNames']);
    const all = attributesOf(queueOf(queues, input));
    const names = input.texts('AttributeNames');
    const unknown = names.find((name) => name !== 'All' && name !== 'FifoQueue' && !(name in all));
    if (unknown !== undefined) throw new SqsError('InvalidAttributeName', `Unknown Attribute ${unknown}.`);
    const asked = Object.entries(all).filter(([name]) => names.includes('All') || names.includes(name));
    return asked.length === 0 ? {} : { Attributes: Object.fromEntries(asked) };
  },
  SendMessage({ queues }, given) {
    const input = new SqsInput('SendMessage', given, ['QueueUrl', ...MESSAGE]);
    return sent(queueOf(queues, input), messageOf(input));
  },
  SendMessageBatch({ queues }, given) {
    const input = new SqsInput('SendMessageBatch', given, ['QueueUrl', 'Entries']);
    const queue = queueOf(queues, input);
    const entries = input.entries('SendMessageBatch', MESSAGE);
    const bytes = entries.reduce((sum, entry) => sum + Buffer.byteLength(entry.input.text('MessageBody')), 0);
    if (bytes > MAXIMUM_BYTES) {
      throw new SqsError(
        'BatchRequestTooLong',
        `Batch requests cannot be longer than ${MAXIMUM_BYTES} bytes. You have sent ${bytes} bytes.`,
        'AWS.SimpleQueueService.BatchRequestTooLong',
      );
    }
    return each(entries, (entry) => sent(queue, messageOf(entry)));
  },
  async ReceiveMessage({ queues }, given) {
    const input = new SqsInput('ReceiveMessage', given, [
      'QueueUrl',
      'MaxNumberOfMessages',
      'VisibilityTimeout',
      'WaitTimeSeconds',
      'AttributeNames',
      'MessageSystemAttributeNames',
      'MessageAttributeNames',
    ]);
    const queue = queueOf(queues, input);
    const { visibilityMs, waitMs } = queue.settings;
    const hiddenS = input.number('VisibilityTimeout', 0, MOST_HIDDEN_S);
    const waitS = input.number('WaitTimeSeconds', 0, 20);
    const messages = await queue.receive(
      input.number('MaxNumberOfMessages', 1, 10) ?? 1,
      hiddenS === undefined ? visibilityMs : hiddenS * 1_000,
      waitS === undefined ? waitMs : waitS * 1_000,
    );
    const names = [...input.texts('AttributeNames'), ...input.texts('MessageSystemAttributeNames')];
    return messages.length === 0 ? {} : { Messages: messages.map((message) => received(message, names)) };
  },
  DeleteMessage({ queues }, given) {
    const input = new SqsInput('DeleteMessage', given, ['QueueUrl', 'ReceiptHandle']);
    queueOf(queues, input).delete(input.text('ReceiptHandle'));
    return {};
  },
  DeleteMessageBatch({ queues }, given) {
    const input = new SqsInput('DeleteMessageBatch', given, ['QueueUrl', 'Entries']);
    const queue = queueOf(queues, input);
    return each(input.entries('DeleteMessageBatch', ['ReceiptHandle']), (entry) => {
      queue.delete(entry.text('ReceiptHandle'));
      return {};
    });
  },
  ChangeMessageVisibility({ queues }, given) {
    const input = new SqsInput('ChangeMessageVisibility', given, ['QueueUrl', 'ReceiptHandle', 'VisibilityTimeout']);
    hide(queueOf(queues, input), input);
    return {};
  },
  ChangeMessageVisibilityBatch({ queues }, given) {
    const input = new SqsInput('ChangeMessageVisibilityBatch', given, ['QueueUrl', 'Entries']);
    const queue = queueOf(queues, input);
    return each(input.entries('ChangeMessageVisibilityBatch', ['ReceiptHandle', 'VisibilityTimeout']), (entry) => {
      hide(queue, entry);
      return {};
    });
  },
};

/** What is not among the operations is refused by its name. */
export async function execute(door: SqsDoor, operation: string, given: object): Promise<object> {
  const run = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined;
  if (run === undefined) throw unsupported(`the operation ${operation}`);
  return run(door, given);
}

const queueOf = (queues: Queues, input: SqsInput) => queues.at(input.text('QueueUrl'));

const messageOf = (input: SqsInput): NewMessage => ({
  body: input.text('MessageBody'),
  groupId: input.optionalText('MessageGroupId'),
  deduplicationId: input.optionalText('MessageDeduplicationId'),
});

function sent(queue: Queue, message: NewMessage): object {
  return { MessageId: queue.send(message), MD5OfMessageBody: md5Of(message.body) };
}

function hide(queue: Queue, input: SqsInput): void {
  const seconds = input.number('VisibilityTimeout', 0, MOST_HIDDEN_S);
  if (seconds === undefined)
    throw new SqsError('MissingParameter', 'The request must contain the parameter VisibilityTimeout.');
  queue.changeVisibility(input.text('ReceiptHandle'), seconds * 1_000);
}

/** Each member of a batch has an answer of its own. */
function each(entries: readonly { readonly id: string; readonly input: SqsInput }[], one: (input: SqsInput) => object) {
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const { id, input } of entries) {
    try {
      Successful.push({ Id: id, ...one(input) });
    } catch (error) {
      if (!(error instanceof SqsError)) throw error;
      Failed.push({ Id: id, Code: error.queryCode, Message: error.message, SenderFault: true });
    }
  }
  return { ...(Successful.length > 0 && { Successful }), ...(Failed.length > 0 && { Failed }) };
}

function attributesOf(queue: Queue): Readonly<Record<string, string>> {
  const { visible, inFlight } = queue.counts;
  return {
    ...queue.settings.attributes,
    QueueArn: queueArn(queue),
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: '0',
  };
}

function received({ message, receiptHandle }: ReceivedMessage, names: readonly string[]): object {
  const { messageId, body, receives, sentAtMs, firstReceivedAtMs, groupId } = message;
  const all: Readonly<Record<string, string | undefined>> = {
    ApproximateReceiveCount: String(receives),
    ApproximateFirstReceiveTimestamp: String(firstReceivedAtMs),
    SentTimestamp: String(sentAtMs),
    MessageGroupId: groupId,
  };
  const asked = Object.entries(all).filter(
    ([name, value]) => value !== undefined && (names.includes('All') || names.includes(name)),
  );
  return {
    MessageId: messageId,
    ReceiptHandle: receiptHandle,
    MD5OfBody: md5Of(body),
    Body: body,
    ...(asked.length > 0 && { Attributes: Object.fromEntries(asked) }),
  };
}

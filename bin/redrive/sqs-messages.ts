import { hasEndpoint, regionOfQueue, requestTimeouts } from './client-settings';
import { MESSAGES_TOGETHER, type Messages } from './messages';

/** Above the second for which a receive waits. */
const REQUEST_TIMEOUT_MS = 15_000;
const WAIT_S = 1;

interface BatchAnswer {
  readonly Failed?: readonly { readonly Id?: string | undefined; readonly Message?: string | undefined }[] | undefined;
}

/** The queue at this URL, by the SDK's client, with the environment's credentials. */
export async function openSqsMessages(QueueUrl: string, env: NodeJS.ProcessEnv): Promise<Messages> {
  const {
    ChangeMessageVisibilityBatchCommand,
    DeleteMessageBatchCommand,
    GetQueueAttributesCommand,
    ReceiveMessageCommand,
    SQSClient,
  } = await import('@aws-sdk/client-sqs');
  const region = regionOfQueue(QueueUrl);
  const sqs = new SQSClient({
    ...(region !== undefined && { region }),
    // The SDK by itself would prefer the endpoint in the URL.
    useQueueUrlAsEndpoint: !hasEndpoint('sqsEndpoint', env),
    requestHandler: requestTimeouts(REQUEST_TIMEOUT_MS),
  });
  return {
    async receive(VisibilityTimeout) {
      const MaxNumberOfMessages = MESSAGES_TOGETHER;
      const { Messages: found = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages, VisibilityTimeout, WaitTimeSeconds: WAIT_S }),
      );
      return found.map(({ MessageId = '', ReceiptHandle = '', Body = '' }) => ({
        id: MessageId,
        receipt: ReceiptHandle,
        body: Body,
      }));
    },
    async remove(receipts) {
      const Entries = entriesOf(receipts);
      return refusedIn(receipts, await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries })));
    },
    async hide(receipts, VisibilityTimeout) {
      const Entries = entriesOf(receipts).map((entry) => ({ ...entry, VisibilityTimeout }));
      return refusedIn(receipts, await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries })));
    },
    async counts() {
      const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
      return {
        visible: Number(Attributes.ApproximateNumberOfMessages ?? 0),
        inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
        maxReceiveCount: maxReceiveCountIn(Attributes.RedrivePolicy),
      };
    },
  };
}

const entriesOf = (receipts: readonly string[]) =>
  receipts.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));

function refusedIn(receipts: readonly string[], { Failed = [] }: BatchAnswer): ReadonlyMap<string, string> {
  return new Map(Failed.map(({ Id, Message = 'refused' }) => [receipts[Number(Id)] ?? '', Message]));
}

function maxReceiveCountIn(policy: string | undefined): number | undefined {
  if (policy === undefined || policy === '') return undefined;
  const count = Number((JSON.parse(policy) as { maxReceiveCount?: unknown }).maxReceiveCount);
  return Number.isFinite(count) ? count : undefined;
}

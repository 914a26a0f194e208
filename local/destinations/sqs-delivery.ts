import type { SQSClient } from '@aws-sdk/client-sqs';
import { deliveryError } from './delivery-error';
import type { Failure, FailureDelivery } from './failure';
import { batchDocument } from './failure-document';
import type { StandIn } from './stand-in';

/** Sends a document per failure to a queue. The queue is made when the stand-in does not have it: those begin empty. */
export class SqsDelivery implements FailureDelivery {
  readonly #queueName: string;
  readonly #standIn: StandIn;
  #queue: Promise<Queue> | undefined;

  constructor(queueName: string, standIn: StandIn) {
    this.#queueName = queueName;
    this.#standIn = standIn;
  }

  async deliver(failure: Failure): Promise<void> {
    try {
      this.#queue ??= openQueue(this.#queueName, this.#standIn);
      const { client, url } = await this.#queue;
      const { SendMessageCommand } = await import('@aws-sdk/client-sqs');
      await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: JSON.stringify(batchDocument(failure)) }));
    } catch (error) {
      // A stand-in that was started again has forgotten the queue.
      this.#queue = undefined;
      throw deliveryError(`the SQS queue ${this.#queueName} at ${this.#standIn.endpoint}`, error);
    }
  }
}

interface Queue {
  readonly client: SQSClient;
  readonly url: string | undefined;
}

/** Makes the queue where it is not there. @param Attributes Of a queue that is made. */
export async function openQueue(
  QueueName: string,
  standIn: StandIn,
  Attributes: Readonly<Record<string, string>> = {},
): Promise<Queue> {
  const { CreateQueueCommand, GetQueueUrlCommand, QueueDoesNotExist, SQSClient } = await import('@aws-sdk/client-sqs');
  // The URL of a queue is what the stand-in takes itself for; the endpoint is where it was found.
  const client = new SQSClient({ ...standIn, useQueueUrlAsEndpoint: false });
  try {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName }));
    return { client, url: QueueUrl };
  } catch (error) {
    if (!(error instanceof QueueDoesNotExist)) throw error;
    const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName, Attributes }));
    return { client, url: QueueUrl };
  }
}

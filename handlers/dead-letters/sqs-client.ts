import { deadLettersNotBundled } from '../errors';
import { CLIENT_SETTINGS, sendOptions } from './client-settings';
import type { MessageSender } from './sqs-dead-letters';

// In contract/bundle.ts. A plain name, and the import inside the condition: so a bundler sees that it is never reached.
declare const MSK_ONCE_BUNDLED_SQS: boolean | undefined;

/**
 * Loads the SDK's client. It is not loaded with the function: most invocations write no letter.
 *
 * @param hasEndpoint An endpoint is configured; the SDK by itself would prefer the one in the URL of the queue.
 */
export async function openQueue(hasEndpoint: boolean): Promise<MessageSender> {
  if (typeof MSK_ONCE_BUNDLED_SQS === 'undefined' || MSK_ONCE_BUNDLED_SQS) {
    const { SendMessageBatchCommand, SQSClient } = await import('@aws-sdk/client-sqs');
    const client = new SQSClient({ ...CLIENT_SETTINGS, useQueueUrlAsEndpoint: !hasEndpoint });
    return (QueueUrl, Entries, options) =>
      client.send(new SendMessageBatchCommand({ QueueUrl, Entries }), sendOptions(options));
  }
  throw deadLettersNotBundled({ store: 'SQS', symbol: 'MSK_ONCE_BUNDLED_SQS' });
}

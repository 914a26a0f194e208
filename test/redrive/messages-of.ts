import type { Messages } from '../../bin/redrive/messages';
import type { Queue } from '../../local/aws/sqs/queue';

/**
 * A queue of the stand-in without the network, with the answers of the service.
 * @param kept ids of messages whose deletion is refused
 */
export function messagesOf(queue: Queue, kept: ReadonlySet<string> = new Set()): Messages {
  return {
    receive: async (hideS) => {
      const received = await queue.receive(10, hideS * 1_000, 0);
      return received.map(({ message: { messageId, body }, receiptHandle }) => ({
        id: messageId,
        body,
        receipt: receiptHandle,
      }));
    },
    remove: async (receipts) => {
      const refused = new Map<string, string>();
      for (const receipt of receipts) {
        const [id = ''] = receipt.split('#');
        if (kept.has(id)) refused.set(receipt, 'the service says no');
        else queue.delete(receipt);
      }
      return refused;
    },
    hide: async (receipts, hideS) => {
      for (const receipt of receipts) queue.changeVisibility(receipt, hideS * 1_000);
      return new Map();
    },
    counts: async () => ({ ...queue.counts, maxReceiveCount: undefined }),
  };
}

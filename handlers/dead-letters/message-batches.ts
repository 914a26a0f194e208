/** Messages in one request. Source: SQS API Reference, SendMessageBatch. */
const BATCH_MESSAGES = 10;

/**
 * Cuts messages into requests, in their order: at most ten, and at most so many bytes together. One that is larger by
 * itself travels alone: what the service says to it concerns nobody else.
 */
export function messageBatches<Message extends { readonly bytes: number }>(
  messages: readonly Message[],
  maximumBytes: number,
): Message[][] {
  const batches: Message[][] = [];
  let batch: Message[] = [];
  let bytes = 0;
  for (const message of messages) {
    if (batch.length === BATCH_MESSAGES || (batch.length > 0 && bytes + message.bytes > maximumBytes)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(message);
    bytes += message.bytes;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

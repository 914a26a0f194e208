/** A message whose partition is chosen before it is first sent: a choice made anew by a retry could double it. */
export interface PlacedMessage {
  readonly partition: number;
  readonly key: string;
  readonly value: string;
}

/** Sends messages as one request to each broker, and gives the partitions of which the answer says that they are written. */
export type Send = (messages: PlacedMessage[]) => Promise<readonly number[]>;

/** Far below the megabyte that a broker takes as one batch: a flight has about 100 bytes. */
const MESSAGES_AT_ONCE = 500;
const ATTEMPTS = 5;

/**
 * Writes all messages, those of one partition in their order. Once it resolves, each is on the topic; if it rejects, some
 * may be.
 *
 * One request after the other, and none that passes another: two at once over a connection that breaks can share a
 * sequence number, and the broker then drops the second as a repeat of the first (tulios/kafkajs#1005). And a send that
 * resolves proves nothing for a partition that its answer does not name: so it is after a broker has restarted.
 */
export async function writeMessages(messages: readonly PlacedMessage[], send: Send): Promise<void> {
  for (let start = 0; start < messages.length; start += MESSAGES_AT_ONCE) {
    let left = messages.slice(start, start + MESSAGES_AT_ONCE);
    for (let attempt = 1; left.length > 0; attempt += 1) {
      if (attempt > ATTEMPTS) {
        const partitions = [...new Set(left.map(({ partition }) => partition))].join(', ');
        throw new Error(`${ATTEMPTS} answers of the brokers do not say that partitions ${partitions} were written`);
      }
      const written = new Set(await send(left));
      left = left.filter(({ partition }) => !written.has(partition));
    }
  }
}

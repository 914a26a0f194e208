/** What kafkajs decodes of a partition in the answer to a fetch. */
export interface FetchedPartition {
  readonly partition: number;
  /** null: none, or the fetch asked for uncommitted records too. */
  abortedTransactions?: readonly AbortedTransaction[] | null;
  /** In offset order. */
  readonly messages: readonly FetchedMessage[];
  /** Up to here a reader of committed records may see. */
  readonly lastStableOffset?: string;
}

export interface FetchedMessage {
  readonly offset: string;
  readonly key: Buffer | null;
  /** Such a message reaches no reader. */
  isControlRecord?: boolean;
  /** None in the formats of before 2017, which know no transactions. */
  readonly batchContext?: {
    readonly producerId: string;
    readonly inTransaction: boolean;
    readonly isControlBatch: boolean;
  };
}

interface AbortedTransaction {
  readonly producerId: string;
  readonly firstOffset: string;
}

/**
 * Marks the records of aborted transactions as records that reach no reader, by Kafka's rule: those of the producer
 * from the first offset of the transaction to its abort marker.
 *
 * kafkajs 2.2.4 filters on its own, and lets records through where transactions overlap (it takes the list as sorted, and
 * no more than one entry of it per record) and after one whose key looks like a marker's.
 */
export function hideAborted(fetched: FetchedPartition): void {
  const waiting = (fetched.abortedTransactions ?? [])
    .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: Number(firstOffset) }))
    .sort((one, other) => one.firstOffset - other.firstOffset);
  if (waiting.length === 0) return;
  const aborting = new Set<string>();
  for (const message of fetched.messages) {
    while (waiting[0] && waiting[0].firstOffset <= Number(message.offset)) {
      aborting.add(waiting[0].producerId);
      waiting.shift();
    }
    const { producerId, inTransaction, isControlBatch } = message.batchContext ?? {};
    if (producerId === undefined || !aborting.has(producerId)) continue;
    if (isControlBatch) aborting.delete(producerId);
    else if (inTransaction) message.isControlRecord = true;
  }
  fetched.abortedTransactions = [];
}

/** What is asked of a queue. Calls reject as the SDK does. */
export interface Messages {
  /** Up to ten, hidden for so long from everybody else; waits a moment for the first one. */
  receive(hideS: number): Promise<readonly ReceivedMessage[]>;
  /** Each at most ten, by receipt. Gives those that were refused, with the reason. */
  remove(receipts: readonly string[]): Promise<ReadonlyMap<string, string>>;
  hide(receipts: readonly string[], hideS: number): Promise<ReadonlyMap<string, string>>;
  /** Rejects where we may not ask. */
  counts(): Promise<QueueCounts>;
}

export interface ReceivedMessage {
  readonly id: string;
  readonly receipt: string;
  readonly body: string;
}

/** About how many there are. */
export interface QueueCounts {
  readonly visible: number;
  /** Somebody has received them, and neither deleted them nor let their time run out. */
  readonly inFlight: number;
  /** Receives after which the queue itself moves a message to another queue; undefined: it never does. */
  readonly maxReceiveCount: number | undefined;
}

/** Source: SQS API Reference, of each batch operation. */
export const MESSAGES_TOGETHER = 10;

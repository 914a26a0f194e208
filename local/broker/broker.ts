/** A record as it lies on the topic. */
export interface TopicRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly timestampType: 'CREATE_TIME' | 'LOG_APPEND_TIME';
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: RecordHeaders;
}

/** In order; a name may stand several times, and Kafka knows a value that is null beside an empty one. */
export type RecordHeaders = readonly (readonly [name: string, value: Buffer | null])[];

/** A partition as a member owns it; `epoch` is another one each time that the partition is assigned. */
export interface Assignment {
  readonly partition: number;
  readonly epoch: number;
}

/** One member of a consumer group: what a poller of the event source mapping sees of Kafka. */
export interface GroupMember {
  assigned(): readonly Assignment[];
  /** How many records of the partition can be taken at once. 0 for a partition that is not assigned. */
  ready(partition: number): number;
  /** The next records of the partition, at most `max`, in offset order; each is given once per assignment. */
  take(partition: number, max: number): TopicRecord[];
  /**
   * The offset below which every record that a reader may see was taken or is ready. It passes what nobody sees:
   * aborted records, transaction markers, records that compaction or retention removed. undefined: not known yet, or the
   * partition is not assigned.
   */
  position(partition: number): number | undefined;
  /** Resolves at the next change (records arrived, partitions assigned or revoked), after `timeoutMs`, or on abort. */
  changed(timeoutMs: number, signal?: AbortSignal): Promise<void>;
  /**
   * Commits the offset at which reading goes on.
   * Rejects when the partition was assigned to another member meanwhile: that owner reads again from the last commit.
   */
  commit(partition: number, nextOffset: number): Promise<void>;
  leave(): Promise<void>;
}

export interface GroupOptions {
  readonly groupId: string;
  readonly topic: string;
  /**
   * Where a group begins in a partition of which it has no commit, or one that retention has passed. LATEST looks for
   * the end when the partition is first assigned: what a partition that is added holds by then is skipped, as by Kafka's
   * own clients.
   */
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST' | 'AT_TIMESTAMP';
  /** With AT_TIMESTAMP, milliseconds since the epoch: at the first record that is not older, else at the end. */
  readonly startingTimestampMs?: number;
}

/** What the event source and the oracle need of Kafka, in process or over the network. */
export interface Broker {
  createTopic(topic: string, partitions: number): Promise<void>;
  /** Appends in the order given, one send at a time. A partition that is not there refuses all of the messages. */
  produce(topic: string, messages: readonly ProducerMessage[]): Promise<void>;
  /** Everything on the topic up to the end as of now, per partition in offset order. */
  readAll(topic: string): Promise<TopicRecord[]>;
  /** Next offset to be written, by partition. */
  endOffsets(topic: string): Promise<ReadonlyMap<number, number>>;
  /** Committed offset by partition, without those that were never committed. */
  committedOffsets(groupId: string, topic: string): Promise<ReadonlyMap<number, number>>;
  join(options: GroupOptions): Promise<GroupMember>;
  close(): Promise<void>;
}

export interface ProducerMessage {
  /** Default: by the key, as Kafka's default partitioner does; without a key in turn. */
  readonly partition?: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: RecordHeaders;
  /** Milliseconds since the epoch. Default: the time of the append. */
  readonly timestamp?: number;
}

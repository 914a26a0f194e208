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
  /** In order; a name may stand several times. */
  readonly headers: readonly (readonly [name: string, value: Buffer])[];
}

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
  /** Where a group without committed offsets begins. */
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
}

/** What the event source and the oracle need of Kafka, in process or over the network. */
export interface Broker {
  createTopic(topic: string, partitions: number): Promise<void>;
  /** Appends in the order given, one send at a time, each message to the partition it names. */
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
  readonly partition: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: readonly (readonly [name: string, value: Buffer])[];
  /** Milliseconds since the epoch. Default: the time of the append. */
  readonly timestamp?: number;
}

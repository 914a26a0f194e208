import type { Mapping } from '../contract/environment';
import type { KafkaEventRecord } from '../contract/event';
import { prepare } from '../handlers/engine/prepare';
import { closedIn } from '../handlers/ledger/closed';
import { ledgerId } from '../handlers/ledger/ledger-id';
import { EMPTY_LEDGER, type LedgerState } from '../handlers/ledger/ledger-state';
import { stateOf } from '../handlers/ledger/memory-ledger-store';
import type { Settings } from '../handlers/options';
import { parkedId } from '../handlers/parking/parked';
import type { ParkedAnswer } from '../handlers/parking/parking-store';
import { parseEvent } from '../handlers/record/parse-event';
import type { MemoryStore } from '../handlers/store/memory-store';

/** What durable marks say of a record: it is closed as done or parked, or it is open. */
export type MarkedOutcome = 'done' | 'parked' | 'open';

/** Offsets from `first` to `last`, both included. */
export interface OffsetRange {
  readonly first: number;
  readonly last: number;
}

/** Reads what is remembered, and changes nothing. */
export class MemoryView<T> {
  readonly #store: MemoryStore;
  readonly #mapping: Mapping;
  readonly #settings: Settings<T>;

  constructor(store: MemoryStore, mapping: Mapping, settings: Settings<T>) {
    this.#store = store;
    this.#mapping = mapping;
    this.#settings = settings;
  }

  async outcomeOf(record: KafkaEventRecord): Promise<MarkedOutcome> {
    const parked = await this.#parked(record);
    if (parked.kind === 'parked' || parked.kind === 'redriving') return 'parked';
    if (parked.kind === 'done') return 'done';
    if (this.#settings.remember !== 'identity') {
      return closedIn(this.#ledger(record.topic, record.partition), [record])[0] ? 'done' : 'open';
    }
    const identity = await this.#identityOf(record);
    if (identity === undefined) return 'open';
    const [answer] = await this.#store.claims.lookUp([identity]);
    return answer?.kind === 'closed' ? answer.outcome : 'open';
  }

  /** Runs that ended without success, as they are remembered of a record that is not done. */
  async attemptsOf(record: KafkaEventRecord): Promise<number> {
    const parked = await this.#parked(record);
    if (parked.kind === 'parked' || parked.kind === 'redriving') return parked.parked.attempts;
    if (this.#settings.remember !== 'identity') {
      const { attempts } = this.#ledger(record.topic, record.partition);
      return attempts.find(({ offset }) => offset === BigInt(record.offset))?.count ?? 0;
    }
    const identity = await this.#identityOf(record);
    return (identity && this.#store.claims.items.get(identity.id)?.attempts) ?? 0;
  }

  closedOffsets(topic: string, partition: number): OffsetRange[] {
    return this.#ledger(topic, partition).runs.map(({ first, last }) => ({ first: Number(first), last: Number(last) }));
  }

  #ledger(topic: string, partition: number): LedgerState {
    const stored = this.#store.ledger.items.get(ledgerId(this.#mapping, topic, partition));
    return stored ? stateOf(stored) : EMPTY_LEDGER;
  }

  async #parked({ topic, partition, offset }: KafkaEventRecord): Promise<ParkedAnswer> {
    const [answer] = await this.#store.parking.lookUp([parkedId(this.#mapping, topic, partition, offset)]);
    return answer ?? { kind: 'absent' };
  }

  /** undefined: the record has none, because it cannot be decoded or its identity is not accepted. */
  async #identityOf(record: KafkaEventRecord) {
    const name = `${record.topic}-${record.partition}`;
    const [raw] = parseEvent({ eventSource: 'aws:kafka', records: { [name]: [record] } })[0]?.records ?? [];
    if (raw === undefined) return undefined;
    const content = await prepare(raw, this.#mapping.consumer, this.#settings);
    if (content.kind !== 'ready' || content.id === undefined) return undefined;
    return { id: content.id, payloadDigest: content.payloadDigest };
  }
}

import { createHash } from 'node:crypto';
import type { ProducerMessage } from '../broker/broker';
import type { TopicFact } from '../oracle/promise';
import type { Plan, PlannedRecord, Remember, Work } from './plan';

export const TOPIC = 'orders';
export const CONSUMER = 'shop-orders';

/** A record of the plan, as it lies on the topic. */
export interface SimulatedFact extends TopicFact {
  readonly identity: string;
  readonly payload: string;
  readonly planned: PlannedRecord;
}

/** Every record of the plan, worked out here on its own and not by the runtime. */
export function factsOf({ remember, partitions, work }: Plan): SimulatedFact[] {
  return partitions.flatMap((records, partition) => {
    const offsets = offsetsOf(records);
    return records.map((planned, index) => ({
      partition,
      offset: offsets[index] as number,
      key: planned.key,
      identity: `${CONSUMER}#${TOPIC}#${sha256(JSON.stringify(planned.id))}`,
      payload: sha256(valueText(planned)),
      ...(isUnfit(planned, work[planned.id], remember) && { isUnfit: true }),
      takesEffect: remember !== 'transaction' || !isWithoutEffect(work[planned.id]?.writes),
      planned,
    }));
  });
}

/** Refused by the codec, or by the database at least once. */
function isUnfit({ isGarbage }: PlannedRecord, work: Work | undefined, remember: Remember): boolean {
  return isGarbage === true || (remember === 'transaction' && UNFIT.includes(work?.writes));
}

const UNFIT: readonly unknown[] = ['refused-once', 'refused', 'invalid', 'colliding'];
const WITHOUT_EFFECT: readonly unknown[] = ['superfluous', 'none'];

export const isWithoutEffect = (writes: Work['writes']) => WITHOUT_EFFECT.includes(writes);

/** The offset behind the last record. */
export function endOffset(records: readonly PlannedRecord[]): number {
  return (offsetsOf(records).at(-1) ?? -1) + 1;
}

function offsetsOf(records: readonly PlannedRecord[]): number[] {
  let next = 0;
  return records.map(({ gap = 0 }) => {
    next += gap + 1;
    return next - 1;
  });
}

/** What a producer sends in one go; of an aborted transaction nobody sees anything. */
export interface Produced {
  readonly messages: readonly ProducerMessage[];
  readonly isAborted: boolean;
}

/** By time, in the order of time, then of partitions, then of offsets. */
export function producedOf({ partitions }: Plan): ReadonlyMap<number, readonly Produced[]> {
  const sent = new Map<number, Produced[]>();
  for (const [partition, records] of partitions.entries()) {
    for (const planned of records) {
      const { producedAtMs = 0, gap } = planned;
      const all = sent.get(producedAtMs) ?? [];
      sent.set(producedAtMs, all);
      const message = messageOf(planned, partition);
      if (gap !== undefined) all.push({ messages: Array.from({ length: gap - 1 }, () => message), isAborted: true });
      const last = all.at(-1);
      if (last?.isAborted === false) all.splice(-1, 1, { ...last, messages: [...last.messages, message] });
      else all.push({ messages: [message], isAborted: false });
    }
  }
  return new Map([...sent].sort(([a], [b]) => a - b));
}

function messageOf(planned: PlannedRecord, partition: number): ProducerMessage {
  const key = planned.key === undefined ? null : Buffer.from(planned.key);
  return { partition, key, value: Buffer.from(valueText(planned)) };
}

function valueText({ id, amount, isGarbage }: PlannedRecord): string {
  return isGarbage ? `{"id":${JSON.stringify(id)}` : JSON.stringify({ id, amount });
}

const digests = new Map<string, string>();

/** Base64; plans use few texts, over and over. */
function sha256(text: string): string {
  const known = digests.get(text);
  if (known !== undefined) return known;
  const digest = createHash('sha256').update(text).digest('base64');
  digests.set(text, digest);
  return digest;
}

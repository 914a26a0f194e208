import { createHash } from 'node:crypto';
import type { ProducerMessage } from '../broker/broker';
import type { TopicFact } from '../oracle/promise';
import type { Plan, PlannedRecord } from './plan';

export const TOPIC = 'orders';
export const CONSUMER = 'shop-orders';

/** A record of the plan, as it lies on the topic. */
export interface SimulatedFact extends TopicFact {
  readonly identity: string;
  readonly payload: string;
  readonly planned: PlannedRecord;
}

/** Every record of the plan, worked out here on its own and not by the runtime. */
export function factsOf({ partitions }: Plan): SimulatedFact[] {
  return partitions.flatMap((records, partition) =>
    records.map((planned, offset) => ({
      partition,
      offset,
      key: planned.key,
      identity: `${CONSUMER}#${TOPIC}#${sha256(JSON.stringify(planned.id))}`,
      payload: sha256(valueText(planned)),
      planned,
    })),
  );
}

/** What is produced at which time, in the order of time, then of partitions. */
export function messagesOf({ partitions }: Plan): ReadonlyMap<number, readonly ProducerMessage[]> {
  const messages = partitions.flatMap((records, partition) =>
    records.map((planned) => ({
      atMs: planned.producedAtMs ?? 0,
      message: {
        partition,
        key: planned.key === undefined ? null : Buffer.from(planned.key),
        value: Buffer.from(valueText(planned)),
      },
    })),
  );
  const times = [...new Set(messages.map(({ atMs }) => atMs))].sort((a, b) => a - b);
  return new Map(
    times.map((time) => [time, messages.filter(({ atMs }) => atMs === time).map(({ message }) => message)]),
  );
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

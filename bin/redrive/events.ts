import { EVENT_SOURCE_MSK, type KafkaEventRecord } from '../../contract/event';
import type { Letter } from '../../contract/letter';
import { MAXIMUM_PAYLOAD_BYTES } from '../../contract/limits';
import type { RedriveEvent } from '../../contract/redrive';
import { letterIdParts } from './letter-id';

/** What one invocation may hold. */
export interface EventBounds {
  readonly records: number;
  /** Of the event as JSON. @default what Lambda takes */
  readonly bytes?: number;
}

interface HasLetter {
  readonly letter: Letter;
}

/**
 * Divides letters into the events that redrive them: records of one mapping, by topic and partition, in the order of the
 * offsets, as many in each as the bounds allow. One that is too large by itself has an event of its own.
 */
export function groupIntoEvents<One extends HasLetter>(letters: readonly One[], bounds: EventBounds): One[][] {
  const { records, bytes: mostBytes = MAXIMUM_PAYLOAD_BYTES } = bounds;
  const groups: One[][] = [];
  let [mapping, size] = ['', 0];
  for (const one of letters.toSorted((a, b) => compare(a.letter, b.letter))) {
    const bytes = memberBytes(one.letter);
    const last = groups.at(-1);
    const itsMapping = mappingOf(one.letter);
    if (last && itsMapping === mapping && last.length < records && size + bytes <= mostBytes) {
      last.push(one);
      size += bytes;
    } else {
      groups.push([one]);
      size = ENVELOPE_BYTES + bytes;
    }
    mapping = itsMapping;
  }
  return groups;
}

/** The letters of one group, in its order. */
export function eventOf(letters: readonly Letter[]): RedriveEvent {
  const records: Record<string, KafkaEventRecord[]> = {};
  for (const { record } of letters) {
    const array = records[arrayOf(record)] ?? [];
    array.push(record);
    records[arrayOf(record)] = array;
  }
  return {
    // A letter does not say which kind of cluster its record came from, and nothing of the function depends on it.
    eventSource: EVENT_SOURCE_MSK,
    records,
    mskOnce: { redrive: { letters: letters.map(({ id }) => id) } },
  };
}

/** Which mapping parked the record: an alias redrives those of its own alone. */
export const mappingOf = ({ id }: Letter) => letterIdParts(id)?.mapping ?? '';

const arrayOf = ({ topic, partition }: KafkaEventRecord) => `${topic}-${partition}`;

const ENVELOPE_BYTES = Buffer.byteLength(JSON.stringify(eventOf([])));

/** At most what a letter adds to an event: record, id, and the key of an array of its own, with what stands between. */
function memberBytes({ id, record }: Letter): number {
  const jsonBytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
  return jsonBytes(record) + jsonBytes(id) + jsonBytes(arrayOf(record)) + '[]:,,,'.length;
}

function compare(a: Letter, b: Letter): number {
  const order = (x: string, y: string) => (x < y ? -1 : x > y ? 1 : 0);
  return (
    order(mappingOf(a), mappingOf(b)) ||
    order(a.record.topic, b.record.topic) ||
    a.record.partition - b.record.partition ||
    a.record.offset - b.record.offset
  );
}

import { REDRIVE_MARKER } from '../../contract/redrive';
import type { Caller } from '../core/mapping';
import { redriveInvalid } from '../errors';
import { parkedId } from '../parking/parked';

type Fields = Readonly<Record<string, unknown>>;

const MARKER = `{ redrive: { letters: [the id of each record's letter] } }`;

/** Whether an event redrives letters, well or badly. No event of the service has the marker. */
export function isRedrive(event: unknown): boolean {
  return isFields(event) && Object.hasOwn(event, REDRIVE_MARKER);
}

/**
 * The letters of an event whose records were checked, in its order (protocol P6). An id says whose record it is of: so
 * each of them has to be the one that this caller would have given to the record at its place.
 *
 * @throws redriveInvalid, which names the field: then nothing of the event may run (A4)
 */
export function lettersOf(event: unknown, caller: Caller): readonly string[] {
  const { [REDRIVE_MARKER]: marker, records } = event as Fields;
  const refuse = (field: string, received: unknown, accepted: string): never => {
    throw redriveInvalid({ field: `${REDRIVE_MARKER}${field}`, received, accepted });
  };
  if (!isFields(marker)) return refuse('', marker, MARKER);
  const { redrive } = marker;
  if (!isFields(redrive)) return refuse('.redrive', redrive, MARKER);
  const { letters } = redrive;
  if (!Array.isArray(letters)) return refuse('.redrive.letters', letters, 'an array of letter ids');
  const expected = idsOf(records as RecordsByName, caller);
  for (const [index, id] of expected.entries()) {
    if (letters[index] === id) continue;
    return refuse(`.redrive.letters[${index}]`, letters[index], `${JSON.stringify(id)}, of the record at its place`);
  }
  if (letters.length > expected.length) {
    return refuse('.redrive.letters', letters, `one id for each of the ${expected.length} records`);
  }
  return expected;
}

type RecordsByName = Readonly<
  Record<string, readonly { readonly topic: string; readonly partition: number; readonly offset: number }[]>
>;

function idsOf(records: RecordsByName, caller: Caller): string[] {
  return Object.values(records).flatMap((array) =>
    array.map(({ topic, partition, offset }) => parkedId(caller, topic, partition, offset)),
  );
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

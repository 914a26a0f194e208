import fc from 'fast-check';
import { eventOf, groupIntoEvents } from '../../bin/redrive/events';
import { hasOwnId, letterIdParts } from '../../bin/redrive/letter-id';
import { readDocument, readPointed } from '../../bin/redrive/read-document';
import type { Letter } from '../../contract/letter';
import { parkedId } from '../../handlers/parking/parked';
import { parseEvent } from '../../handlers/record/parse-event';
import { anyRecord, letter, lettersAt, RECORD } from '../handlers/dead-letters/letters';

const name = fc.stringMatching(/^[A-Za-z0-9:_+=.@/-]{1,20}$/);

/** As the runtime names the letters of a mapping. */
const owned: fc.Arbitrary<Letter> = fc
  .record({
    record: anyRecord,
    consumer: name,
    source: fc.oneof(name, fc.constant('')),
    generation: fc.integer({ min: 1, max: 9 }),
  })
  .map(({ record, consumer, source, generation }) => {
    const id = parkedId({ consumer, source, generation }, record.topic, record.partition, record.offset);
    return letter({ record, id, consumer, source });
  });
const letters = fc.uniqueArray(owned, { maxLength: 30, selector: ({ id }) => id });

const grouped = (all: readonly Letter[], bounds: { records: number; bytes?: number }) =>
  groupIntoEvents(
    all.map((one) => ({ letter: one })),
    bounds,
  ).map((group) => group.map((one) => one.letter));

describe('letters become events', () => {
  test('each letter is in one of them, within the bounds, and with its own mapping alone', () => {
    fc.assert(
      fc.property(
        letters,
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 500, max: 5_000 }),
        (all, records, bytes) => {
          const groups = grouped(all, { records, bytes });

          expect(groups.flat().toSorted(byId)).toEqual(all.toSorted(byId));
          for (const group of groups) {
            expect(group.length).toBeLessThanOrEqual(records);
            const size = Buffer.byteLength(JSON.stringify(eventOf(group)));
            if (group.length > 1) expect(size).toBeLessThanOrEqual(bytes);
            expect(new Set(group.map(({ id }) => letterIdParts(id)?.mapping)).size).toBe(1);
          }
        },
      ),
    );
  });

  test('the runtime reads them, and the marker names the letter of each record in its order', () => {
    fc.assert(
      fc.property(letters, (all) => {
        for (const group of grouped(all, { records: 10 })) {
          const event = JSON.parse(JSON.stringify(eventOf(group)));
          const inOrder = Object.values<Letter['record'][]>(event.records).flat();

          expect(() => parseEvent(event)).not.toThrow();
          expect(event.mskOnce.redrive.letters).toEqual(group.map(({ id }) => id));
          expect(inOrder).toEqual(group.map(({ record }) => JSON.parse(JSON.stringify(record))));
        }
      }),
    );
  });

  test('records of a partition are in the order of their offsets, as in an event of the service', () => {
    const [event] = grouped(lettersAt(11, 2, 100), { records: 10 }).map(eventOf);

    expect(event?.records['orders-2']?.map(({ offset }) => offset)).toEqual([2, 11, 100]);
  });

  test('within 6 MB of JSON, and one that is too large alone goes alone', () => {
    const sized = (offset: number, bytes: number) =>
      letter({ record: { ...RECORD, offset, value: 'A'.repeat(bytes) } });

    const groups = grouped([sized(1, 3_000_000), sized(2, 3_000_000), sized(3, 7_000_000), sized(4, 10)], {
      records: 100,
    });

    expect(groups.map((group) => group.map(({ record }) => record.offset))).toEqual([[1, 2], [3], [4]]);
  });

  const byId = (a: Letter, b: Letter) => (a.id < b.id ? -1 : 1);
});

describe('a letter whose id is not that of its record is no letter', () => {
  test('its own id is known, whatever consumer and topic are called', () => {
    fc.assert(fc.property(owned, (one) => expect(hasOwnId(one)).toBe(true)));
  });

  test.each<[string, Partial<Letter>]>([
    ['another offset', { record: { ...RECORD, offset: 4712 } }],
    ['another partition', { record: { ...RECORD, partition: 3 } }],
    ['another topic', { record: { ...RECORD, topic: 'payments' } }],
    ['another consumer', { consumer: 'shop-payments' }],
    ['another source', { source: 'u-2' }],
    ['no id of ours', { id: 'orders-2-4711' }],
  ])('%s', (_, changes) => {
    const changed = { ...letter(), ...changes };

    expect(readDocument(JSON.stringify(changed))).toMatchObject({
      kind: 'unreadable',
      reason: expect.stringContaining('id'),
    });
  });
});

describe('what is no letter that can stand in an event is left alone', () => {
  test.each([
    ['another version', JSON.stringify({ ...letter(), mskOnce: 'letter/2' }), 'letter/2'],
    ['no JSON', 'hello', 'not JSON'],
    ['a value that is no base64', JSON.stringify(letter({ record: { ...RECORD, value: '?' } })), 'value'],
    ['a header that is no header', JSON.stringify(letter({ record: { ...RECORD, headers: [7 as never] } })), 'headers'],
  ])('%s', (_, body, words) => {
    expect(readDocument(body)).toMatchObject({ kind: 'unreadable', reason: expect.stringContaining(words) });
  });

  test('a pointer must lead to its own letter', () => {
    const pointer = { mskOnce: 'letter-pointer/1', consumer: 'c', s3: { bucket: 'b', key: 'k' }, bytes: 1 } as const;
    const own = { ...pointer, id: letter().id };

    expect(readDocument(JSON.stringify(own))).toEqual({ kind: 'pointer', pointer: own });
    expect(readPointed(JSON.stringify(letter()), own).kind).toBe('letter');
    expect(readPointed(JSON.stringify(letter()), { ...own, id: 'another' }).kind).toBe('unreadable');
    expect(readPointed(JSON.stringify(own), own).kind).toBe('unreadable');
  });
});

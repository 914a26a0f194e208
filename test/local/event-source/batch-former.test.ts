/** Rows 4, 23, 24 and 28 of section 8: what becomes a batch, and when. */
import fc from 'fast-check';
import { BatchFormer, type BatchRules } from '../../../local/event-source/batch-former';
import { defaultChoices } from '../../../local/event-source/choices';
import { eventOf } from '../../../local/event-source/event';
import { envelopeBytes, eventRecordBytes } from '../../../local/event-source/event-size';
import { OwnedPartition } from '../../../local/event-source/owned-partition';
import { seededRandom } from '../../../local/seeded-random';
import { nameOf, topicRecord } from './topic-records';

const CHOICES = defaultChoices();
const EVENT = {
  eventSourceArn: 'arn:aws:kafka:eu-west-1:111122223333:cluster/shop/0a1b-2',
  bootstrapServers: 'b-1:9098',
};
const RULES: BatchRules = {
  batchSize: 100,
  batchingWindowMs: 500,
  maximumPayloadBytes: 6_291_456,
  choices: CHOICES,
  envelopeBytes: envelopeBytes(EVENT),
};
const SINGLE = { ...CHOICES, 'batch-mixing': 'single-partition' as const };

const former = (rules: Partial<BatchRules> = {}, seed = 1) =>
  new BatchFormer({ ...RULES, ...rules }, seededRandom(seed));

/** A partition in which records of so many bytes wait. */
function partitionOf(partition: number, ...sizes: readonly number[]): OwnedPartition {
  const owned = new OwnedPartition(partition, 7);
  for (const [offset, size] of sizes.entries()) {
    const record = topicRecord(partition, offset, { key: null, value: Buffer.alloc(size) });
    owned.wait({ record, bytes: eventRecordBytes(record, CHOICES) });
  }
  return owned;
}

const times = (count: number, value: number) => Array.from({ length: count }, () => value);

describe('a batch', () => {
  test('holds what waits, in offset order, with the epochs of its partitions', () => {
    const owned = partitionOf(3, 1, 1, 1);

    const batch = former().form([owned], 0);

    expect(batch?.records.map(nameOf)).toEqual(['3@0', '3@1', '3@2']);
    expect(batch?.epochs).toEqual(new Map([[3, 7]]));
    expect(owned.waiting).toEqual([]);
    expect(owned.waitingBytes).toBe(0);
  });

  test('is none where nothing waits', () => {
    expect(former().form([], 0)).toBeUndefined();
    expect(former().form([partitionOf(0)], 0)).toBeUndefined();
  });

  test('is never larger than the batch size; all batches together are everything, in order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(30), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 40 }),
        fc.nat(),
        (counts, batchSize, seed) => {
          const partitions = counts.map((count, partition) => partitionOf(partition, ...times(count, 1)));
          const forming = former({ batchSize }, seed);
          const given: string[] = [];
          for (let batch = forming.form(partitions, 0); batch; batch = forming.form(partitions, 0)) {
            expect(batch.records.length).toBeGreaterThan(0);
            expect(batch.records.length).toBeLessThanOrEqual(batchSize);
            given.push(...batch.records.map(nameOf));
          }

          for (const [partition, count] of counts.entries()) {
            const found = given.filter((name) => name.startsWith(`${partition}@`));
            expect(found).toEqual(times(count, 0).map((_, offset) => `${partition}@${offset}`));
          }
        },
      ),
    );
  });

  test('holds as many as wait, up to the batch size, however the shares of its partitions fall', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(12), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 20 }),
        fc.nat(),
        (counts, batchSize, seed) => {
          const partitions = counts.map((count, partition) => partitionOf(partition, ...times(count, 1)));
          const waiting = counts.reduce((sum, count) => sum + count, 0);

          const batch = former({ batchSize }, seed).form(partitions, 0);

          expect(batch?.records.length ?? 0).toBe(Math.min(waiting, batchSize));
        },
      ),
    );
  });

  test('row 4: mixes partitions, or by choice never does', () => {
    const partitions = () => [partitionOf(0, 1, 1), partitionOf(1, 1, 1), partitionOf(2, 1, 1)];

    const mixed = former().form(partitions(), 0)?.epochs.size;
    const single = times(10, 0).map((_, seed) => former({ choices: SINGLE }, seed).form(partitions(), 0)?.epochs.size);

    expect(mixed).toBe(3);
    expect(single).toEqual(times(10, 1));
  });
});

describe('row 23: the payload', () => {
  const eventBytes = (sizes: readonly number[]) =>
    Buffer.byteLength(
      JSON.stringify(
        eventOf(
          sizes.map((size, offset) => topicRecord(0, offset, { key: null, value: Buffer.alloc(size) })),
          EVENT,
        ),
      ),
    );

  test('a batch is closed before the record that would overflow it, and that record begins the next', () => {
    const exact = eventBytes([3_000, 3_000, 3_000]);

    for (const [maximumPayloadBytes, first] of [
      [exact, 3],
      [exact - 1, 2],
    ] as const) {
      const owned = partitionOf(0, 3_000, 3_000, 3_000, 3_000);
      const forming = former({ maximumPayloadBytes });

      expect(forming.form([owned], 0)?.records).toHaveLength(first);
      expect(forming.form([owned], 0)?.records[0]?.offset).toBe(first);
    }
  });

  test('of six times 1024 times 1024 bytes is used up to its last byte', () => {
    // 1.4 MB as base64, four times; the fifth fills the rest, to the byte.
    const large = times(4, 1_050_000);
    const rest = Math.floor(((6_291_456 - eventBytes([...large, 0])) / 4) * 3);
    const fills = [rest - 2, rest - 1, rest].filter((size) => eventBytes([...large, size]) <= 6_291_456).at(-1) ?? 0;

    expect(eventBytes([...large, fills])).toBeGreaterThan(6_291_456 - 4);
    expect(former().form([partitionOf(0, ...large, fills)], 0)?.records).toHaveLength(5);
    expect(former().form([partitionOf(0, ...large, fills + 3)], 0)?.records).toHaveLength(4);
  });

  test('never overflows, whatever the sizes and partitions', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat(900), { maxLength: 12 }), { minLength: 1, maxLength: 4 }),
        fc.nat(),
        (sizes, seed) => {
          const partitions = sizes.map((of, partition) => partitionOf(partition, ...of));
          const forming = former({ maximumPayloadBytes: 3_000 }, seed);
          let count = 0;
          for (let batch = forming.form(partitions, 0); batch; batch = forming.form(partitions, 0)) {
            expect(Buffer.byteLength(JSON.stringify(eventOf(batch.records, EVENT)))).toBeLessThanOrEqual(3_000);
            count += batch.records.length;
          }
          expect(count).toBe(sizes.flat().length);
        },
      ),
    );
  });

  test('row 24: a record that fits no event is told apart at the head of its partition, and not before', () => {
    const owned = partitionOf(0, 10, 5_000, 10);
    const forming = former({ maximumPayloadBytes: 3_000 });

    const before = forming.takeTooLarge([owned]);
    const batch = forming.form([owned], 0);
    const tooLarge = forming.takeTooLarge([owned]);

    expect(before).toBeUndefined();
    expect(batch?.records.map(nameOf)).toEqual(['0@0']);
    expect(tooLarge?.records.map(nameOf)).toEqual(['0@1']);
    expect(forming.form([owned], 0)?.records.map(nameOf)).toEqual(['0@2']);
  });
});

describe('row 28: the window', () => {
  test('holds back what is not full until it is over', () => {
    const owned = partitionOf(0, 1, 1);
    const forming = former();

    forming.completed([0], 1_000);

    expect(forming.form([owned], 1_499)).toBeUndefined();
    expect(forming.nextWindowEndMs([owned])).toBe(1_500);
    expect(forming.form([owned], 1_500)?.records).toHaveLength(2);
  });

  test('does not hold back a full batch, by records or by bytes', () => {
    for (const rules of [{ batchSize: 2 }, { maximumPayloadBytes: 3_000 }]) {
      const forming = former(rules);
      forming.completed([0], 1_000);

      expect(forming.form([partitionOf(0, 1_500, 1_500)], 1_001)).toBeDefined();
    }
  });

  test('of 0 ms invokes at once', () => {
    const forming = former({ batchingWindowMs: 0 });

    forming.completed([0], 1_000);

    expect(forming.form([partitionOf(0, 1)], 1_000)).toBeDefined();
  });

  test('is one for all partitions that travel together, and one for each that does not', () => {
    const [mixed, single] = [former(), former({ choices: SINGLE })];
    const partitions = [partitionOf(0, 1), partitionOf(1, 1)];

    for (const forming of [mixed, single]) forming.completed([0], 1_000);

    expect(mixed.form(partitions, 1_100)).toBeUndefined();
    expect(single.form(partitions, 1_100)?.records.map(nameOf)).toEqual(['1@0']);
    expect(single.form(partitions, 1_100)).toBeUndefined();
    expect(single.nextWindowEndMs(partitions)).toBe(1_500);
  });

  test('ends never where nothing waits', () => {
    expect(former().nextWindowEndMs([partitionOf(0)])).toBe(Number.POSITIVE_INFINITY);
  });
});

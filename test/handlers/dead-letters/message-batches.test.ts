import fc from 'fast-check';
import { messageBatches } from '../../../handlers/dead-letters/message-batches';

const MIB = 1_048_576;
const messages = fc
  .array(fc.oneof(fc.integer({ min: 1, max: MIB }), fc.integer({ min: 1, max: 2_000 })), { maxLength: 60 })
  .map((sizes) => sizes.map((bytes, index) => ({ bytes, index })));
const sum = (batch: readonly { bytes: number }[]) => batch.reduce((total, { bytes }) => total + bytes, 0);

describe('messages in requests', () => {
  test('are never more than 10, nor more than the limit together, and keep their order', () => {
    fc.assert(
      fc.property(messages, fc.integer({ min: 0, max: MIB }), (all, limit) => {
        const batches = messageBatches(all, limit);

        for (const batch of batches) {
          expect(batch.length).toBeGreaterThan(0);
          expect(batch.length).toBeLessThanOrEqual(10);
          // One that is too large for any request travels alone.
          if (batch.length > 1) expect(sum(batch)).toBeLessThanOrEqual(limit);
        }
        expect(batches.flat()).toEqual(all);
      }),
    );
  });

  test('are as few as the order allows', () => {
    fc.assert(
      fc.property(messages, (all) => {
        const batches = messageBatches(all, MIB);

        batches.slice(1).forEach((batch, index) => {
          const before = batches[index] as typeof batch;
          expect(before.length === 10 || sum([...before, ...batch.slice(0, 1)]) > MIB).toBe(true);
        });
      }),
    );
  });

  test('fill a request to the last byte', () => {
    const halves = [{ bytes: MIB / 2 }, { bytes: MIB / 2 }];

    expect(messageBatches(halves, MIB)).toHaveLength(1);
    expect(messageBatches([...halves, { bytes: 1 }], MIB)).toHaveLength(2);
    expect(messageBatches([], MIB)).toEqual([]);
  });
});

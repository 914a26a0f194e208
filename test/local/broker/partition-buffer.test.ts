import type { TopicRecord } from '../../../local/broker/broker';
import { HIGH_MARK, PartitionBuffer } from '../../../local/broker/partition-buffer';

const record = (offset: number, value: Buffer | null = null): TopicRecord => ({
  topic: 'orders',
  partition: 0,
  offset,
  timestamp: 0,
  timestampType: 'CREATE_TIME',
  key: null,
  value,
  headers: [['trace', null]],
});
const records = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => record(from + index));

function bufferAt(position: number): PartitionBuffer {
  const buffer = new PartitionBuffer(0, 1, { generationId: 1, memberId: 'm' });
  buffer.begin(position);
  return buffer;
}

test('nothing is taken over before it is known where to begin', () => {
  const buffer = new PartitionBuffer(0, 1, { generationId: 1, memberId: 'm' });

  const isTaken = buffer.add(records(0, 3), 0, 3);

  expect([isTaken, buffer.length, buffer.position]).toEqual([false, 0, undefined]);
});

test('what would leave a gap is refused', () => {
  const buffer = bufferAt(5);

  const isTaken = buffer.add(records(7, 9), 6, 9);

  expect([isTaken, buffer.length, buffer.position]).toEqual([false, 0, 5]);
});

test('of what was read twice only the new part is taken over', () => {
  const buffer = bufferAt(0);
  buffer.add(records(0, 4), 0, 4);

  buffer.add(records(2, 6), 2, 6);

  expect(buffer.take(10).map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(buffer.position).toBe(6);
});

test('the position passes what nobody sees, and never falls', () => {
  const buffer = bufferAt(3);

  buffer.add([], 3, 8);
  buffer.add([], 0, 5);

  expect([buffer.length, buffer.position]).toEqual([0, 8]);
});

test('the marks count records and bytes', () => {
  const [many, large] = [bufferAt(0), bufferAt(0)];
  many.add(records(0, HIGH_MARK.records + 1), 0, HIGH_MARK.records + 1);
  large.add([record(0, Buffer.alloc(HIGH_MARK.bytes)), record(1, Buffer.alloc(1))], 0, 2);

  const full = [many.isAboveHighMark(), large.isAboveHighMark()];
  many.take(HIGH_MARK.records / 2 + 1);
  large.take(1);

  expect(full).toEqual([true, true]);
  expect([many.isBelowLowMark(), large.isBelowLowMark()]).toEqual([true, true]);
});

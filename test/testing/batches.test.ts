import { type BatchResult, type Codec, json, type ProcessedRecord, type ProcessRecordsOptions } from '../../handlers';
import { kafkaEvent, openRecords, testProcessor } from '../../testing';

interface Order {
  readonly id: string;
}

const event = kafkaEvent({ topic: 'orders', records: ['a', 'b', 'c'].map((id) => ({ value: { id } })) });

function booking(call: (records: readonly ProcessedRecord<Order>[]) => BatchResult) {
  const options = {
    value: json() as Codec<Order>,
    order: 'none',
    retries: 0,
    processBatch: (records) => call(records),
  } satisfies ProcessRecordsOptions<Order>;
  return testProcessor(options);
}

test('each record of a call is a run, and says how it ended', async () => {
  const error = new Error('no');
  const processor = booking((records) => ({
    failed: records.filter(({ value }) => value.id === 'b').map((record) => ({ record, error })),
  }));

  const response = await processor.handle(event);

  expect(openRecords(response)).toEqual(['orders-0@1']);
  expect(processor.runs).toEqual([
    { record: 'orders-0@0', attempt: 1, ended: 'resolved' },
    { record: 'orders-0@1', attempt: 1, ended: 'rejected', error },
    { record: 'orders-0@2', attempt: 1, ended: 'resolved' },
  ]);
  expect(await processor.attemptsOf('orders-0@1')).toBe(1);
});

test('a worker that is killed after the effects of a call has them again', async () => {
  const booked: string[][] = [];
  const processor = booking((records) => void booked.push(records.map(({ value }) => value.id)));
  processor.crashAfterEffect('orders-0@1');

  await processor.deliverUntilDone(event);

  expect(processor.crashes).toEqual(['after the effect of orders-0@1']);
  expect(booked).toEqual([
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
  ]);
});

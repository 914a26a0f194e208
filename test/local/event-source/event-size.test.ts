/** Row 23 of section 8: the bytes of an event, against the event itself as JSON. */
import fc from 'fast-check';
import type { TopicRecord } from '../../../local/broker/broker';
import { chooseFrom } from '../../../local/event-source/choices';
import { type EventOptions, eventOf } from '../../../local/event-source/event';
import { EventSize, envelopeBytes, eventRecordBytes } from '../../../local/event-source/event-size';
import { topicRecord } from './topic-records';

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));
const text = fc.string({ unit: 'binary', maxLength: 8 });

const records: fc.Arbitrary<TopicRecord[]> = fc
  .tuple(
    text,
    fc.array(
      fc.record({
        partition: fc.nat(12),
        offset: fc.maxSafeNat(),
        timestamp: fc.integer({ min: -1, max: 2e12 }),
        timestampType: fc.constantFrom('CREATE_TIME' as const, 'LOG_APPEND_TIME' as const),
        key: fc.option(bytes),
        value: fc.option(bytes),
        headers: fc.array(fc.tuple(text, fc.option(bytes)), { maxLength: 4 }),
      }),
      { maxLength: 12 },
    ),
  )
  .map(([topic, given]) =>
    given.map(({ partition, offset, ...rest }) => topicRecord(partition, offset, { topic, ...rest })),
  );

const options: fc.Arbitrary<Required<EventOptions>> = fc.record({
  eventSourceArn: fc.option(text, { nil: undefined }),
  bootstrapServers: text,
  choices: fc
    .record({
      'null-key-value': fc.constantFrom('omitted', 'null'),
      'null-header-value': fc.constantFrom('empty', 'null'),
    })
    .map(chooseFrom),
});

test('counted record by record it is what the event has as JSON, whatever is in it', () => {
  fc.assert(
    fc.property(records, options, (batch, given) => {
      const size = new EventSize(envelopeBytes(given));
      for (const record of batch) {
        const of = eventRecordBytes(record, given.choices);
        const announced = size.with(record, of);
        size.add(record, of);
        expect(size.bytes).toBe(announced);
      }

      expect(size.bytes).toBe(Buffer.byteLength(JSON.stringify(eventOf(batch, given))));
    }),
    { numRuns: 200 },
  );
});

test('by hand: the smallest event of one record', () => {
  const record = topicRecord(0, 1, { topic: 't', timestamp: 7, key: null, value: Buffer.from('a'), headers: [] });
  const given = { eventSourceArn: undefined, bootstrapServers: 'b:1' };
  const expected =
    '{"eventSource":"SelfManagedKafka","bootstrapServers":"b:1","records":{"t-0":[{"topic":"t","partition":0,"offset":1,"timestamp":7,"timestampType":"CREATE_TIME","value":"YQ==","headers":[]}]}}';

  const size = new EventSize(envelopeBytes(given));
  size.add(record, eventRecordBytes(record, chooseFrom({})));

  expect(JSON.stringify(eventOf([record], given))).toBe(expected);
  expect(size.bytes).toBe(expected.length);
});

/** Reference kafka-event-source, section 4 and rows 21 and 22 of section 8: what each destination receives. */
import fc from 'fast-check';
import type { TopicRecord } from '../../../local/broker/broker';
import { batchDocument, objectDocument, recordMessages } from '../../../local/destinations/failure-document';
import { topicRecord } from '../event-source/topic-records';
import {
  BOOTSTRAP,
  CLUSTER_ARN,
  CRASHED,
  eventWith,
  FUNCTION_ARN,
  failureOf,
  REPORTED,
  THREW,
  TIMED_OUT,
} from './failure-fixture';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const BATCH = [
  topicRecord(0, 40, { timestamp: Date.UTC(2026, 10, 2, 7, 59, 0) }),
  topicRecord(0, 41, { timestamp: Date.UTC(2026, 10, 2, 7, 59, 1) }),
  topicRecord(3, 7, { timestamp: Date.UTC(2026, 10, 2, 7, 58, 0, 5) }),
];

/** As it is read off the wire. */
const sent = (document: unknown) => JSON.parse(JSON.stringify(document));

describe('SQS and SNS', () => {
  test('receive the document of the guide: where the records lie, and none of them', () => {
    const event = eventWith(...BATCH);

    const document = sent(batchDocument(failureOf({ records: BATCH, event })));

    expect(document).toEqual({
      requestContext: {
        requestId: expect.stringMatching(UUID),
        functionArn: FUNCTION_ARN,
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 3,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp: '2026-11-02T08:00:00.000Z',
      KafkaBatchInfo: {
        batchSize: 3,
        eventSourceArn: CLUSTER_ARN,
        bootstrapServers: BOOTSTRAP,
        payloadSize: JSON.stringify(event).length,
        recordsInfo: {
          'orders-0': {
            firstRecordOffset: '40',
            lastRecordOffset: '41',
            firstRecordTimestamp: '2026-11-02T07:59:00.000Z',
            lastRecordTimestamp: '2026-11-02T07:59:01.000Z',
          },
          'orders-3': {
            firstRecordOffset: '7',
            lastRecordOffset: '7',
            firstRecordTimestamp: '2026-11-02T07:58:00.005Z',
            lastRecordTimestamp: '2026-11-02T07:58:00.005Z',
          },
        },
      },
    });
    for (const { value } of BATCH) expect(JSON.stringify(document)).not.toContain(value?.toString('base64'));
  });

  test('the size is one of bytes, not of characters', () => {
    const event = { ...eventWith(topicRecord(0, 1)), bootstrapServers: 'bücher:9098' };

    const { KafkaBatchInfo } = batchDocument(failureOf({ event }));

    expect(KafkaBatchInfo.payloadSize).toBe(JSON.stringify(event).length + 1);
  });

  test('self-managed Kafka has no ARN to give', () => {
    const { mapping } = failureOf();

    const document = sent(batchDocument(failureOf({ mapping: { ...mapping, eventSourceArn: undefined } })));

    expect(document.KafkaBatchInfo).not.toHaveProperty('eventSourceArn');
  });

  test('only what is given up is named, though the last event held more', () => {
    const document = batchDocument(failureOf({ records: BATCH.slice(1, 2), event: eventWith(...BATCH) }));

    expect(document.KafkaBatchInfo.batchSize).toBe(1);
    expect(Object.entries(document.KafkaBatchInfo.recordsInfo)).toEqual([
      ['orders-0', expect.objectContaining({ firstRecordOffset: '41', lastRecordOffset: '41' })],
    ]);
  });

  test.each([
    [-1, '1969-12-31T23:59:59.999Z'],
    [1_790_000_000_000_000_000, '+275760-09-13T00:00:00.000Z'],
  ])('a timestamp that a producer made up, %d, is no obstacle', (timestamp, expected) => {
    const document = batchDocument(failureOf({ records: [topicRecord(0, 1, { timestamp })] }));

    expect(document.KafkaBatchInfo.recordsInfo['orders-0']?.firstRecordTimestamp).toBe(expected);
  });
});

describe('what is said of the function', () => {
  test.each([THREW, TIMED_OUT, CRASHED])('an invocation that failed is an unhandled error: $kind', (result) => {
    expect(batchDocument(failureOf({ result })).responseContext).toEqual({
      statusCode: 200,
      executedVersion: '$LATEST',
      functionError: 'Unhandled',
    });
  });

  test('one that reported failed records made no error', () => {
    expect(batchDocument(failureOf({ result: REPORTED })).responseContext).toEqual({
      statusCode: 200,
      executedVersion: '$LATEST',
    });
  });

  test('a numbered version is named', () => {
    const { mapping } = failureOf();
    const invokedFunctionArn = FUNCTION_ARN.replace(/live$/, '17');

    expect(batchDocument(failureOf({ mapping: { ...mapping, invokedFunctionArn } })).responseContext).toMatchObject({
      executedVersion: '17',
    });
  });

  test('a record too large for an invocation had none, and so had one that grew too old before it', () => {
    const never = { event: eventWith(...BATCH), result: undefined, invokeCount: 0 };

    const tooLarge = batchDocument(failureOf({ ...never, condition: 'MaximumPayloadSizeExceeded' }));
    const tooOld = batchDocument(failureOf({ ...never, condition: 'RecordAgeExceeded' }));

    expect(tooLarge).toMatchObject({
      responseContext: null,
      requestContext: { condition: 'MaximumPayloadSizeExceeded', approximateInvokeCount: 0 },
    });
    expect(tooOld.responseContext).toBeNull();
  });
});

describe('S3', () => {
  test('receives the same document and the whole event as a JSON text', () => {
    const event = eventWith(...BATCH);
    const failure = failureOf({ records: BATCH, event });

    const { payload, ...rest } = sent(objectDocument(failure));

    expect(rest).toEqual(sent(batchDocument(failure)));
    expect(typeof payload).toBe('string');
    expect(JSON.parse(payload)).toEqual(event);
  });

  test('receives the event that would have been, where there was no invocation', () => {
    const failure = failureOf({ records: BATCH, event: undefined, result: undefined, invokeCount: 0 });

    const document = objectDocument(failure);

    expect(JSON.parse(document.payload)).toEqual(eventWith(...BATCH));
    expect(document.KafkaBatchInfo.payloadSize).toBe(Buffer.byteLength(document.payload));
  });
});

describe('a Kafka topic', () => {
  test('receives the document of its own page: this record, in an object, under another word', () => {
    const [message] = recordMessages(failureOf({ records: BATCH.slice(0, 1), event: eventWith(...BATCH) }));

    const payload = {
      eventSource: 'aws:kafka',
      eventSourceArn: CLUSTER_ARN,
      bootstrapServers: BOOTSTRAP,
      records: {
        'orders-0': [
          {
            topic: 'orders',
            partition: 0,
            offset: 40,
            timestamp: Date.UTC(2026, 10, 2, 7, 59, 0),
            timestampType: 'CREATE_TIME',
            headers: [],
            key: 'azE=',
            value: Buffer.from('{"order":40}').toString('base64'),
          },
        ],
      },
    };
    expect(JSON.parse(String(message?.value))).toEqual({
      requestContext: {
        requestId: expect.stringMatching(UUID),
        functionArn: FUNCTION_ARN,
        condition: 'RetriesExhausted',
        approximateInvokeCount: 3,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp: '2026-11-02T08:00:00.000Z',
      KafkaBatchInfo: {
        batchSize: 1,
        eventSourceArn: CLUSTER_ARN,
        bootstrapServers: BOOTSTRAP,
        payloadSize: JSON.stringify(payload).length,
        recordInfo: { offset: '40', timestamp: '2026-11-02T07:59:00.000Z' },
      },
      payload,
    });
  });

  test('keeps the key of the record, and leaves a record without a key to the partitioner', () => {
    const keyless = topicRecord(1, 5, { key: null });

    const messages = recordMessages(failureOf({ records: [topicRecord(1, 4), keyless] }));

    expect(messages.map(({ key, partition }) => [key?.toString(), partition])).toEqual([
      ['k1', undefined],
      [undefined, undefined],
    ]);
  });

  test.each(['MaximumPayloadSizeExceeded', 'RecordAgeExceeded'] as const)('%s has one word everywhere', (condition) => {
    const [message] = recordMessages(failureOf({ condition, event: undefined, result: undefined }));

    expect(JSON.parse(String(message?.value)).requestContext.condition).toBe(condition);
  });

  test('a record is written as the function saw it', () => {
    const record = topicRecord(0, 41, { value: null });
    const event = eventWith(record);
    const seen = { ...event, records: { 'orders-0': [{ ...event.records['orders-0']?.[0], value: null }] } };

    const [message] = recordMessages(failureOf({ records: [record], event: seen as typeof event }));

    expect(JSON.parse(String(message?.value)).payload.records['orders-0'][0]).toHaveProperty('value', null);
  });
});

describe('for whatever batch', () => {
  const batches: fc.Arbitrary<readonly TopicRecord[]> = fc
    .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.nat({ max: 1_000 })), {
      minLength: 1,
      maxLength: 40,
      selector: ([partition, offset]) => `${partition}@${offset}`,
    })
    .map((places) => places.map(([partition, offset]) => topicRecord(partition, offset, { topic: 'a-1' })));

  test('the messages name every record once, each with its own content, and no other', () => {
    fc.assert(
      fc.property(batches, fc.boolean(), (records, invoked) => {
        const messages = recordMessages(failureOf({ records, event: invoked ? eventWith(...records) : undefined }));

        const found = messages.map(({ value }) => {
          const { KafkaBatchInfo, payload } = JSON.parse(String(value));
          const [[name, [record, ...more]]] = Object.entries<{ offset: number; partition: number; value: string }[]>(
            payload.records,
          ) as [[string, { offset: number; partition: number; value: string }[]]];
          expect([name, more, KafkaBatchInfo.recordInfo.offset]).toEqual([
            `a-1-${record?.partition}`,
            [],
            String(record?.offset),
          ]);
          return `${record?.partition}@${record?.offset}=${record?.value}`;
        });

        const expected = records.map(
          (record) => `${record.partition}@${record.offset}=${record.value?.toString('base64')}`,
        );
        expect(found.toSorted()).toEqual(expected.toSorted());
      }),
    );
  });

  test('the ranges hold every record, and begin and end at one of them', () => {
    fc.assert(
      fc.property(batches, (records) => {
        const { batchSize, recordsInfo } = batchDocument(failureOf({ records })).KafkaBatchInfo;

        expect(batchSize).toBe(records.length);
        expect(Object.keys(recordsInfo).toSorted()).toEqual(
          [...new Set(records.map(({ partition }) => `a-1-${partition}`))].toSorted(),
        );
        for (const [name, { firstRecordOffset, lastRecordOffset, ...times }] of Object.entries(recordsInfo)) {
          const own = records.filter(({ partition }) => name === `a-1-${partition}`);
          const offsets = own.map(({ offset }) => offset);
          expect([Number(firstRecordOffset), Number(lastRecordOffset)]).toEqual([
            Math.min(...offsets),
            Math.max(...offsets),
          ]);
          // In this test a timestamp grows with its offset.
          const timestamps = own.map(({ timestamp }) => timestamp);
          expect([times.firstRecordTimestamp, times.lastRecordTimestamp].map(Date.parse)).toEqual([
            Math.min(...timestamps),
            Math.max(...timestamps),
          ]);
        }
      }),
    );
  });

  test('the same failure has the same id, another one another', () => {
    const failure = failureOf({ records: BATCH });
    const ids = [
      failure,
      { ...failure },
      failureOf({ records: BATCH.slice(1) }),
      { ...failure, atMs: failure.atMs + 1 },
    ].map((one) => batchDocument(one).requestContext.requestId);

    expect(ids[0]).toBe(ids[1]);
    expect(new Set(ids).size).toBe(3);
  });
});

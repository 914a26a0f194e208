/** Reference kafka-event-source, section 1, and rows 1 to 3 of section 8: the event as the service writes it. */
import fc from 'fast-check';
import type { KafkaEvent, KafkaEventRecord } from '../../../contract/event';
import type { TopicRecord } from '../../../local/broker/broker';
import { defaultChoices } from '../../../local/event-source/choices';
import { type EventChoices, type EventOptions, eventOf, inPayloadOrder } from '../../../local/event-source/event';
import { seededRandom } from '../../../local/seeded-random';
import { topicRecord } from './topic-records';

const ARN = 'arn:aws:kafka:eu-west-1:111122223333:cluster/shop/0a1b-2';

function delivered(records: readonly TopicRecord[], changes: Partial<EventOptions> = {}): KafkaEvent {
  const options = { eventSourceArn: ARN, bootstrapServers: 'b-1.shop.example:9098' };
  // A function gets what JSON keeps of it.
  return JSON.parse(JSON.stringify(eventOf(records, { ...options, ...changes })));
}

function deliveredRecord(changes: Partial<TopicRecord>, choices?: EventChoices): KafkaEventRecord {
  const record = topicRecord(0, 41, changes);
  const [array] = Object.values(delivered([record], choices ? { choices } : {}).records);
  return array?.[0] as KafkaEventRecord;
}

test('the example of the documentation, byte for byte', () => {
  const record = topicRecord(0, 41, {
    timestamp: 1_790_000_000_000,
    key: Buffer.from('k1'),
    value: Buffer.from('{"a":1}'),
    headers: [['trace', Buffer.from([97, 98, 0xc3, 0xab])]],
  });

  const event = delivered([record]);

  expect(event).toEqual({
    eventSource: 'aws:kafka',
    eventSourceArn: ARN,
    bootstrapServers: 'b-1.shop.example:9098',
    records: {
      'orders-0': [
        {
          topic: 'orders',
          partition: 0,
          offset: 41,
          timestamp: 1_790_000_000_000,
          timestampType: 'CREATE_TIME',
          key: 'azE=',
          value: 'eyJhIjoxfQ==',
          headers: [{ trace: [97, 98, -61, -85] }],
        },
      ],
    },
  });
});

test('self-managed Kafka has its own source name and no ARN', () => {
  const event = delivered([topicRecord(0, 1)], { eventSourceArn: undefined });

  expect(event.eventSource).toBe('SelfManagedKafka');
  expect(event).not.toHaveProperty('eventSourceArn');
});

describe('row 1: a null key or value is left out, and an empty one is not', () => {
  test('a tombstone without a key', () => {
    const record = deliveredRecord({ key: null, value: null });

    expect(Object.keys(record)).toEqual(['topic', 'partition', 'offset', 'timestamp', 'timestampType', 'headers']);
  });

  test('a key and a value of no bytes', () => {
    const record = deliveredRecord({ key: Buffer.alloc(0), value: Buffer.alloc(0) });

    expect(record).toMatchObject({ key: '', value: '' });
  });

  test('by choice it is null, and an empty one is still a text', () => {
    const choices = { ...defaultChoices(), 'null-key-value': 'null' as const };

    expect(deliveredRecord({ key: null, value: null }, choices)).toMatchObject({ key: null, value: null });
    expect(deliveredRecord({ key: Buffer.alloc(0), value: null }, choices)).toMatchObject({ key: '', value: null });
    expect(deliveredRecord({ value: Buffer.alloc(0) }, choices)).toMatchObject({ key: 'azI=', value: '' });
  });

  test('bytes that are no text survive', () => {
    const record = deliveredRecord({ value: Buffer.from([0, 255, 254, 128]) });

    expect(record.value).toBe('AP/+gA==');
  });
});

describe('row 2: headers', () => {
  test('every byte is signed', () => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

    const record = deliveredRecord({ headers: [['all', all]] });

    const upper = Array.from({ length: 128 }, (_, index) => index - 128);
    const lower = Array.from({ length: 128 }, (_, index) => index);
    expect(record.headers).toEqual([{ all: [...lower, ...upper] }]);
  });

  test('a name that stands twice does so in order, with others in between', () => {
    const headers: [string, Buffer][] = [
      ['hop', Buffer.from('a')],
      ['via', Buffer.from('b')],
      ['hop', Buffer.from('c')],
      ['', Buffer.alloc(0)],
    ];

    const record = deliveredRecord({ headers });

    expect(record.headers).toEqual([{ hop: [97] }, { via: [98] }, { hop: [99] }, { '': [] }]);
  });

  test('a name that every object has is a name', () => {
    const headers: [string, Buffer][] = [
      ['__proto__', Buffer.from('a')],
      ['constructor', Buffer.from('b')],
    ];

    const record = deliveredRecord({ headers });

    expect(record.headers?.map((header) => Object.entries(header))).toEqual([
      [['__proto__', [97]]],
      [['constructor', [98]]],
    ]);
  });

  test('one without a value is an empty list, by choice null', () => {
    const headers: TopicRecord['headers'] = [
      ['none', null],
      ['empty', Buffer.alloc(0)],
    ];

    const [byDefault, byChoice] = [
      deliveredRecord({ headers }),
      deliveredRecord({ headers }, { ...defaultChoices(), 'null-header-value': 'null' }),
    ];

    expect(byDefault.headers).toEqual([{ none: [] }, { empty: [] }]);
    expect(byChoice.headers).toEqual([{ none: null }, { empty: [] }]);
  });

  test('none are an empty list', () => {
    expect(deliveredRecord({ headers: [] }).headers).toEqual([]);
  });
});

test('a timestamp that the broker set is told apart', () => {
  expect(deliveredRecord({ timestampType: 'LOG_APPEND_TIME' }).timestampType).toBe('LOG_APPEND_TIME');
});

test('a topic with hyphens that ends in a number', () => {
  const records = [0, 1].map((partition) => topicRecord(partition, 5, { topic: 'eu-orders-1' }));

  const event = delivered(records);

  expect(Object.keys(event.records).sort()).toEqual(['eu-orders-1-0', 'eu-orders-1-1']);
});

describe('row 3: order in the event', () => {
  const mixed = [0, 1, 2, 3, 4, 5].flatMap((partition) => [topicRecord(partition, 10), topicRecord(partition, 12)]);
  const partitionsOf = (seed: number) => Object.keys(delivered(inPayloadOrder(mixed, seededRandom(seed))).records);

  test('partitions come in an order that the seed decides, and not always in their own', () => {
    const orders = Array.from({ length: 20 }, (_, seed) => partitionsOf(seed).join());

    expect(Array.from({ length: 20 }, (_, seed) => partitionsOf(seed).join())).toEqual(orders);
    expect(new Set(orders).size).toBeGreaterThan(10);
    expect(new Set(partitionsOf(1)).size).toBe(6);
  });

  test('inside a partition records come in offset order, each once, under every seed', () => {
    const taken = fc.array(fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 6 }), { maxLength: 5 });
    fc.assert(
      fc.property(taken, fc.integer(), (gapsByPartition, seed) => {
        const offsetsByPartition = gapsByPartition.map((gaps) => gaps.map((_, i) => gaps.slice(0, i).reduce(add, 0)));
        const batch = offsetsByPartition.flatMap((offsets, partition) =>
          offsets.map((offset) => topicRecord(partition, offset)),
        );

        const { records } = delivered(inPayloadOrder(batch, seededRandom(seed)));

        for (const [partition, offsets] of offsetsByPartition.entries()) {
          expect((records[`orders-${partition}`] ?? []).map(({ offset }) => offset)).toEqual(offsets);
        }
        expect(Object.keys(records)).toHaveLength(offsetsByPartition.filter(({ length }) => length > 0).length);
      }),
    );
  });
});

const add = (a: number, b: number) => a + b;

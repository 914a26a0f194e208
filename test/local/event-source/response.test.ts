/**
 * Reference kafka-event-source, section 3.3 and rows 10 to 13 of section 8: what an answer means, and what is said
 * loudly about it.
 */
import { readResult } from '../../../local/event-source/response';
import type { InvocationResult } from '../../../local/worker/invocation-result';
import { topicRecord } from './topic-records';

const BATCH = [topicRecord(0, 41), topicRecord(0, 42), topicRecord(3, 7)];
const COMPLETE_SUCCESS = { kind: 'success' };
const WHOLE_BATCH = { kind: 'failed', reason: expect.stringContaining('delivers the whole batch again') };

const complaint = (kind: 'error' | 'warning', row: number, text: string) => ({
  kind,
  row,
  text: expect.stringContaining(text),
});

const answer = (payload: unknown): InvocationResult => ({ kind: 'response', payload, durationMs: 1 });
const listed = (...entries: unknown[]) => ({ batchItemFailures: entries });
const item = (partition: unknown, offset: unknown) => ({ itemIdentifier: { partition, offset } });

function failedOffsets(payload: unknown): [number, number[]][] {
  const { verdict } = readResult(answer(payload), BATCH, true);
  if (verdict.kind !== 'partial') throw new Error(`the answer was read as ${verdict.kind}`);
  return [...verdict.failed].map(([partition, offsets]) => [partition, [...offsets]]);
}

describe('with ReportBatchItemFailures, a complete success that nobody has to hear about', () => {
  test.each<[string, unknown]>([
    ['null, or nothing returned', null],
    ['an empty object', {}],
    ['an empty list', { batchItemFailures: [] }],
    ['null in place of the list', { batchItemFailures: null }],
    ['an empty list beside other properties', { batchItemFailures: [], note: 'all good' }],
  ])('%s', (_, payload) => {
    const reading = readResult(answer(payload), BATCH, true);

    expect(reading).toEqual({ verdict: COMPLETE_SUCCESS, complaints: [] });
  });
});

describe('with ReportBatchItemFailures, taken for success, and complained of since records may be lost', () => {
  test.each<[string, unknown, string]>([
    ['a text', 'done', '"done"'],
    ['an empty text', '', '""'],
    ['a number', 17, '17'],
    ['zero', 0, '0'],
    ['a truth value', false, 'false'],
    ['a list, even one of good identifiers', [item('orders-0', 41)], '[{"itemIdentifier"'],
    ['an empty list', [], '[]'],
    ['another property name', { batchItemFailure: [item('orders-0', 41)] }, 'batchItemFailure'],
    ['the name in other letters', { BatchItemFailures: [item('orders-0', 41)] }, 'BatchItemFailures'],
    ['an HTTP answer', { statusCode: 500, body: '' }, 'statusCode, body'],
  ])('%s', (_, payload, named) => {
    const reading = readResult(answer(payload), BATCH, true);

    expect(reading.verdict).toEqual(COMPLETE_SUCCESS);
    expect(reading.complaints).toEqual([complaint('error', 12, named)]);
    expect(reading.complaints[0]?.text).toContain('failed records are lost');
  });
});

describe('with ReportBatchItemFailures, the whole batch failed, and the complaint names the entry', () => {
  test.each<[string, unknown, string]>([
    ['an identifier as SQS has it: a text', listed({ itemIdentifier: 'orders-0@41' }), '"orders-0@41"'],
    ['an identifier as Kinesis has it: a sequence number', listed({ itemIdentifier: '41' }), '{"itemIdentifier":"41"}'],
    ['an identifier that is null', listed({ itemIdentifier: null }), '{"itemIdentifier":null}'],
    ['an identifier that is missing', listed({}), '{}'],
    ['an identifier that is a list', listed({ itemIdentifier: ['orders-0', 41] }), '["orders-0",41]'],
    ['an identifier under another name', listed({ ItemIdentifier: { partition: 'orders-0', offset: 41 } }), 'ItemId'],
    ['an identifier without its envelope', listed({ partition: 'orders-0', offset: 41 }), '"offset":41'],
    ['an entry that is null', listed(null), 'null'],
    ['an entry that is a text', listed('orders-0@41'), '"orders-0@41"'],
    ['no partition', listed({ itemIdentifier: { offset: 41 } }), '{"offset":41}'],
    ['no offset', listed({ itemIdentifier: { partition: 'orders-0' } }), '"orders-0"'],
    ['an offset that is a numeric text', listed(item('orders-0', '41')), '"offset":"41"'],
    ['an offset that is null', listed(item('orders-0', null)), '"offset":null'],
    ['a partition that is a number', listed(item(0, 41)), '"partition":0'],
    ['the topic without the partition', listed(item('orders', 41)), '"orders"'],
    ['a partition that is not in the event', listed(item('orders-1', 41)), '"orders-1"'],
    ['a partition of another topic', listed(item('returns-0', 41)), '"returns-0"'],
    ['a partition with a leading zero', listed(item('orders-00', 41)), '"orders-00"'],
    ['the name of something every object has', listed(item('__proto__', 41)), '__proto__'],
    ['an offset of another partition', listed(item('orders-0', 7)), '"offset":7'],
    ['an offset that is not in the event', listed(item('orders-0', 43)), '"offset":43'],
    ['an offset between two offsets', listed(item('orders-0', 41.5)), '41.5'],
    ['a bad entry after a good one', listed(item('orders-0', 41), item('orders-0', 99)), '"offset":99'],
    ['a bad entry before a good one', listed({ itemIdentifier: '' }, item('orders-0', 41)), '{"itemIdentifier":""}'],
    ['a text in place of the list', { batchItemFailures: 'orders-0@41' }, '"orders-0@41"'],
    ['an object in place of the list', { batchItemFailures: { 0: item('orders-0', 41) } }, '"itemIdentifier"'],
    ['false in place of the list', { batchItemFailures: false }, 'false'],
  ])('%s', (_, payload, named) => {
    const reading = readResult(answer(payload), BATCH, true);

    expect(reading.verdict).toEqual(WHOLE_BATCH);
    expect(reading.complaints).toEqual([complaint('error', 10, named)]);
  });
});

describe('with ReportBatchItemFailures, exactly the listed records failed', () => {
  test.each<[string, unknown, [number, number[]][]]>([
    ['one record', listed(item('orders-0', 41)), [[0, [41]]]],
    [
      'records of two partitions, in any order',
      listed(item('orders-3', 7), item('orders-0', 42), item('orders-0', 41)),
      [
        [3, [7]],
        [0, [42, 41]],
      ],
    ],
    ['more beside what is needed', { ...listed({ ...item('orders-0', 41), reason: 'x' }), note: 1 }, [[0, [41]]]],
  ])('%s', (_, payload, expected) => {
    const failed = failedOffsets(payload);

    expect(failed).toEqual(expected);
    expect(readResult(answer(payload), BATCH, true).complaints).toEqual([]);
  });

  test('of a topic whose name has hyphens and ends like a partition', () => {
    const batch = [topicRecord(0, 5, { topic: 'eu-orders-1' }), topicRecord(1, 5, { topic: 'eu-orders-1' })];

    const { verdict } = readResult(answer(listed(item('eu-orders-1-0', 5))), batch, true);

    expect(verdict).toEqual({ kind: 'partial', failed: new Map([[0, new Set([5])]]) });
  });

  test('offset 0 of partition 0 is a record like any other', () => {
    const { verdict } = readResult(answer(listed(item('orders-0', 0))), [topicRecord(0, 0), topicRecord(0, 1)], true);

    expect(verdict).toEqual({ kind: 'partial', failed: new Map([[0, new Set([0])]]) });
  });

  test('row 11: an identifier that stands twice counts once, with a warning that names it', () => {
    const payload = listed(item('orders-0', 41), item('orders-3', 7), item('orders-0', 41));

    const { complaints } = readResult(answer(payload), BATCH, true);

    expect(failedOffsets(payload)).toEqual([
      [0, [41]],
      [3, [7]],
    ]);
    expect(complaints).toEqual([complaint('warning', 11, 'orders-0@41 twice')]);
  });
});

test('row 11: however many stand twice, there is one warning', () => {
  const payload = listed(...[41, 42, 41, 42, 41].map((offset) => item('orders-0', offset)));

  const { complaints } = readResult(answer(payload), BATCH, true);

  expect(complaints).toEqual([complaint('warning', 11, 'orders-0@41 twice, and 2 more')]);
});

describe('without ReportBatchItemFailures any return is a success', () => {
  test.each<[string, unknown]>([
    ['nothing', null],
    ['an object', { batchItemFailures: [] }],
    ['null in place of the list', { batchItemFailures: null }],
    ['a text', 'done'],
    ['a list', [1, 2]],
  ])('%s', (_, payload) => {
    const reading = readResult(answer(payload), BATCH, false);

    expect(reading).toEqual({ verdict: COMPLETE_SUCCESS, complaints: [] });
  });

  test('row 13: reported failures are ignored, and that is said loudly', () => {
    const payload = listed(item('orders-0', 41), item('orders-0', 42));

    const reading = readResult(answer(payload), BATCH, false);

    expect(reading.verdict).toEqual(COMPLETE_SUCCESS);
    const text = expect.stringMatching(/2 failed records.*ReportBatchItemFailures.*lost/);
    expect(reading.complaints).toEqual([{ kind: 'error', row: 13, text }]);
  });

  test('failures that the service could not even read are lost as well', () => {
    const reading = readResult(answer(listed({ itemIdentifier: '41' })), BATCH, false);

    expect(reading.verdict).toEqual(COMPLETE_SUCCESS);
    expect(reading.complaints).toHaveLength(1);
  });
});

describe('an invocation without an answer fails the whole batch, under both settings', () => {
  const ended = { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 10.00 seconds', durationMs: 1 };

  test.each<InvocationResult>([
    { kind: 'error', ...ended },
    { kind: 'timeout', ...ended },
    { kind: 'crash', ...ended, exitCode: null, signal: 'SIGKILL' },
    { kind: 'init-error', ...ended },
  ])('$kind', (result) => {
    const readings = [true, false].map((reports) => readResult(result, BATCH, reports));

    for (const reading of readings) {
      expect(reading).toEqual({
        verdict: { kind: 'failed', reason: 'Sandbox.Timedout: Task timed out after 10.00 seconds' },
        complaints: [],
      });
    }
  });
});

/** Row 20 of section 8. */
import { RecordAges } from '../../../local/event-source/record-age';
import { nameOf, topicRecord } from './topic-records';

const [old, recent, ahead] = [
  topicRecord(0, 1, { timestamp: 1_000 }),
  topicRecord(0, 2, { timestamp: 70_000 }),
  topicRecord(0, 3, { timestamp: 900_000 }),
];
const records = [old, recent, ahead];

describe('by the timestamp', () => {
  test('a record is too old when more than the limit has passed, to the millisecond', () => {
    const ages = new RecordAges(60_000, 'since-timestamp');
    ages.polled(records, 100_000);

    expect(ages.expired(records, 61_000).map(nameOf)).toEqual([]);
    expect(ages.expired(records, 61_001).map(nameOf)).toEqual(['0@1']);
    expect(ages.expired(records, 130_001).map(nameOf)).toEqual(['0@1', '0@2']);
  });

  test('one from the future is not', () => {
    expect(new RecordAges(60_000, 'since-timestamp').expired([ahead], 500_000)).toEqual([]);
  });
});

describe('since the first poll', () => {
  test('the timestamp does not matter', () => {
    const ages = new RecordAges(60_000, 'since-first-poll');
    ages.polled([old], 100_000);
    ages.polled([recent], 120_000);

    expect(ages.expired([old, recent], 160_000)).toEqual([]);
    expect(ages.expired([old, recent], 160_001).map(nameOf)).toEqual(['0@1']);
    expect(ages.expired([old, recent], 180_001).map(nameOf)).toEqual(['0@1', '0@2']);
  });
});

test.each(['since-timestamp', 'since-first-poll'] as const)('without a limit nothing grows too old: %s', (begins) => {
  const ages = new RecordAges(Number.POSITIVE_INFINITY, begins);
  ages.polled(records, 0);

  expect(ages.expired(records, 1e15)).toEqual([]);
});

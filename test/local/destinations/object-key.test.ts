import { objectKey } from '../../../local/destinations/object-key';
import { topicRecord } from '../event-source/topic-records';
import { failureOf } from './failure-fixture';

test('an object lies under its mapping, its partition and its day', () => {
  const key = objectKey(failureOf({ records: [topicRecord(3, 7), topicRecord(0, 1)] }));

  expect(key).toMatch(/^aws\/lambda\/OrdersMapping\/orders-3\/2026\/11\/02\/2026-11-02T08\.00\.00\.000Z-[0-9a-f]{16}$/);
});

test('two failures of one moment do not overwrite each other', () => {
  const keys = [[topicRecord(0, 1)], [topicRecord(0, 2)], [topicRecord(0, 1), topicRecord(0, 2)]].map((records) =>
    objectKey(failureOf({ records })),
  );

  expect(new Set(keys).size).toBe(3);
});

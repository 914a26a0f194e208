/**
 * Tests of the reference functions, handlers/entry/flights*.ts, as a user of the library would write them. Their effects
 * are real requests, to a table that is not DynamoDB's; nothing else leaves this process.
 */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { ProcessRecordsOptions } from 'msk-once/handlers';
import {
  assertTookEffectOnce,
  kafkaEvent,
  openRecords,
  READINGS,
  recordNames,
  testEnvironment,
  testProcessor,
} from 'msk-once/testing';
import { type CountersTable, startCountersTable } from './counters-table.js';

interface Flight {
  readonly date: string;
  readonly delay: number;
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
}

const flight = { date: '2001/01/01 00:47', delay: 66, distance: 1750, origin: 'ATL', destination: 'LAS' };
const event = kafkaEvent({
  topic: 'flights',
  records: [
    { key: 'ATL', value: flight },
    { key: 'ATL', value: flight }, // the producer's retry
    { key: 'ATL', value: { ...flight, date: '2001/01/01 07:10' } },
    { key: 'BOS', value: { ...flight, origin: 'BOS' }, partition: 1 },
  ],
});

let table: CountersTable;
let byLedger: ProcessRecordsOptions<Flight>;
let byIdentity: ProcessRecordsOptions<Flight>;
let byTransaction: ProcessRecordsOptions<Flight>;

before(async () => {
  table = await startCountersTable();
  // The functions read their environment where they are imported, and the SDK reads its own at the first request.
  Object.assign(process.env, testEnvironment({ endpoint: table.endpoint, variables: { COUNTERS_TABLE: 'Counters' } }));
  byLedger = (await import('./flights-ledger.js')).flights;
  byIdentity = (await import('./flights.js')).flights;
  byTransaction = (await import('./flights-transaction.js')).flights;
});
after(() => table.close());
beforeEach(() => {
  table.counted.length = 0;
});

describe('by ledger', () => {
  test('each record counts once, however often it is delivered', async () => {
    const processor = testProcessor(byLedger);

    await processor.handle(event);
    await processor.handle(event);

    assertTookEffectOnce(table.counted, ['ATL flights-0@0', 'ATL flights-0@1', 'ATL flights-0@2', 'BOS flights-1@0']);
  });

  for (const reading of READINGS) {
    test(`a worker that dies after counting a flight counts it again, and loses none (${reading})`, async () => {
      const processor = testProcessor(byLedger);
      processor.crashAfterEffect('flights-0@1');

      await processor.deliverUntilDone(event, { reading });

      assert.deepEqual(processor.crashes, ['after the effect of flights-0@1']);
      assert.ok(table.counted.filter((entry) => entry === 'ATL flights-0@1').length === 2);
      assert.deepEqual(new Set(Object.values(await processor.outcomes())), new Set(['done']));
    });
  }
});

describe('by identity', () => {
  test('a flight that the producer wrote twice counts once', async () => {
    const processor = testProcessor(byIdentity);

    await processor.deliverUntilDone(event);

    assertTookEffectOnce(table.counted, ['ATL flights-0@0', 'ATL flights-0@2', 'BOS flights-1@0']);
    assert.deepEqual(Object.keys(await processor.outcomes()), recordNames(event));
  });

  test('a record that is no flight counts nothing, and does not count for its neighbours', async () => {
    const processor = testProcessor(byIdentity, { deadLetters: false });
    const bad = kafkaEvent({ topic: 'flights', records: [{ value: flight }, { value: 'no JSON' }] });

    const response = await processor.handle(bad);

    assert.deepEqual(openRecords(response), ['flights-0@1']);
    assertTookEffectOnce(table.counted, ['ATL flights-0@0']);
  });
});

describe('by transaction', () => {
  for (const record of recordNames(event).filter((name) => name !== 'flights-0@1')) {
    test(`each flight counts exactly once, when the worker dies at ${record} too`, async () => {
      const processor = testProcessor(byTransaction);
      processor.crashBeforeEffect(record);
      processor.crashAfterEffect(record);

      await processor.deliverUntilDone(event);

      assert.equal(processor.crashes.length, 2);
      assertTookEffectOnce(
        processor.written.map(({ Update }) => String(Update?.ExpressionAttributeValues?.[':record'])),
        ['flights-0@0', 'flights-0@2', 'flights-1@0'],
      );
    });
  }
});

import { ERROR_CODES } from '../../contract/error-codes';
import { isOnceError, json, type ProcessRecordsOptions } from '../../handlers';
import { settingsOf } from '../../handlers/options';

const good = { value: json(), identity: () => 'a', process: () => undefined };

/** Options as someone without types may write them. */
function refusal(changes: Record<string, unknown>): string {
  try {
    settingsOf({ ...good, ...changes } as unknown as ProcessRecordsOptions<unknown>);
  } catch (error) {
    if (isOnceError(error) && error.code === ERROR_CODES.optionsInvalid) return error.message;
    throw error;
  }
  throw new Error('the options were accepted');
}

describe('the options of processRecords', () => {
  test('a call of processBatch has at most 100 records where nothing else is said', () => {
    const { value } = good;

    expect(settingsOf({ value, processBatch: () => undefined }).maxRecordsPerCall).toBe(100);
    expect(settingsOf({ value, processBatch: () => undefined, maxRecordsPerCall: 7 }).maxRecordsPerCall).toBe(7);
  });

  test('have the defaults that are documented', () => {
    const settings = settingsOf(good);

    expect(settings).toMatchObject({
      order: 'partition',
      concurrency: 32,
      leaseMs: 30_000,
      checkpointMs: 250,
      clockSkewMs: 1_000,
      abortGraceMs: 500,
      tombstones: undefined,
      payload: undefined,
    });
  });

  test.each<[string, Record<string, unknown>]>([
    ['value', { value: undefined }],
    ['value', { value: null }],
    ['value', { value: JSON }],
    ['value', { value: { decode: 'json' } }],
    ['key', { key: null }],
    ['key', { key: 'text' }],
    ['key', { key: json }],
    ['identity', { identity: null }],
    ['identity', { identity: 'orderId' }],
    ['process', { process: undefined }],
    ['process', { process: Promise.resolve() }],
    ['process', { processBatch: () => undefined }],
    ['process', { processBatch: () => undefined, process: null }],
    ['processBatch', { process: undefined, processBatch: 'all' }],
    ['processBatch', { process: undefined, processBatch: null }],
    ['processBatch', { process: undefined, processBatch: () => undefined, transaction: true }],
    ['maxRecordsPerCall', { process: undefined, processBatch: () => undefined, maxRecordsPerCall: 0 }],
    ['maxRecordsPerCall', { process: undefined, processBatch: () => undefined, maxRecordsPerCall: 10_001 }],
    ['maxRecordsPerCall', { process: undefined, processBatch: () => undefined, maxRecordsPerCall: '10' }],
    ['maxRecordsPerCall', { maxRecordsPerCall: 10 }],
    ['payload', { payload: true }],
    ['payload', { payload: null }],
    ['payload', { payload: 'id' }],
    ['tombstones', { tombstones: true }],
    ['tombstones', { tombstones: 'error' }],
    ['tombstones', { tombstones: null }],
    ['order', { order: 'keys' }],
    ['order', { order: null }],
    ['concurrency', { concurrency: 0 }],
    ['concurrency', { concurrency: 1.5 }],
    ['concurrency', { concurrency: '32' }],
    ['concurrency', { concurrency: Number.POSITIVE_INFINITY }],
    ['concurrency', { concurrency: Number.NaN }],
    ['concurrency', { concurrency: 10_001 }],
    ['concurrency', { concurrency: null }],
    ['leaseMs', { leaseMs: 999 }],
    ['leaseMs', { leaseMs: 15 * 60_000 + 1 }],
    ['leaseMs', { leaseMs: '30s' }],
    ['clockSkewMs', { clockSkewMs: -1 }],
    ['clockSkewMs', { clockSkewMs: 60_001 }],
    ['abortGraceMs', { abortGraceMs: -1 }],
    ['abortGraceMs', { abortGraceMs: 10_001 }],
    ['checkpointMs', { checkpointMs: 0 }],
    ['checkpointMs', { checkpointMs: 60_001 }],
    ['checkpointMs', { checkpointMs: '250' }],
    ['transaction', { transaction: 'yes' }],
    ['transaction', { transaction: null }],
    ['independent', { independent: 1, transaction: true }],
    ['independent', { independent: true }],
    ['independent', { independent: true, transaction: false }],
    ['payload', { payload: () => 1, identity: undefined }],
    ['payload', { payload: false, identity: undefined, transaction: true }],
    // With the default skew of 1 s there would be no instant at which a record may start.
    ['leaseMs', { leaseMs: 2_000 }],
    ['leaseMs', { leaseMs: 20_000, clockSkewMs: 10_000 }],
  ])('%s: %p is refused, naming the option', (option, changes) => {
    expect(refusal(changes)).toContain(`processRecords: ${option} is `);
  });

  test.each<[string, Record<string, unknown>, object]>([
    ['nothing: offsets', { identity: undefined }, { remember: 'ledger', leaseMs: 10_000, independent: false }],
    ['an identity: identities', {}, { remember: 'identity', leaseMs: 30_000, independent: false }],
    ['a transaction', { identity: undefined, transaction: true }, { remember: 'transaction', leaseMs: 10_000 }],
    ['a transaction with an identity', { transaction: true }, { remember: 'transaction', leaseMs: 10_000 }],
    ['transaction: false and an identity', { transaction: false }, { remember: 'identity', leaseMs: 30_000 }],
    ['independent writes', { transaction: true, independent: true }, { remember: 'transaction', independent: true }],
  ])('what is remembered follows from what is declared: %s', (_, changes, expected) => {
    expect(settingsOf({ ...good, ...changes } as ProcessRecordsOptions<unknown>)).toMatchObject(expected);
  });

  test.each<Record<string, unknown>>([
    { concurrency: 1 },
    { concurrency: 10_000 },
    { leaseMs: 1_000, clockSkewMs: 499 },
    { leaseMs: 2_001 },
    { checkpointMs: 1 },
    { checkpointMs: 60_000 },
    { independent: false },
    { leaseMs: 900_000 },
    { clockSkewMs: 0 },
    { abortGraceMs: 0 },
    { payload: false },
    { payload: () => 1 },
    { tombstones: 'process' },
    { tombstones: 'skip' },
    { key: json() },
    { key: undefined },
    { order: 'key' },
    { order: 'none' },
  ])('%p is accepted', (changes) => {
    expect(settingsOf({ ...good, ...changes } as ProcessRecordsOptions<unknown>)).toMatchObject(changes);
  });
});

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
  test('have the defaults that are documented', () => {
    const settings = settingsOf(good);

    expect(settings).toMatchObject({
      order: 'partition',
      concurrency: 32,
      leaseMs: 30_000,
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
    ['identity', { identity: undefined }],
    ['identity', { identity: 'orderId' }],
    ['process', { process: undefined }],
    ['process', { process: Promise.resolve() }],
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
  ])('%s: %p is refused, naming the option', (option, changes) => {
    expect(refusal(changes)).toContain(`processRecords: ${option} is `);
  });

  test('a missing identity says why it is required', () => {
    const message = refusal({ identity: undefined });

    expect(message).toContain('until the offset ledger exists');
  });

  test.each<Record<string, unknown>>([
    { concurrency: 1 },
    { concurrency: 10_000 },
    { leaseMs: 1_000 },
    { leaseMs: 900_000 },
    { clockSkewMs: 0 },
    { abortGraceMs: 0 },
    { payload: false },
    { payload: () => 1 },
    { tombstones: 'process' },
    { tombstones: 'skip' },
    { order: 'key' },
    { order: 'none' },
  ])('%p is accepted', (changes) => {
    expect(settingsOf({ ...good, ...changes } as ProcessRecordsOptions<unknown>)).toMatchObject(changes);
  });
});

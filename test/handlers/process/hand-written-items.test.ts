import { ERROR_CODES } from '../../../contract/error-codes';
import { TableWorld, WAYS } from '../../support/table-world';
import { event } from '../../support/virtual-world';

const LEDGER = 'ledger#shop-orders#u-1#1#orders#0';
/** Base64 of SHA-256 of JSON.stringify('a'), by another program than the one under test. */
const IDENTITY_A = 'shop-orders#orders#rI2DQruyNi0T8KVZo2IbtAcBE2iJUWS2KKVPf8M/xDw=';
/** More milliseconds and more seconds than any date has. */
const NO_DATE = { N: '9223372036854775807' };

const at = (offset: number, id: string) => ({ offset, value: { id }, timestamp: 1_789_999_000_000 + offset });
const BATCH = event({ 0: [at(1, 'a'), at(2, 'b')], 1: [at(1, 'c')] });

describe.each(WAYS.filter((way) => way === 'identity' || way === 'transaction with identity'))('%s', (way) => {
  test.each([
    ['lease', { in_progress_expiration: NO_DATE, expiration: { N: '99999999999' } }],
    ['expiration', { expiration: NO_DATE }],
  ])('an item whose %s is no date keeps its own record out, and no other partition', async (_, odd) => {
    const w = await TableWorld.start(way);
    await w.put({ id: { S: IDENTITY_A }, status: { S: 'INPROGRESS' }, ...odd });

    expect(await w.deliver(BATCH)).toEqual(['orders-0@1', 'orders-0@2']);

    expect(await w.effects('c')).toBe(1);
    expect(w.codes()).toContain(ERROR_CODES.claimBusy);
    expect(w.errors()).toContain(IDENTITY_A);
  });

  test.each([
    ['a number', { N: '7' }],
    ['NULL', { NULL: true }],
    ['bytes', { B: Buffer.from('x') }],
  ])('C7: a digest that is %s is none: what was let go of is taken over', async (_, payload_digest) => {
    const w = await TableWorld.start(way);
    await w.put({
      id: { S: IDENTITY_A },
      status: { S: 'INPROGRESS' },
      in_progress_expiration: { N: '0' },
      expiration: { N: '99999999999' },
      payload_digest,
    });

    expect(await w.deliver(BATCH)).toEqual([]);

    expect(await Promise.all(['a', 'b', 'c'].map((id) => w.effects(id)))).toEqual([1, 1, 1]);
  });
});

describe.each(WAYS.filter((way) => way !== 'identity'))('%s', (way) => {
  test('a ledger item whose lease is no date keeps its own partition out, and no other', async () => {
    const w = await TableWorld.start(way);
    await w.deliver(event({ 0: [at(0, 'before')] }));
    const item = (await w.items()).find(({ id }) => id?.S === LEDGER);
    await w.put({ ...item, lease_until_ms: { N: String(Number.MAX_SAFE_INTEGER) } });

    expect(await w.deliver(BATCH)).toEqual(['orders-0@1', 'orders-0@2']);

    expect(await w.effects('c')).toBe(1);
    expect(w.codes()).toContain(ERROR_CODES.partitionBusy);
  });
});

/**
 * What a claim store makes of items that others wrote: a stock Powertools layer, or somebody by hand. Whatever stands
 * there, no effect happens twice: an item is taken over only where its readable attributes say that it may be.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Claim, ClaimRequest, ClaimStore } from '../../handlers/claims/claim-store';
import type { RawItem } from '../support/stored-claim';

const NOW = 1_790_000_000_000;
const REMEMBER_FOR_SECONDS = 1_209_600;

export interface FoundItemWorld {
  readonly store: ClaimStore;
  put(item: RawItem): Promise<void>;
  item(id: string): Promise<RawItem | undefined>;
}

export type OpenFoundItemWorld = (options: {
  clock: { now(): number };
  clockSkewMs: number;
  rememberForSeconds: number;
}) => FoundItemWorld;

let names = 0;
const fresh = (prefix: string) => `${prefix}-${process.pid}-${Date.now().toString(36)}-${++names}`;

const asks = (id: string): ClaimRequest => ({
  id,
  token: fresh('token'),
  partition: 0,
  offset: 7,
  payloadDigest: 'digest',
  leaseUntilMs: NOW + 30_000,
});

const busy = (leaseUntilMs: number) => ({ kind: 'busy', leaseUntilMs });
const unreadable = (leaseUntilMs: number) => ({ ...busy(leaseUntilMs), unreadable: 'status' });
const CLOSED = { kind: 'closed', outcome: 'done' };
const OPEN = { kind: 'open' };
const takenOver = (attempts: number) => ({ kind: 'claimed', claim: { attempts }, takeover: true });

const EXPIRES_S = NOW / 1_000 + 3_600;
const STOCK_RESULT: RawItem = {
  data: { M: { charged: { BOOL: true }, items: { L: [{ N: '1' }] } } },
  validation: { S: '9c1185a5c5e9fc54612808977ee8f548b2258d31' },
};
const stock = (status: string, more: RawItem = {}): RawItem => ({
  status: { S: status },
  expiration: { N: String(EXPIRES_S) },
  ...more,
});
const lease = (untilMs: number): RawItem => ({ in_progress_expiration: { N: String(untilMs) } });

/** The item, what a claim is answered, and what a look-up. */
const STOCK_RECORDS: readonly [string, RawItem, object, object][] = [
  ['in progress, with a live lease', stock('INPROGRESS', lease(NOW + 9_000)), busy(NOW + 9_000), OPEN],
  ['in progress, its lease over for long', stock('INPROGRESS', lease(NOW - 9_000)), takenOver(0), OPEN],
  ['in progress, its lease over for 2 skews', stock('INPROGRESS', lease(NOW - 2_000)), busy(NOW - 2_000), OPEN],
  ['in progress, without a lease', stock('INPROGRESS'), busy(EXPIRES_S * 1_000), OPEN],
  [
    'in progress with a payload hash of its own',
    stock('INPROGRESS', { ...lease(NOW - 9_000), ...STOCK_RESULT }),
    takenOver(0),
    OPEN,
  ],
  ['in progress, expired', stock('INPROGRESS', { expiration: { N: String(NOW / 1_000) } }), takenOver(0), OPEN],
  ['completed', stock('COMPLETED'), CLOSED, CLOSED],
  ['completed, its lease still there', stock('COMPLETED', lease(NOW - 9_000)), CLOSED, CLOSED],
  ['completed with result and payload hash', stock('COMPLETED', STOCK_RESULT), CLOSED, CLOSED],
  ['completed with a result of 390 KB', stock('COMPLETED', { data: { S: 'x'.repeat(390_000) } }), CLOSED, CLOSED],
  [
    'completed, expired',
    stock('COMPLETED', { expiration: { N: String(NOW / 1_000) }, ...STOCK_RESULT }),
    takenOver(0),
    OPEN,
  ],
  [
    'completed with a result of 390 KB, expired',
    stock('COMPLETED', { expiration: { N: '1' }, data: { S: 'x'.repeat(390_000) } }),
    takenOver(0),
    OPEN,
  ],
  ['stored as expired', stock('EXPIRED'), takenOver(0), OPEN],
  ['stored as expired, with a lease', stock('EXPIRED', lease(NOW + 9_000)), takenOver(0), OPEN],
];

/** Items as this product writes them. */
const live: RawItem = {
  status: { S: 'INPROGRESS' },
  expiration: { N: String(EXPIRES_S) },
  in_progress_expiration: { N: String(NOW + 20_000) },
  owner: { S: 'theirs' },
  payload_digest: { S: 'digest' },
  attempts: { N: '2' },
  partition: { N: '0' },
  offset: { N: '7' },
};
const released: RawItem = { ...live, in_progress_expiration: { N: '0' } };
const left: RawItem = { ...live, ...lease(NOW - 9_000), unclean: { N: '1' }, suspect: { N: '7' } };
const done: RawItem = { ...live, status: { S: 'COMPLETED' }, outcome: { S: 'done' } };

const WRONG: readonly AttributeValue[] = [
  { S: 'a text where a number belongs' },
  { N: '7' },
  { B: Buffer.from('bytes') },
  { BOOL: true },
  { NULL: true },
  { L: [{ S: 'a' }] },
  { M: { a: { N: '1' } } },
  { SS: ['a'] },
  { NS: ['1'] },
];
const NUMBERS = ['expiration', 'in_progress_expiration', 'attempts', 'partition', 'offset', 'unclean', 'suspect'];
const typeOf = (value: AttributeValue) => Object.keys(value)[0] ?? '';
const isWrongFor = (attribute: string) => (value: AttributeValue) =>
  typeOf(value) !== (NUMBERS.includes(attribute) ? 'N' : 'S');

/** What a claim is answered where this attribute has another type than ours. */
const POISONED: readonly [string, RawItem, Record<string, object>, object][] = [
  [
    'done',
    done,
    {
      status: unreadable(EXPIRES_S * 1_000),
      owner: CLOSED,
      payload_digest: CLOSED,
      attempts: CLOSED,
      outcome: CLOSED,
      expiration: CLOSED,
      in_progress_expiration: CLOSED,
      partition: CLOSED,
      offset: CLOSED,
      data: CLOSED,
      validation: CLOSED,
    },
    CLOSED,
  ],
  [
    'live',
    live,
    {
      status: unreadable(EXPIRES_S * 1_000),
      owner: busy(NOW + 20_000),
      payload_digest: busy(NOW + 20_000),
      attempts: busy(NOW + 20_000),
      expiration: busy(NOW + 20_000),
      in_progress_expiration: busy(EXPIRES_S * 1_000),
      partition: busy(NOW + 20_000),
      offset: busy(NOW + 20_000),
    },
    OPEN,
  ],
  [
    'released',
    released,
    {
      status: unreadable(EXPIRES_S * 1_000),
      owner: takenOver(2),
      payload_digest: takenOver(2),
      attempts: takenOver(0),
      expiration: takenOver(2),
      in_progress_expiration: busy(EXPIRES_S * 1_000),
      partition: takenOver(2),
      offset: takenOver(2),
      outcome: takenOver(2),
      first_failure_ms: takenOver(2),
      last_error: takenOver(2),
      unclean: takenOver(2),
      suspect: takenOver(2),
    },
    OPEN,
  ],
  [
    'left behind by a dead process',
    left,
    {
      owner: takenOver(3),
      attempts: takenOver(1),
      first_failure_ms: takenOver(3),
      last_error: takenOver(3),
      unclean: { kind: 'claimed', claim: { attempts: 3, unclean: 1 } },
      suspect: { kind: 'claimed', claim: { attempts: 2, unclean: 2 } },
    },
    OPEN,
  ],
];

const ODD: readonly [string, RawItem, object][] = [
  ['a status that is none', { ...released, status: { S: 'DONE' } }, unreadable(EXPIRES_S * 1_000)],
  ['no status', { owner: { S: 'theirs' } }, unreadable(Number.POSITIVE_INFINITY)],
  ['nothing but its key', {}, unreadable(Number.POSITIVE_INFINITY)],
  ['attempts below zero', { ...released, attempts: { N: '-3' } }, takenOver(0)],
  ['attempts that are no whole number', { ...released, attempts: { N: '1.5' } }, takenOver(0)],
  ['attempts beyond what a number holds', { ...released, attempts: { N: '1e100' } }, takenOver(0)],
  ['a lease below zero', { ...live, in_progress_expiration: { N: '-1' } }, takenOver(2)],
  ['an expiration below zero', { ...live, expiration: { N: '-1' } }, takenOver(0)],
  ['an expiration in milliseconds', { ...done, expiration: { N: String(NOW - 1) } }, CLOSED],
  ['an expiration in years to come', { ...done, expiration: { N: '1e60' } }, CLOSED],
  ['an outcome that is none', { ...done, outcome: { S: 'cancelled' } }, CLOSED],
  ['outcome parked', { ...done, outcome: { S: 'parked' } }, { kind: 'closed', outcome: 'parked' }],
  ['attributes of others', { ...released, note: { S: 'do not touch' } }, takenOver(2)],
];

/** Declares the tests. */
export function testFoundItems(open: OpenFoundItemWorld): void {
  let nowMs = NOW;
  beforeEach(() => {
    nowMs = NOW;
  });
  const opened = () =>
    open({ clock: { now: () => nowMs }, clockSkewMs: 1_000, rememberForSeconds: REMEMBER_FOR_SECONDS });

  /** Claims over a stored item. What is taken over is ours wholly; what is not stays as it was. */
  async function expectAnswer(item: RawItem, expected: object, context: unknown = '') {
    const { store, put, item: read } = opened();
    const request = asks(fresh('found'));
    await put({ id: { S: request.id }, ...item });
    const stored = await read(request.id);

    const [answer] = await store.claim([request]);

    expect([context, answer]).toEqual([
      context,
      expect.objectContaining({ kind: 'kind' in expected && expected.kind }),
    ]);
    expect(answer).toMatchObject(expected);
    if (answer?.kind !== 'claimed') return expect(await read(request.id)).toEqual(stored);
    await expectOwned(store, read, answer.claim);
  }

  async function expectOwned(store: ClaimStore, read: FoundItemWorld['item'], claim: Claim) {
    expect(await read(claim.id)).toMatchObject({
      status: { S: 'INPROGRESS' },
      owner: { S: claim.token },
      attempts: { N: String(claim.attempts) },
      in_progress_expiration: { N: String(claim.leaseUntilMs) },
    });
    const old = { claim: { ...claim, token: 'theirs' } };
    expect(await store.complete([old])).toEqual([{ kind: 'lost' }]);
    expect(await store.renew([{ claim, leaseUntilMs: claim.leaseUntilMs + 1 }])).toEqual([{ kind: 'written' }]);
    expect(await store.complete([{ claim }])).toEqual([{ kind: 'written' }]);
    expect(await store.lookUp([claim])).toEqual([CLOSED]);
    const stored = await read(claim.id);
    for (const name of ['data', 'validation', 'in_progress_expiration', 'suspect'])
      expect(stored).not.toHaveProperty(name);
  }

  describe('a record of a stock Powertools layer', () => {
    test.each(STOCK_RECORDS)('%s', async (_, item, expected, expectedLookUp) => {
      const { store, put } = opened();
      const request = asks(fresh('stock'));
      await put({ id: { S: request.id }, ...item });

      expect(await store.lookUp([request])).toEqual([expectedLookUp]);

      await expectAnswer(item, expected);
    });
  });

  describe('an attribute of another type, written by hand', () => {
    const rows = POISONED.flatMap(([what, item, answers, lookedUp]) =>
      Object.entries(answers).map(([attribute, answer]) => [what, attribute, item, answer, lookedUp] as const),
    );

    test.each(rows)('%s, another %s', async (_, attribute, item, expected, lookedUp) => {
      for (const value of WRONG.filter(isWrongFor(attribute))) {
        await expectAnswer({ ...item, [attribute]: value }, expected, typeOf(value));
        if (attribute === 'status') continue;
        const { store, put } = opened();
        const request = asks(fresh('poisoned'));
        await put({ id: { S: request.id }, ...item, [attribute]: value });
        expect(await store.lookUp([request])).toEqual([lookedUp]);
      }
    });
  });

  describe('an odd value, written by hand', () => {
    test.each(ODD)('%s', (_, item, expected) => expectAnswer(item, expected));
  });

  test('what cannot be understood is in the way until it expires, and not for longer', async () => {
    const { store, put } = opened();
    const request = asks(fresh('found'));
    await put({ id: { S: request.id }, ...done, status: { N: '1' } });
    nowMs = EXPIRES_S * 1_000 - 1;
    expect(await store.claim([request])).toEqual([unreadable(EXPIRES_S * 1_000)]);
    nowMs = EXPIRES_S * 1_000;

    expect((await store.claim([request]))[0]).toMatchObject(takenOver(0));
  });

  test('one poisoned item in a batch leaves its neighbours alone', async () => {
    const { store, put } = opened();
    const requests = Array.from({ length: 30 }, () => asks(fresh('batch')));
    const poisoned = requests[7] as ClaimRequest;
    await put({ id: { S: poisoned.id }, status: { L: [] }, owner: { M: {} } });

    const answers = await store.claim(requests);

    expect(answers.map(({ kind }) => kind)).toEqual(
      requests.map((request) => (request === poisoned ? 'busy' : 'claimed')),
    );
  });

  test('a claim that is ours by token, its lease made unreadable, is not taken for ours', async () => {
    const { store, put, item } = opened();
    const request = asks(fresh('ours'));
    await store.claim([request]);
    await put({ ...(await item(request.id)), in_progress_expiration: { S: 'soon' } });

    expect((await store.claim([request]))[0]?.kind).toBe('busy');
  });
}

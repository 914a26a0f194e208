import type { ClaimRequest } from '../../../handlers/claims/claim-store';
import { judge, judgeLookUp, type StoredClaim } from '../../../handlers/claims/judge';

const NOW = 1_790_000_000_000;
const SKEW = 1_000;
const LATER_S = NOW / 1_000 + 1_209_600;

const request: ClaimRequest = {
  id: 'c#t#h',
  token: 'mine',
  partition: 0,
  offset: 7,
  payloadDigest: 'digest',
  leaseUntilMs: NOW + 30_000,
};

const NOTHING: StoredClaim = {
  status: undefined,
  owner: undefined,
  partition: undefined,
  offset: undefined,
  payloadDigest: undefined,
  attempts: undefined,
  leaseUntilMs: undefined,
  expiration: undefined,
  outcome: undefined,
};

/** A live claim of another worker. */
const theirs: StoredClaim = {
  status: 'INPROGRESS',
  owner: 'theirs',
  partition: 0,
  offset: 7,
  payloadDigest: 'digest',
  attempts: 2,
  leaseUntilMs: NOW + 10_000,
  expiration: LATER_S,
  outcome: undefined,
};
const mine: StoredClaim = { ...theirs, owner: 'mine', leaseUntilMs: NOW + 20_000, attempts: 3 };
const done: StoredClaim = { ...theirs, status: 'COMPLETED', outcome: 'done', leaseUntilMs: undefined };
const stock: StoredClaim = {
  ...NOTHING,
  status: 'INPROGRESS',
  leaseUntilMs: NOW + 10_000,
  expiration: NOW / 1_000 + 3_600,
};

const takeover = (attempts: number, more = {}) => ({ kind: 'takeover', attempts, ...more });
const DIED = 'MSK_ONCE_PROCESS_DIED';
/** Nobody gave it back. */
const over: StoredClaim = { ...theirs, leaseUntilMs: NOW - 2_001 };
const busy = (leaseUntilMs: number) => ({ kind: 'busy', leaseUntilMs });
const unreadable = (leaseUntilMs: number) => ({ ...busy(leaseUntilMs), unreadable: 'status' });
const closed = (outcome: string) => ({ kind: 'closed', outcome });
const claimed = (leaseUntilMs: number, attempts: number) => ({
  kind: 'claimed',
  claim: { ...request, leaseUntilMs, attempts },
  takeover: false,
});

describe('C3: what a stored item means for a claim', () => {
  test.each<[string, StoredClaim, object]>([
    ['an item that is no idempotency record', { ...NOTHING, owner: 'x' }, unreadable(Number.POSITIVE_INFINITY)],
    ['a status that nobody writes', { ...theirs, status: 'DONE' }, unreadable(LATER_S * 1_000)],
    ['a status that nobody writes, expired', { ...theirs, status: 'DONE', expiration: 1 }, takeover(0)],
    ['an item that says itself that it is expired', { ...done, status: 'EXPIRED' }, takeover(0)],

    ['a live foreign claim', theirs, busy(NOW + 10_000)],
    ['a foreign lease that ends now', { ...theirs, leaseUntilMs: NOW }, busy(NOW)],
    ['a foreign lease over for exactly 2 skews', { ...theirs, leaseUntilMs: NOW - 2_000 }, busy(NOW - 2_000)],
    ['a foreign lease over for 1 ms more than 2 skews', over, takeover(2, { unclean: 1 })],
    ['a released foreign claim', { ...theirs, leaseUntilMs: 0 }, takeover(2)],
    ['a released claim without attempts', { ...theirs, leaseUntilMs: 0, attempts: undefined }, takeover(0)],

    ['our own claim', mine, claimed(NOW + 20_000, 3)],
    ['our own claim after its lease', { ...mine, leaseUntilMs: NOW - 60_000 }, claimed(NOW - 60_000, 3)],
    ['our own claim, given back: the request is a late one', { ...mine, leaseUntilMs: 0 }, busy(NOW)],
    ['our own claim, completed', { ...mine, status: 'COMPLETED', outcome: 'done' }, closed('done')],
    ['our own claim, parked', { ...mine, status: 'COMPLETED', outcome: 'parked' }, closed('parked')],
    ['our own claim whose lease nobody can read', { ...mine, leaseUntilMs: undefined }, busy(LATER_S * 1_000)],
    ['our token at another offset', { ...mine, offset: 8 }, busy(NOW + 20_000)],
    ['our token in another partition', { ...mine, partition: 1 }, busy(NOW + 20_000)],
    ['our token with another payload', { ...mine, payloadDigest: 'other' }, { kind: 'conflict' }],
    ['our token without a payload', { ...mine, payloadDigest: undefined }, busy(NOW + 20_000)],

    ['a done record', done, closed('done')],
    ['a parked record', { ...done, outcome: 'parked' }, closed('parked')],
    ['a done record with a lease left over', { ...done, leaseUntilMs: NOW + 1 }, closed('done')],
    ['a completed record of a stock layer', { ...NOTHING, status: 'COMPLETED', expiration: LATER_S }, closed('done')],

    ['a record that expires now', { ...done, expiration: NOW / 1_000 }, takeover(0)],
    ['a record that expires in a second', { ...done, expiration: NOW / 1_000 + 1 }, closed('done')],
    ['an expired parked record', { ...done, outcome: 'parked', expiration: 1 }, takeover(0)],
    ['an expired failed record', { ...theirs, leaseUntilMs: 0, expiration: 1 }, takeover(0)],
    ['an expired record in conflict', { ...done, payloadDigest: 'other', expiration: 1 }, takeover(0)],
    ['a done record that never expires', { ...done, expiration: undefined }, closed('done')],

    ['another payload, done', { ...done, payloadDigest: 'other' }, { kind: 'conflict' }],
    ['another payload, parked', { ...done, outcome: 'parked', payloadDigest: 'other' }, { kind: 'conflict' }],
    ['another payload, claimed', { ...theirs, payloadDigest: 'other' }, { kind: 'conflict' }],
    ['another payload, released', { ...theirs, leaseUntilMs: 0, payloadDigest: 'other' }, { kind: 'conflict' }],
    ['another payload, lease over', { ...theirs, leaseUntilMs: 1, payloadDigest: 'other' }, { kind: 'conflict' }],
    ['no payload remembered', { ...done, payloadDigest: undefined }, closed('done')],

    ['a live stock claim', stock, busy(NOW + 10_000)],
    ['a stock claim whose lease ran out', { ...stock, leaseUntilMs: NOW - 2_001 }, takeover(0, { unclean: 1 })],
    [
      'a stock claim without a lease, which stock never takes over either',
      { ...stock, leaseUntilMs: undefined },
      busy(NOW + 3_600_000),
    ],
    [
      'a stock claim without a lease that has expired',
      { ...stock, leaseUntilMs: undefined, expiration: NOW / 1_000 - 1 },
      takeover(0),
    ],
    [
      'a claim with neither lease nor expiry',
      { ...stock, leaseUntilMs: undefined, expiration: undefined },
      busy(Number.POSITIVE_INFINITY),
    ],
  ])('%s', (_, stored, expected) => {
    expect(judge(stored, request, NOW, SKEW)).toEqual(expected);
  });

  test('C7: payloads are not compared where the request brings none', () => {
    const verdict = judge({ ...done, payloadDigest: 'other' }, { ...request, payloadDigest: undefined }, NOW, SKEW);

    expect(verdict).toEqual(closed('done'));
  });

  test('with no skew allowed a lease that ended a millisecond ago can be taken over', () => {
    expect(judge({ ...theirs, leaseUntilMs: NOW }, request, NOW, 0)).toEqual(busy(NOW));
    expect(judge({ ...theirs, leaseUntilMs: NOW - 1 }, request, NOW, 0)).toEqual(takeover(2, { unclean: 1 }));
  });

  test.each<[string, StoredClaim, object]>([
    ['one more unclean end', { ...over, unclean: 2 }, takeover(2, { unclean: 3 })],
    [
      'unclean ends of a claim that was given back',
      { ...over, leaseUntilMs: 0, unclean: 2 },
      takeover(2, { unclean: 2 }),
    ],
    ['unclean ends that are no count', { ...over, unclean: -1 }, takeover(2, { unclean: 1 })],
    [
      'a suspect that nobody gave back',
      { ...over, suspect: 7, firstFailureMs: 5, lastError: 'E' },
      takeover(3, { unclean: 1, firstFailureMs: 5, lastError: DIED, hasDied: true }),
    ],
    [
      'a suspect whose first attempt that was',
      { ...over, attempts: 0, suspect: 0 },
      takeover(1, { unclean: 1, firstFailureMs: NOW, lastError: DIED, hasDied: true }),
    ],
    ['a suspect that was given back', { ...over, leaseUntilMs: 0, suspect: 7 }, takeover(2)],
    ['a suspect that has expired', { ...over, suspect: 7, unclean: 3, expiration: 1 }, takeover(0)],
    ['a live suspect', { ...theirs, suspect: 7 }, busy(NOW + 10_000)],
    ['a suspect with another payload', { ...over, suspect: 7, payloadDigest: 'other' }, { kind: 'conflict' }],
  ])('P3: %s', (_, stored, expected) => {
    expect(judge(stored, request, NOW, SKEW)).toEqual(expected);
  });
});

describe('C2: what a stored item means for a look-up', () => {
  const open = { kind: 'open' };
  const conflict = { kind: 'conflict' };

  test.each<[string, StoredClaim | undefined, object]>([
    ['nothing', undefined, open],
    ['an item that is no idempotency record', NOTHING, open],
    ['a live claim', theirs, open],
    ['our own claim', mine, open],
    ['a released claim', { ...theirs, leaseUntilMs: 0 }, open],
    ['a live claim with another payload', { ...theirs, payloadDigest: 'other' }, open],
    ['a done record', done, closed('done')],
    ['a parked record', { ...done, outcome: 'parked' }, closed('parked')],
    ['a completed record of a stock layer', { ...NOTHING, status: 'COMPLETED', expiration: LATER_S }, closed('done')],
    ['a done record that never expires', { ...done, expiration: undefined }, closed('done')],
    ['a done record that expires now', { ...done, expiration: NOW / 1_000 }, open],
    ['a done record that expires in a second', { ...done, expiration: NOW / 1_000 + 1 }, closed('done')],
    ['a done record with another payload', { ...done, payloadDigest: 'other' }, conflict],
    ['a parked record with another payload', { ...done, outcome: 'parked', payloadDigest: 'other' }, conflict],
    ['an expired record with another payload', { ...done, payloadDigest: 'other', expiration: 1 }, open],
    ['a status that nobody writes', { ...done, status: 'DONE' }, open],
  ])('%s', (_, stored, expected) => {
    expect(judgeLookUp(stored, request, NOW)).toEqual(expected);
  });
});

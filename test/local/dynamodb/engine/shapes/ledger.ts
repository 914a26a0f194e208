import {
  ALL_OLD,
  b,
  batch,
  get,
  type Json,
  l,
  MAXIMUM,
  NOW,
  n,
  one,
  put,
  type Shape,
  s,
  statement,
  TableName,
} from './shape';

export const ledger = (partition: number) => `ledger#shop#source#1#orders#${partition}`;
/** Runs, samples with digests, attempts by offset: every kind of document that the ledger keeps. */
export const STATE = {
  runs: l(l(n(0), n(41)), l(n(43), n(MAXIMUM))),
  high: n(MAXIMUM),
  attempts: { M: { 42: { M: { count: n(2), first: n(NOW), code: s('E') } } } },
  samples: l({ M: { offset: n(0), timestamp: n(NOW), digest: b('12345678') } }),
  seq: n(7),
  unclean: n(0),
};
export const insertLedger = (partition: number, owner: string, leaseUntilMs: number) =>
  statement(
    `INSERT INTO "«T»" VALUE {'id': ?, 'owner': ?, 'lease_until_ms': ?, 'seq': ?, 'runs': ?, 'high': ?, 'attempts': ?, 'samples': ?, 'unclean': ?}`,
    s(ledger(partition)),
    s(owner),
    n(leaseUntilMs),
    STATE.seq,
    STATE.runs,
    STATE.high,
    STATE.attempts,
    STATE.samples,
    STATE.unclean,
  );
export const claimLedger = (partition: number, owner: string, nowMs: number): Json => ({
  ...statement(
    `UPDATE "«T»" SET "owner" = ?, lease_until_ms = ?, seq = seq + ?, "first" = ?, "last" = ?, unclean = if_not_exists(unclean, ?) + ? ` +
      'REMOVE suspect WHERE id = ? AND ("owner" IS MISSING OR lease_until_ms < ?) RETURNING ALL NEW *',
    s(owner),
    n(nowMs + 10_000),
    n(1),
    n(44),
    n(MAXIMUM),
    n(0),
    n(1),
    s(ledger(partition)),
    n(nowMs - 2_000),
  ),
  ...ALL_OLD,
});
export const mark = (partition: number, owner: string, seq: number, more = ''): Json => ({
  ...statement(
    `UPDATE "«T»" SET runs = ?, high = ?, attempts = ?, samples = list_append(samples, ?), lease_until_ms = ?, seq = seq + 1${more} WHERE id = ? AND "owner" = ? AND seq = ?`,
    l(l(n(0), n(50))),
    n(50),
    { M: {} },
    STATE.samples,
    n(NOW + 20_000),
    s(ledger(partition)),
    s(owner),
    n(seq),
  ),
  ...ALL_OLD,
});
export const ofPartitions = (count: number, make: (partition: number) => Json) =>
  Array.from({ length: count }, (_, partition) => make(partition));

const EMPTY = { B: '' };
const range = (first: number | string, last: number | string) => l(n(first), n(last));
const claimant = (token: string) => s(`#${token}`);

/** As the ledger store sends them, literally: text that it never wrote would prove nothing. */
const SENT = {
  claim: (token: string, nowMs: number) =>
    statement(
      'UPDATE "«T»" SET "owner"=? SET "lease_until_ms"=? SET "seq"="seq"+1 SET "unclean"="unclean"+1 SET "delivered"=list_append("delivered",?) SET "claimants"=list_append("claimants",?) WHERE "id"=? AND "lease_until_ms"<? AND "owner"<>? AND NOT contains("claimants",?) RETURNING ALL NEW *',
      s(token),
      n(nowMs + 10_000),
      l(range(5, MAXIMUM)),
      l(claimant(token)),
      s(ledger(0)),
      n(nowMs - 2_000),
      s(token),
      claimant(token),
    ),
  takeOver: (token: string, owner: string, seq: number) =>
    statement(
      'UPDATE "«T»" SET "owner"=? SET "lease_until_ms"=? SET "seq"="seq"+1 SET "unclean"="unclean"+1 SET "delivered"=list_append("delivered",?) SET "claimants"=list_append("claimants",?) WHERE "id"=? AND "owner"=? AND "seq"=? RETURNING ALL NEW *',
      s(token),
      n(NOW + 10_000),
      l(range(5, 9)),
      l(claimant(token)),
      s(ledger(0)),
      s(owner),
      n(seq),
    ),
  insert: (token: string) =>
    statement(
      `INSERT INTO "«T»" VALUE {'id':?,'owner':?,'lease_until_ms':?,'delivered':?,'claimants':?,'seq':1,'unclean':1}`,
      s(ledger(0)),
      s(token),
      n(NOW + 10_000),
      l(range(0, 9)),
      l(claimant(token)),
    ),
  mark: (token: string, seq: number, leaseUntilMs: number) =>
    statement(
      'UPDATE "«T»" SET "lease_until_ms"=? SET "seq"=? SET "runs"=? SET "high"=? SET "high_timestamp_ms"=? SET "delivered"=? SET "samples"=? SET "attempts"=? SET "closed_by_bound"=? SET "unclean"=? SET "claimants"=? REMOVE "suspect" WHERE "id"=? AND "owner"=? AND "seq"=?',
      n(leaseUntilMs),
      n(seq + 1),
      b('\u0003\u0004'),
      n(MAXIMUM),
      n(-1),
      l(),
      EMPTY,
      EMPTY,
      l(),
      n(0),
      l(claimant(token)),
      s(ledger(0)),
      s(token),
      n(seq),
    ),
};

/** L: the offset ledger. */
export const LEDGER: readonly Shape[] = [
  {
    rule: 'L1: 25 partitions are claimed in one request, missing ones inserted, live foreign leases told with their state',
    steps: [
      batch(
        ...ofPartitions(20, (partition) =>
          insertLedger(partition, 'old', partition < 10 ? NOW - 60_000 : NOW + 60_000),
        ),
      ),
      batch(...ofPartitions(25, (partition) => claimLedger(partition, 'me', NOW))),
      batch(...[20, 21, 22, 23, 24].map((partition) => insertLedger(partition, 'me', NOW + 10_000))),
      batch(...ofPartitions(25, (partition) => insertLedger(partition, 'other', NOW))),
      batch(...ofPartitions(26, (partition) => claimLedger(partition, 'me', NOW))),
    ],
  },
  {
    rule: 'L1: who owns the partition already gets its state and changes nothing',
    steps: [
      batch(insertLedger(0, 'me', NOW)),
      batch({
        ...statement(
          'UPDATE "«T»" SET seq = seq WHERE id = ? AND "owner" = ? RETURNING ALL NEW *',
          s(ledger(0)),
          s('me'),
        ),
        ...ALL_OLD,
      }),
      batch({
        ...statement(
          'UPDATE "«T»" SET seq = seq WHERE id = ? AND "owner" = ? RETURNING ALL NEW *',
          s(ledger(0)),
          s('you'),
        ),
        ...ALL_OLD,
      }),
      batch(statement('SELECT * FROM "«T»" WHERE id = ?', s(ledger(0))), {
        ...statement('SELECT seq, runs FROM "«T»" WHERE id = ?', s(ledger(1))),
        ConsistentRead: true,
      }),
      {
        operation: 'BatchGetItem',
        input: {
          RequestItems: {
            '«T»': { Keys: [0, 1].map((partition) => ({ id: s(ledger(partition)) })), ConsistentRead: true },
          },
        },
      },
    ],
  },
  {
    rule: 'L2, L3: a mark counts once, and a late copy of it is refused with the state that stands',
    steps: [
      batch(insertLedger(0, 'me', NOW)),
      batch(mark(0, 'me', 7)),
      batch(mark(0, 'me', 7)),
      batch(mark(0, 'you', 8), mark(1, 'me', 1)),
      one(
        'UPDATE "«T»" SET runs[0] = ?, attempts."42" = ?, attempts[\'43\'] = ? REMOVE samples[0] WHERE id = ? RETURNING MODIFIED NEW *',
        l(n(0), n(60)),
        n(1),
        n(2),
        s(ledger(0)),
      ),
      batch({ ...mark(0, 'me', 8), ReturnValuesOnConditionCheckFailure: 'NONE' }, insertLedger(1, 'me', NOW)),
      batch(mark(0, 'me', 9), mark(0, 'me', 10)),
    ],
  },
  {
    rule: 'L5: a release ends the lease and keeps the token',
    steps: [
      batch(insertLedger(0, 'me', NOW)),
      one(
        'UPDATE "«T»" SET lease_until_ms = ?, unclean = 0, seq = seq + 1 REMOVE suspect WHERE id = ? AND "owner" = ? AND seq = ? RETURNING ALL NEW *',
        n(0),
        s(ledger(0)),
        s('me'),
        n(7),
      ),
      batch(claimLedger(0, 'you', NOW)),
      get(ledger(0)),
    ],
  },
  {
    rule: 'L1, L5: claims, takeovers and inserts as they are sent: whoever held the partition once is refused for good',
    steps: [
      batch(SENT.claim('a', NOW)),
      batch(SENT.insert('a')),
      batch(SENT.insert('b')),
      batch(SENT.claim('a', NOW), statement('UPDATE "«T»" SET "seq"=? WHERE "id"=?', n(1), s(ledger(1)))),
      batch(SENT.claim('b', NOW + 12_000)),
      batch(SENT.claim('b', NOW + 12_001)),
      batch(SENT.takeOver('c', 'a', 1)),
      batch(SENT.takeOver('c', 'b', 2)),
      batch(SENT.mark('c', 3, 0)),
      batch(SENT.claim('c', NOW)),
      batch(SENT.claim('d', NOW)),
      batch(SENT.mark('d', 5, 0)),
      batch(SENT.claim('d', NOW)),
      get(ledger(0)),
    ],
  },
  {
    rule: 'L2, L3: marks as they are sent, with nothing in their binaries and lists',
    steps: [
      batch(SENT.mark('a', 1, NOW)),
      batch(SENT.insert('a')),
      batch(SENT.mark('a', 1, NOW)),
      batch(SENT.mark('a', 1, NOW)),
      batch(SENT.mark('b', 2, NOW)),
      get(ledger(0)),
    ],
  },
  {
    rule: 'L: what a claim meets in items that somebody else wrote',
    steps: [
      ...[
        { seq: s('seven') },
        { delivered: s('all') },
        { claimants: n(1) },
        { lease_until_ms: s('tomorrow') },
        { owner: n(7) },
      ].flatMap((poison) => [
        {
          operation: 'PutItem',
          input: {
            TableName,
            Item: {
              id: s(ledger(0)),
              owner: s('x'),
              lease_until_ms: n(0),
              seq: n(1),
              unclean: n(0),
              delivered: l(),
              claimants: l(),
              ...poison,
            },
          },
        },
        batch(SENT.claim('a', NOW)),
      ]),
      put(ledger(0), { status: s('COMPLETED') }),
      batch(SENT.claim('a', NOW)),
    ],
  },
  {
    rule: 'the ledger with single requests: UpdateItem that claims, marks and inserts',
    steps: [
      {
        operation: 'UpdateItem',
        input: {
          TableName,
          Key: { id: s(ledger(0)) },
          UpdateExpression:
            'SET #owner = :me, lease = :lease, seq = if_not_exists(seq, :zero) + :one, runs = if_not_exists(runs, :none) ADD unclean :one REMOVE suspect',
          ConditionExpression: 'attribute_not_exists(id) OR lease < :now OR #owner = :me',
          ExpressionAttributeNames: { '#owner': 'owner' },
          ExpressionAttributeValues: {
            ':me': s('me'),
            ':lease': n(NOW),
            ':zero': n(0),
            ':one': n(1),
            ':none': l(),
            ':now': n(NOW),
          },
          ReturnValues: 'ALL_NEW',
          ...ALL_OLD,
        },
      },
      {
        operation: 'UpdateItem',
        input: {
          TableName,
          Key: { id: s(ledger(0)) },
          UpdateExpression: 'SET seq = seq + :one',
          ConditionExpression: '#owner = :you AND seq = :seq',
          ExpressionAttributeNames: { '#owner': 'owner' },
          ExpressionAttributeValues: { ':you': s('you'), ':one': n(1), ':seq': n(1) },
          ...ALL_OLD,
        },
      },
    ],
  },
];

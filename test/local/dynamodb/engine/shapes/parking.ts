import { insertLedger, ledger } from './ledger';
import { ALL_OLD, batch, get, type Json, NOW, n, put, type Shape, s, statement, TableName, transact } from './shape';

const parked = (offset: number) => `parked#shop#source#1#orders#0#${offset}`;

/** Leaves every attribute of an item that exists as it is. */
const parkUpdate = (offset: number, attempts: number): Json => ({
  Update: {
    TableName,
    Key: { id: s(parked(offset)) },
    UpdateExpression:
      'SET #0 = if_not_exists(#0, :0), #1 = if_not_exists(#1, :1), #2 = if_not_exists(#2, :2), #3 = if_not_exists(#3, :3)',
    ExpressionAttributeNames: { '#0': 'outcome', '#1': 'attempts', '#2': 'first_failure_ms', '#3': 'last_failure_ms' },
    ExpressionAttributeValues: { ':0': s('parked'), ':1': n(attempts), ':2': n(NOW - 5), ':3': n(NOW + attempts) },
  },
});
const mark = (seq: number): Json => ({
  Update: {
    TableName,
    Key: { id: s(ledger(0)) },
    UpdateExpression: 'SET #0 = :0, #1 = :1 REMOVE #2',
    ConditionExpression: '#owner = :owner AND #1 = :seq',
    ExpressionAttributeNames: { '#0': 'lease_until_ms', '#1': 'seq', '#2': 'suspect', '#owner': 'owner' },
    ExpressionAttributeValues: { ':0': n(NOW), ':1': n(seq + 1), ':owner': s('me'), ':seq': n(seq) },
    ...ALL_OLD,
  },
});
const parkClaim = (owner: string): Json => ({
  Update: {
    TableName,
    Key: { id: s('identity') },
    UpdateExpression: 'SET #status = :completed, #outcome = :parked, #expiration = :expiration REMOVE #lease',
    ConditionExpression: '#owner = :token AND #status = :inProgress AND #lease > :released',
    ExpressionAttributeNames: {
      '#status': 'status',
      '#outcome': 'outcome',
      '#expiration': 'expiration',
      '#lease': 'in_progress_expiration',
      '#owner': 'owner',
    },
    ExpressionAttributeValues: {
      ':completed': s('COMPLETED'),
      ':parked': s('parked'),
      ':expiration': n(NOW),
      ':token': s(owner),
      ':inProgress': s('INPROGRESS'),
      ':released': n(0),
    },
  },
});

const insert = (offset: number) =>
  statement(
    `INSERT INTO "«T»" VALUE {'id':?,'outcome':?,'attempts':?,'first_failure_ms':?,'last_failure_ms':?}`,
    s(parked(offset)),
    s('parked'),
    n(5),
    n(NOW - 5),
    n(NOW),
  );
const CLAIM = `UPDATE "«T»" SET "outcome"='redriving' SET "owner"=? SET "lease_until_ms"=? WHERE "id"=? AND "outcome"=?`;
const claimFirst = (offset: number, token: string) =>
  statement(
    `${CLAIM} AND "owner" IS MISSING AND "lease_until_ms" IS MISSING`,
    s(token),
    n(NOW + 10),
    s(parked(offset)),
    s('parked'),
  );
const claimAgain = (offset: number, token: string, outcome: string, owner: string, lease: number) =>
  statement(
    `${CLAIM} AND "owner"=? AND "lease_until_ms"=?`,
    s(token),
    n(NOW + 20),
    s(parked(offset)),
    s(outcome),
    s(owner),
    n(lease),
  );
const OWNED = `WHERE "id"=? AND "owner"=? AND "outcome"='redriving'`;
const owned = (offset: number, token: string) => [s(parked(offset)), s(token)];
const renew = (offset: number, token: string, lease: number) =>
  statement(
    `UPDATE "«T»" SET "lease_until_ms"=? ${OWNED} AND "lease_until_ms"<?`,
    n(lease),
    ...owned(offset, token),
    n(lease),
  );
const RETURNED = `UPDATE "«T»" SET "outcome"='parked' SET "lease_until_ms"=0`;
const fail = (offset: number, token: string, attempts: number) =>
  statement(
    `${RETURNED} SET "attempts"=? SET "last_failure_ms"=? ${OWNED}`,
    n(attempts),
    n(NOW),
    ...owned(offset, token),
  );
const release = (offset: number, token: string) => statement(`${RETURNED} ${OWNED}`, ...owned(offset, token));
const complete = (offset: number, token: string) =>
  statement(
    `UPDATE "«T»" SET "outcome"='done' SET "expiration"=? REMOVE "lease_until_ms" ${OWNED}`,
    n(NOW),
    ...owned(offset, token),
  );
const completeWithIdentity = (offset: number, token: string, identity: string) => [
  {
    Update: {
      TableName,
      Key: { id: s(parked(offset)) },
      UpdateExpression: 'SET #outcome = :done, #expiration = :expiration REMOVE #lease',
      ConditionExpression: '#owner = :token AND #outcome = :redriving',
      ExpressionAttributeNames: {
        '#outcome': 'outcome',
        '#expiration': 'expiration',
        '#lease': 'lease_until_ms',
        '#owner': 'owner',
      },
      ExpressionAttributeValues: {
        ':done': s('done'),
        ':expiration': n(NOW),
        ':token': s(token),
        ':redriving': s('redriving'),
      },
      ...ALL_OLD,
    },
  },
  {
    Update: {
      TableName,
      Key: { id: s(identity) },
      UpdateExpression: 'SET #outcome = :done, #expiration = :expiration',
      ConditionExpression: '#status = :completed AND #outcome = :parked',
      ExpressionAttributeNames: { '#outcome': 'outcome', '#expiration': 'expiration', '#status': 'status' },
      ExpressionAttributeValues: {
        ':done': s('done'),
        ':expiration': n(NOW),
        ':completed': s('COMPLETED'),
        ':parked': s('parked'),
      },
    },
  },
];

/** P5, P6: as they are sent. */
export const PARKING: readonly Shape[] = [
  {
    rule: 'P5: a mark and its parked items together; an item that exists is left alone and fails nothing',
    steps: [
      batch(insertLedger(0, 'me', NOW)),
      transact([mark(7), parkUpdate(1, 5)]),
      get(parked(1)),
      transact([mark(8), parkUpdate(1, 6), parkUpdate(2, 6)]),
      get(parked(1)),
      transact([mark(8), parkUpdate(1, 7), parkUpdate(3, 7)]),
      get(parked(3)),
      get(parked(2)),
    ],
  },
  {
    rule: 'P5: a claim that is parked, by its owner while it holds it, and the item with it',
    steps: [
      put('identity', { status: s('INPROGRESS'), owner: s('me'), in_progress_expiration: n(NOW), expiration: n(1) }),
      transact([parkClaim('other'), parkUpdate(1, 5)]),
      transact([parkClaim('me'), parkUpdate(2, 5)]),
      transact([parkClaim('me'), parkUpdate(3, 5)]),
      get('identity'),
      get(parked(2)),
      get(parked(3)),
    ],
  },
  {
    rule: 'P5, P6: the statements of parked items: parked once, claimed by exactly what was read, and given back',
    steps: [
      batch(insert(1)),
      batch(insert(1), insert(2)),
      batch(claimFirst(1, 'a')),
      batch(claimFirst(1, 'b'), claimFirst(9, 'b')),
      batch(renew(1, 'a', NOW + 15)),
      batch(renew(1, 'a', NOW + 15)),
      batch(fail(1, 'a', 6)),
      batch(fail(1, 'a', 6)),
      batch(claimAgain(1, 'b', 'parked', 'a', 0)),
      batch(release(1, 'b')),
      batch(claimAgain(1, 'c', 'parked', 'a', 0)),
      batch(claimAgain(1, 'c', 'parked', 'b', 0)),
      batch(complete(1, 'b')),
      get(parked(1)),
    ],
  },
  {
    rule: 'P6: a redrive that is done turns a parked identity, and none that is absent, done or being worked on',
    steps: [
      put(parked(1), { outcome: s('redriving'), owner: s('a'), lease_until_ms: n(NOW), attempts: n(5) }),
      put('parked', { status: s('COMPLETED'), outcome: s('parked'), owner: s('x'), expiration: n(NOW - 1) }),
      put('done', { status: s('COMPLETED'), outcome: s('done'), expiration: n(NOW - 1) }),
      put('busy', { status: s('INPROGRESS'), expiration: n(NOW - 1) }),
      ...['done', 'busy', 'absent', 'parked', 'parked'].map((identity) =>
        transact(completeWithIdentity(1, 'a', identity)),
      ),
      get(parked(1)),
      get('parked'),
      get('absent'),
    ],
  },
];

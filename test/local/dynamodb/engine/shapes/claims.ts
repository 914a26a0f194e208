import type { Step } from '../step';
import { ALL_OLD, b, batch, get, type Json, l, MAXIMUM, NOW, n, one, put, type Shape, s, statement } from './shape';

const claim = (id: string, owner: string, untilMs: number): Json =>
  statement(
    `INSERT INTO "«T»" VALUE {'id': ?, 'status': 'INPROGRESS', 'owner': ?, 'expiration': ?, 'in_progress_expiration': ?, 'attempts': 0, 'partition': ?, 'offset': ?, 'payload_digest': ?}`,
    s(id),
    s(owner),
    n(Math.ceil(untilMs / 1000)),
    n(untilMs),
    n(4),
    n(MAXIMUM),
    s('digest'),
  );
const takeOver = (id: string, read: { owner: string; untilMs: number }, owner: string): Json => ({
  ...statement(
    `UPDATE "«T»" SET "owner" = ?, in_progress_expiration = ?, attempts = attempts + ? REMOVE outcome REMOVE data ` +
      `WHERE id = ? AND status = ? AND "owner" = ? AND attempts = ? AND in_progress_expiration = ? RETURNING ALL NEW *`,
    s(owner),
    n(NOW + 30_000),
    n(1),
    s(id),
    s('INPROGRESS'),
    s(read.owner),
    n(0),
    n(read.untilMs),
  ),
  ...ALL_OLD,
});
/** As the adapter writes them: a SET for each attribute, quoted names, literals where a value is always the same. */
const owned = `WHERE "id"=? AND "owner"=? AND "status"='INPROGRESS' AND "in_progress_expiration">0`;
const takenOver = (id: string, comparisons: string, ...values: object[]): Json =>
  statement(
    `UPDATE "«T»" SET "status"='INPROGRESS' SET "attempts"=? SET "owner"=? REMOVE "outcome" REMOVE "data" WHERE "id"=? ${comparisons}`,
    n(1),
    s('me'),
    s(id),
    ...values,
  );
/** A take-over of what nobody gave back. */
const left = (id: string, comparison: string, ...values: object[]): Json =>
  statement(
    `UPDATE "«T»" SET "last_error"='MSK_ONCE_PROCESS_DIED' SET "attempts"=? SET "unclean"=? SET "first_failure_ms"=? REMOVE "outcome" REMOVE "suspect" WHERE "id"=? ${comparison}`,
    n(1),
    n(1),
    n(NOW),
    s(id),
    ...values,
  );
const ids = (count: number) => Array.from({ length: count }, (_, index) => `claim-${index}`);

const POISON: readonly object[] = [
  n(7),
  b('bytes'),
  { BOOL: true },
  { NULL: true },
  l(s('a')),
  { M: { a: n(1) } },
  { SS: ['a', 'b'] },
  { NS: ['1', '2'] },
];

/** C: claims by identity. */
export const CLAIMS: readonly Shape[] = [
  {
    rule: 'C2: 100 keys are looked up at once, 101 are too many, and one twice is none',
    steps: [
      put('claim-3', { status: s('COMPLETED') }),
      ...[100, 101].map(
        (count): Step => ({
          operation: 'BatchGetItem',
          input: { RequestItems: { '«T»': { Keys: ids(count).map((id) => ({ id: s(id) })), ConsistentRead: true } } },
        }),
      ),
      {
        operation: 'BatchGetItem',
        input: { RequestItems: { '«T»': { Keys: ['a', 'b', 'a'].map((id) => ({ id: s(id) })) } } },
      },
      {
        operation: 'BatchGetItem',
        input: {
          RequestItems: {
            '«T»': {
              Keys: [{ id: s('claim-3') }],
              ProjectionExpression: '#status',
              ExpressionAttributeNames: { '#status': 'status' },
            },
          },
        },
      },
    ],
  },
  {
    rule: 'C3: claims are inserted 25 at a time; what is there is taken over by exactly what was read',
    steps: [
      batch(...ids(5).map((id) => claim(id, 'old', NOW - 60_000))),
      batch(...ids(25).map((id) => claim(id, 'me', NOW))),
      batch(
        takeOver('claim-0', { owner: 'old', untilMs: NOW - 60_000 }, 'me'),
        takeOver('claim-1', { owner: 'x', untilMs: 0 }, 'me'),
        takeOver('claim-99', { owner: 'x', untilMs: 0 }, 'me'),
      ),
      batch(takeOver('claim-0', { owner: 'old', untilMs: NOW - 60_000 }, 'you')),
      one(
        'UPDATE "«T»" SET status = ? WHERE id = ? AND "owner" = ? AND in_progress_expiration IS MISSING',
        s('x'),
        s('claim-2'),
        s('old'),
      ),
      one(
        'UPDATE "«T»" SET status = ? WHERE id = ? AND "owner" = ? AND outcome IS MISSING AND expiration IS NOT MISSING',
        s('x'),
        s('claim-2'),
        s('old'),
      ),
      one(
        'UPDATE "«T»" SET status = ? WHERE id = ? AND (expiration < ? OR (status = ? AND in_progress_expiration < ?))',
        s('x'),
        s('claim-3'),
        n(1),
        s('INPROGRESS'),
        n(NOW),
      ),
    ],
  },
  {
    rule: 'C4: a lease never moves back',
    steps: [
      batch(claim('claim-0', 'me', NOW)),
      ...[NOW + 1, NOW].map((untilMs) =>
        batch({
          ...statement(
            'UPDATE "«T»" SET in_progress_expiration = ? WHERE id = ? AND "owner" = ? AND in_progress_expiration < ?',
            n(untilMs),
            s('claim-0'),
            s('me'),
            n(untilMs),
          ),
          ...ALL_OLD,
        }),
      ),
    ],
  },
  {
    rule: 'C5: a completion never creates an item, and only the owner completes, fails, releases and deletes',
    steps: [
      batch(claim('claim-0', 'me', NOW), claim('claim-1', 'you', NOW)),
      batch(
        ...['claim-0', 'claim-1', 'claim-2'].map((id) => ({
          ...statement(
            'UPDATE "«T»" SET status = ?, outcome = ?, data = ? REMOVE in_progress_expiration WHERE id = ? AND "owner" = ? AND status = ?',
            s('COMPLETED'),
            s('done'),
            { M: { total: n('0.1') } },
            s(id),
            s('me'),
            s('INPROGRESS'),
          ),
          ...ALL_OLD,
        })),
      ),
      batch(
        statement('DELETE FROM "«T»" WHERE id = ? AND "owner" = ? RETURNING ALL OLD *', s('claim-0'), s('me')),
        { ...statement('DELETE FROM "«T»" WHERE id = ? AND "owner" = ?', s('claim-1'), s('me')), ...ALL_OLD },
        statement('DELETE FROM "«T»" WHERE id = ? AND "owner" = ?', s('claim-2'), s('me')),
      ),
    ],
  },
  {
    rule: 'C9: a key that stands twice in a batch fails the whole call',
    steps: [batch(claim('claim-0', 'me', NOW), takeOver('claim-0', { owner: 'me', untilMs: NOW }, 'you'))],
  },
  {
    rule: 'C3-C5: the statements of the claim store, with a SET for each attribute and literals in their text',
    steps: [
      batch(
        ...ids(4).map((id) =>
          statement(
            `INSERT INTO "«T»" VALUE {'id':?,'owner':?,'in_progress_expiration':?,'status':'INPROGRESS','attempts':0}`,
            s(id),
            s('me'),
            n(NOW),
          ),
        ),
      ),
      batch(
        statement(
          `UPDATE "«T»" SET "in_progress_expiration"=? SET "expiration"=? ${owned} AND "in_progress_expiration"<?`,
          n(NOW + 1),
          n(7),
          s('claim-0'),
          s('me'),
          n(NOW + 1),
        ),
        statement(
          `UPDATE "«T»" SET "status"='COMPLETED' SET "outcome"='done' SET "expiration"=? REMOVE "in_progress_expiration" ${owned}`,
          n(8),
          s('claim-1'),
          s('me'),
        ),
        statement(
          `UPDATE "«T»" SET "in_progress_expiration"=0 SET "attempts"=? SET "last_error"=? SET "first_failure_ms"=? ${owned}`,
          n(1),
          s('TypeError'),
          n(NOW),
          s('claim-2'),
          s('me'),
        ),
        statement(`UPDATE "«T»" SET "in_progress_expiration"=0 ${owned}`, s('claim-3'), s('you')),
      ),
      batch(...ids(4).map((id) => statement(`UPDATE "«T»" SET "in_progress_expiration"=0 ${owned}`, s(id), s('me')))),
      batch(
        takenOver('claim-0', `AND "status"=? AND "owner"=? AND "data" IS MISSING`, s('INPROGRESS'), s('me')),
        takenOver('claim-1', `AND "status"=? AND "in_progress_expiration" IS MISSING`, s('COMPLETED')),
        takenOver('claim-2', `AND "attempts"=? AND "owner" IS NULL`, n(1)),
        takenOver('claim-4', `AND "owner" IS MISSING`),
      ),
      ...ids(4).map(get),
    ],
  },
  {
    rule: 'P3: unclean ends, written starts and cuts, as they are sent',
    steps: [
      batch(
        ...ids(4).map((id) =>
          statement(
            `INSERT INTO "«T»" VALUE {'id':?,'owner':?,'in_progress_expiration':?,'status':'INPROGRESS','attempts':0}`,
            s(id),
            s('me'),
            n(NOW),
          ),
        ),
      ),
      batch(
        ...[0, 0, 1, 0].map((attempts, index) =>
          statement(
            `UPDATE "«T»" SET "suspect"=? ${owned} AND "attempts"=?`,
            n(7),
            s(`claim-${index}`),
            s('me'),
            n(attempts),
          ),
        ),
      ),
      batch(
        statement(
          `UPDATE "«T»" SET "attempts"=? SET "last_error"=? SET "first_failure_ms"=? REMOVE "suspect" ${owned}`,
          n(1),
          s('MSK_ONCE_UNSETTLED'),
          n(NOW),
          s('claim-0'),
          s('me'),
        ),
        statement(
          `UPDATE "«T»" SET "status"='COMPLETED' SET "outcome"='done' SET "expiration"=? REMOVE "in_progress_expiration" REMOVE "suspect" REMOVE "unclean" ${owned}`,
          n(8),
          s('claim-1'),
          s('me'),
        ),
        statement(
          `UPDATE "«T»" SET "in_progress_expiration"=0 REMOVE "suspect" REMOVE "unclean" ${owned}`,
          s('claim-2'),
          s('me'),
        ),
      ),
      batch(
        statement(`UPDATE "«T»" SET "suspect"=? ${owned} AND "attempts"=?`, n(7), s('claim-0'), s('me'), n(0)),
        ...[
          ['claim-2', 'AND "suspect" IS MISSING'],
          ['claim-3', 'AND "suspect" IS MISSING'],
        ].map(([id, comparison]) => left(id as string, comparison as string)),
      ),
      batch(left('claim-3', 'AND "suspect"=?', n(8)), left('claim-2', 'AND "suspect" IS MISSING')),
      batch(left('claim-3', 'AND "suspect"=?', n(7))),
      ...ids(4).map(get),
    ],
  },
  {
    rule: 'C3: a take-over is conditional on exactly what was read, whatever type somebody gave it',
    steps: [
      ...POISON.map((owner, index) => put(`claim-${index}`, { owner })),
      batch(
        ...POISON.map((owner, index) =>
          'NULL' in owner
            ? takenOver(`claim-${index}`, 'AND "owner" IS NULL')
            : takenOver(`claim-${index}`, 'AND "owner"=?', owner),
        ),
      ),
      batch(...POISON.map((_, index) => takenOver(`claim-${index}`, 'AND "owner"=?', { L: [s('another')] }))),
    ],
  },
];

import type { Step } from '../step';
import { insertLedger, ledger, mark, STATE } from './ledger';
import { ALL_OLD, batch, get, type Json, NOW, n, put, type Shape, s, statement, TableName, transact } from './shape';

const IF_NEW = { ConditionExpression: 'attribute_not_exists(id)', ...ALL_OLD };
const putAction = (id: string, more: Json = {}): Json => ({
  Put: { TableName, Item: { id: s(id), x: s('effect') }, ...more },
});
const markAction = (seq: number, more: Json = {}): Json => ({
  Update: {
    TableName,
    Key: { id: s(ledger(0)) },
    UpdateExpression: 'SET seq = seq + :one, high = :high, runs = :runs',
    ConditionExpression: '#owner = :me AND seq = :seq',
    ExpressionAttributeNames: { '#owner': 'owner' },
    ExpressionAttributeValues: { ':one': n(1), ':high': n(60), ':runs': STATE.runs, ':me': s('me'), ':seq': n(seq) },
    ...ALL_OLD,
    ...more,
  },
});
const hundred = (count: number, more: Json = {}) =>
  Array.from({ length: count }, (_, index) => putAction(`effect-${index}`, more));

/** Done at once, where it is absent or expired, or where a claim of another way of remembering is over. */
const identityAction = (id: string, digest: string, more: Json = {}): Json => ({
  Put: {
    TableName,
    Item: { id: s(id), status: s('COMPLETED'), outcome: s('done'), payload_digest: s(digest), expiration: n(NOW) },
    ConditionExpression:
      'attribute_not_exists(#0) OR #1 <= :0 OR #2 = :1 OR (#2 = :2 AND #3 < :3 AND (attribute_not_exists(#4) OR #4 = :4))',
    ExpressionAttributeNames: {
      '#0': 'id',
      '#1': 'expiration',
      '#2': 'status',
      '#3': 'in_progress_expiration',
      '#4': 'payload_digest',
    },
    ExpressionAttributeValues: {
      ':0': n(NOW),
      ':1': s('EXPIRED'),
      ':2': s('INPROGRESS'),
      ':3': n(NOW - 2_000),
      ':4': s(digest),
    },
    ...ALL_OLD,
    ...more,
  },
});
const claim = (id: string, lease: number, more: Json = {}) =>
  put(id, { status: s('INPROGRESS'), in_progress_expiration: n(lease), expiration: n(NOW + 1), ...more });
const builder = (UpdateExpression: string, ConditionExpression: string, values: Json): Json => ({
  Update: {
    TableName,
    Key: { id: s('built') },
    UpdateExpression,
    ConditionExpression,
    ExpressionAttributeNames: { '#0': 'state' },
    ExpressionAttributeValues: values,
  },
});

/** T: effects, marks and identities together. */
export const TRANSACTIONS: readonly Shape[] = [
  {
    rule: 'T1: mark, effects and identities in one transaction, each reason at its place',
    steps: [
      batch(insertLedger(0, 'me', NOW)),
      transact([
        markAction(7),
        putAction('effect-0'),
        {
          Update: {
            TableName,
            Key: { id: s('counter') },
            UpdateExpression: 'ADD sold :one',
            ExpressionAttributeValues: { ':one': n(1) },
          },
        },
        { Delete: { TableName, Key: { id: s('nobody') } } },
        { ConditionCheck: { TableName, Key: { id: s('nobody-2') }, ConditionExpression: 'attribute_not_exists(id)' } },
        {
          Put: {
            TableName,
            Item: { id: s('identity'), expiration: n(NOW) },
            ConditionExpression: 'attribute_not_exists(id) OR expiration < :now',
            ExpressionAttributeValues: { ':now': n(NOW) },
            ...ALL_OLD,
          },
        },
      ]),
      transact([markAction(7), putAction('effect-1'), putAction('effect-0', IF_NEW)]),
      transact([markAction(8, { ReturnValuesOnConditionCheckFailure: 'NONE' }), putAction('effect-0', IF_NEW)]),
      get('effect-1'),
    ],
  },
  {
    rule: 'T1: an identity is done at once over a claim that is over, and over none that lives, differs or is done',
    steps: [
      claim('over', NOW - 2_001, { payload_digest: s('d') }),
      claim('given back', 0),
      claim('live', NOW - 2_000),
      claim('other', 0, { payload_digest: s('x') }),
      put('done', { status: s('COMPLETED'), expiration: n(NOW + 1) }),
      put('expired', { status: s('COMPLETED'), expiration: n(NOW), payload_digest: s('x') }),
      put('foreign', { x: n(1) }),
      transact(['over', 'given back', 'expired', 'absent'].map((id) => identityAction(id, 'd'))),
      transact(['live', 'other', 'done', 'foreign', 'absent 2'].map((id) => identityAction(id, 'd'))),
      get('over'),
      get('live'),
    ],
  },
  {
    rule: 'T1, L5: a mark that removes what its state does not have',
    steps: [
      batch(insertLedger(0, 'me', NOW)),
      ...[7, 7].map((seq) =>
        transact([
          markAction(seq, {
            UpdateExpression: 'SET seq = :one, high = :high, runs = :runs REMOVE attempts, suspect, closed_by_bound',
          }),
        ]),
      ),
      get(ledger(0)),
    ],
  },
  {
    rule: 'T1: conditions of the builders: a state among several, a token that exists and is free',
    steps: [
      transact([builder('SET #0 = :0', 'attribute_not_exists(#0)', { ':0': s('new') })]),
      ...[1, 2].map(() =>
        transact([builder('SET #0 = :0', '#0 IN (:1, :2)', { ':0': s('paid'), ':1': s('held'), ':2': s('new') })]),
      ),
      ...['a', 'b', 'a'].map((by) =>
        transact([
          builder(
            'SET used_by = :0',
            'attribute_exists(#0) AND ((attribute_not_exists(used_by) AND :1 > :2) OR used_by = :0)',
            { ':0': s(by), ':1': n(2), ':2': n(1) },
          ),
        ]),
      ),
      get('built'),
    ],
  },
  {
    rule: 'T1: 100 items and 4 MB, and no more',
    steps: [
      transact([...hundred(99), putAction('last')]),
      transact([...hundred(100), putAction('last')]),
      transact(
        Array.from({ length: 11 }, (_, index) =>
          putAction(`big-${index}`, { Item: { id: s(`big-${index}`), x: s('y'.repeat(390_000)) } }),
        ),
      ),
      transact([]),
    ],
  },
  {
    rule: 'T3: two writes on one item are a mistake of the request',
    steps: [transact([putAction('effect-0'), putAction('effect-1'), putAction('effect-0')])],
  },
  {
    rule: 'T4: a failed condition of the user, a value that does not fit, and what stays as it was',
    steps: [
      batch(insertLedger(0, 'me', NOW)),
      transact([
        markAction(7),
        {
          ConditionCheck: {
            TableName,
            Key: { id: s('stock') },
            ConditionExpression: 'attribute_exists(id)',
            ...ALL_OLD,
          },
        },
      ]),
      transact([
        markAction(7),
        {
          Update: {
            TableName,
            Key: { id: s('stock') },
            UpdateExpression: 'SET amount = amount - :one',
            ExpressionAttributeValues: { ':one': n(1) },
          },
        },
      ]),
      transact([markAction(7), { Put: { TableName, Item: { id: s('a'), empty: { SS: [] } } } }]),
      get(ledger(0)),
    ],
  },
  {
    rule: 'T5: the same token does it once, with another content it is refused',
    steps: [
      put('counter', { sold: n(0) }),
      ...[1, 1, 2].map((by) =>
        transact(
          [
            {
              Update: {
                TableName,
                Key: { id: s('counter') },
                UpdateExpression: 'SET sold = sold + :by',
                ExpressionAttributeValues: { ':by': n(by) },
              },
            },
          ],
          '«H»t5',
        ),
      ),
      get('counter'),
    ],
  },
  {
    rule: 'T1 in statements: ExecuteTransaction',
    steps: [
      batch(insertLedger(0, 'me', NOW)),
      ...[7, 7].map(
        (seq): Step => ({
          operation: 'ExecuteTransaction',
          input: {
            TransactStatements: [
              mark(0, 'me', seq),
              statement(`INSERT INTO "«T»" VALUE {'id': ?, 'x': ?}`, s(`effect-${seq}`), { SS: ['a'] }),
              statement('EXISTS(SELECT * FROM "«T»" WHERE id = ? AND "owner" = ?)', s(ledger(1)), s('nobody')),
            ].slice(0, 2),
          },
        }),
      ),
      {
        operation: 'ExecuteTransaction',
        input: {
          TransactStatements: [
            statement('EXISTS(SELECT * FROM "«T»" WHERE id = ? AND "owner" = ?)', s(ledger(0)), s('me')),
            { ...statement('UPDATE "«T»" SET n = 1 WHERE id = ?', s('missing')), ...ALL_OLD },
            statement(`INSERT INTO "«T»" VALUE {'id': 'other'}`),
          ].map(({ Parameters, ...rest }) => ({
            ...rest,
            ...((Parameters as unknown[]).length > 0 && { Parameters }),
          })),
        },
      },
      {
        operation: 'ExecuteTransaction',
        input: {
          TransactStatements: [
            statement('SELECT * FROM "«T»" WHERE id = ?', s(ledger(0))),
            statement('SELECT seq FROM "«T»" WHERE id = ?', s('nobody')),
          ],
        },
      },
    ],
  },
];

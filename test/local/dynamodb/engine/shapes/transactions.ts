import type { Step } from '../step';
import { insertLedger, ledger, mark, STATE } from './ledger';
import {
  ALL_OLD,
  b,
  batch,
  get,
  type Json,
  l,
  NOW,
  n,
  put,
  type Shape,
  s,
  statement,
  TableName,
  transact,
} from './shape';

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

/** T and P: effects, marks and parked items together. */
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
  {
    rule: 'P5: a parked item and the closing mark together; left alone where it exists',
    steps: [
      batch(insertLedger(0, 'me', NOW)),
      ...[7, 8].map((seq) =>
        transact([
          markAction(seq),
          {
            Put: {
              TableName,
              Item: { id: s('parked#1'), state: s('parked'), letter: { M: { value: b('value'), headers: l() } } },
              ...IF_NEW,
            },
          },
        ]),
      ),
    ],
  },
];

import type { Step } from '../step';
import { type Json, n, s, TableName } from './shape';

export const Key = { id: s('k0') };

export const ITEM = {
  ...Key,
  n: n(5),
  s: s('héllo'),
  b: { B: 'YWJj' },
  l: { L: [n(1), s('two'), { M: { k: s('v') } }] },
  m: { M: { x: n(1) } },
  ss: { SS: ['a', 'b'] },
  ns: { NS: ['1', '2'] },
  bs: { BS: ['YQ==', 'YWI='] },
  t: { BOOL: true },
  nil: { NULL: true },
};
export const PUT: Step = { operation: 'PutItem', input: { TableName, Item: ITEM } };

export const put = (more: Json): Step => ({ operation: 'PutItem', input: { TableName, Item: ITEM, ...more } });
export const item = (more: Json): Step => ({ operation: 'PutItem', input: { TableName, Item: { ...Key, ...more } } });
export const update = (UpdateExpression: string, values?: Json, more: Json = {}): Step => ({
  operation: 'UpdateItem',
  input: {
    TableName,
    Key,
    UpdateExpression,
    ReturnValues: 'ALL_NEW',
    ...(values && { ExpressionAttributeValues: values }),
    ...more,
  },
});
export const scan = (more: Json): Step => ({ operation: 'Scan', input: { TableName, ...more } });
export const execute = (Statement: string, more: Json = {}): Step => ({
  operation: 'ExecuteStatement',
  input: { Statement: Statement.replaceAll('TABLE', '"«T»"'), ...more },
});

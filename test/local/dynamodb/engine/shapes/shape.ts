import type { Step } from '../step';

export type Json = Record<string, unknown>;

/** Requests about one thing, in an order in which each has something to do. */
export interface Shape {
  readonly rule: string;
  readonly steps: readonly Step[];
}

export const s = (text: string) => ({ S: text });
export const n = (number: number | string) => ({ N: String(number) });
export const b = (text: string) => ({ B: Buffer.from(text).toString('base64') });
export const l = (...elements: object[]) => ({ L: elements });
export const ALL_OLD = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };
export const TableName = '«T»';
export const MAXIMUM = '9223372036854775807';
export const NOW = 1_790_000_000_000;

export const statement = (Statement: string, ...Parameters: object[]): Json => ({ Statement, Parameters });
export const one = (text: string, ...parameters: object[]): Step => ({
  operation: 'ExecuteStatement',
  input: statement(text, ...parameters),
});
export const batch = (...Statements: Json[]): Step => ({ operation: 'BatchExecuteStatement', input: { Statements } });
export const transact = (TransactItems: readonly Json[], ClientRequestToken?: string): Step => ({
  operation: 'TransactWriteItems',
  input: { TransactItems, ...(ClientRequestToken !== undefined && { ClientRequestToken }) },
});
export const put = (id: string, more: Json = {}): Step => ({
  operation: 'PutItem',
  input: { TableName, Item: { id: s(id), ...more } },
});
export const get = (id: string): Step => ({
  operation: 'GetItem',
  input: { TableName, Key: { id: s(id) }, ConsistentRead: true },
});

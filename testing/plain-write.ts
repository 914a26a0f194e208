import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { PreparedWrite } from '../handlers/transaction/prepared-write';
import type { TransactionWrite } from '../handlers/transaction/transaction-write';

const ATTRIBUTES: readonly string[] = ['Item', 'Key', 'ExpressionAttributeValues'];

/** A write in plain values again, as `process` returned it. */
export function plainWrite({ kind, item, onConditionFailed }: PreparedWrite): TransactionWrite {
  const members = Object.entries(item[kind] ?? {}).map(([name, member]) => [
    name,
    ATTRIBUTES.includes(name) ? unmarshall(member as Parameters<typeof unmarshall>[0], { wrapNumbers }) : member,
  ]);
  return { [kind]: Object.fromEntries(members), onConditionFailed } as unknown as TransactionWrite;
}

/** A whole number that a number would round stays a bigint. */
function wrapNumbers(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) || !/^-?\d+$/.test(text) ? number : BigInt(text);
}

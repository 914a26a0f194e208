import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from '../../../handlers/dynamodb/item';

/** As DynamoDB counts it. Source: Developer Guide, "DynamoDB item sizes and formats". */
export function itemBytes(item: Item): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);
}

function valueBytes({ S, N, B, L }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S);
  // About one byte per two digits, and one; a sign is one more.
  if (N !== undefined) return Math.ceil(N.replace('-', '').length / 2) + 1 + (N.startsWith('-') ? 1 : 0);
  if (B !== undefined) return B.length;
  if (L !== undefined) return L.reduce((sum, element) => sum + 1 + valueBytes(element), 3);
  throw new Error('a ledger holds nothing else');
}

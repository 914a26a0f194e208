import type { AttributeValue, Item } from './attribute-value';
import { numberBytes } from './decimal';

/** Source: Developer Guide, "Item sizes and formats". */
export function itemBytes(item: Item): number {
  let bytes = 0;
  for (const name of Object.keys(item)) bytes += Buffer.byteLength(name) + valueBytes(item[name] as AttributeValue);
  return bytes;
}

const CONTAINER_BYTES = 3;

export function valueBytes(value: AttributeValue): number {
  if ('S' in value) return Buffer.byteLength(value.S);
  if ('N' in value) return numberBytes(value.N);
  if ('B' in value) return Buffer.byteLength(value.B, 'base64');
  if ('M' in value) return CONTAINER_BYTES + Object.keys(value.M).length + itemBytes(value.M);
  if ('L' in value) return value.L.reduce((bytes, element) => bytes + 1 + valueBytes(element), CONTAINER_BYTES);
  if ('SS' in value) return value.SS.reduce((bytes, text) => bytes + Buffer.byteLength(text), 0);
  if ('NS' in value) return value.NS.reduce((bytes, text) => bytes + numberBytes(text), 0);
  if ('BS' in value) return value.BS.reduce((bytes, text) => bytes + Buffer.byteLength(text, 'base64'), 0);
  return 1;
}

import type { Item, Value } from './value';

/** Bytes of an item, as they are billed. Source: DynamoDB Developer Guide, "Item sizes and formats". */
export function itemBytes(item: Item): number {
  let bytes = 0;
  for (const name in item) bytes += Buffer.byteLength(name) + valueBytes(item[name] as Value);
  return bytes;
}

/** A list or a map costs 3 bytes, and 1 for each of its members. */
const CONTAINER_BYTES = 3;

function valueBytes(value: Value): number {
  for (const type in value) {
    const content = value[type];
    switch (type) {
      case 'S':
        return Buffer.byteLength(content as string);
      case 'N':
        return numberBytes(content as string);
      case 'B':
        return Buffer.byteLength(content as string, 'base64');
      case 'L':
        return (content as Value[]).reduce((bytes, element) => bytes + 1 + valueBytes(element), CONTAINER_BYTES);
      case 'M':
        return CONTAINER_BYTES + Object.keys(content as Item).length + itemBytes(content as Item);
      case 'SS':
        return (content as string[]).reduce((bytes, text) => bytes + Buffer.byteLength(text), 0);
      case 'NS':
        return (content as string[]).reduce((bytes, text) => bytes + numberBytes(text), 0);
      case 'BS':
        return (content as string[]).reduce((bytes, text) => bytes + Buffer.byteLength(text, 'base64'), 0);
      default:
        return 1;
    }
  }
  return 0;
}

const EXPONENT = 'e'.charCodeAt(0);
const UPPER_EXPONENT = 'E'.charCodeAt(0);
const ZERO = '0'.charCodeAt(0);
const NINE = '9'.charCodeAt(0);

/**
 * One byte for two significant digits, and one more; a sign costs a byte. Exact for whole numbers, of which our items
 * are made. Read by character: it is done for every write.
 */
function numberBytes(text: string): number {
  let significant = 0;
  let zeros = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === ZERO) zeros += 1;
    else if (code > ZERO && code <= NINE) {
      significant += significant === 0 ? 1 : zeros + 1;
      zeros = 0;
    } else if (code === EXPONENT || code === UPPER_EXPONENT) break;
  }
  return Math.ceil(significant / 2) + 1 + (text.startsWith('-') ? 1 : 0);
}

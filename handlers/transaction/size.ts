import type { AttributeValue } from '@aws-sdk/client-dynamodb';

type Attributes = Readonly<Record<string, AttributeValue>>;

/**
 * How many bytes a number takes depends on its digits, "approximately" one for two of them and one more: `most` never
 * says too little, `least` never too much.
 */
type Bound = 'most' | 'least';

const CONTAINER_BYTES = 3;
const ELEMENT_BYTES = 1;

/** Names and values. Source: DynamoDB Developer Guide, "Item sizes and formats". */
export function attributesBytes(attributes: Attributes, bound: Bound): number {
  let bytes = 0;
  for (const name of Object.keys(attributes)) {
    bytes += Buffer.byteLength(name) + valueBytes(attributes[name] as AttributeValue, bound);
  }
  return bytes;
}

export function valueBytes(value: AttributeValue, bound: Bound): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return numberBytes(value.N, bound);
  if (value.B !== undefined) return value.B.byteLength;
  if (value.L !== undefined) {
    return value.L.reduce((sum, element) => sum + ELEMENT_BYTES + valueBytes(element, bound), CONTAINER_BYTES);
  }
  if (value.M !== undefined) {
    return CONTAINER_BYTES + ELEMENT_BYTES * Object.keys(value.M).length + attributesBytes(value.M, bound);
  }
  if (value.SS !== undefined) return value.SS.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (value.NS !== undefined) return value.NS.reduce((sum, number) => sum + numberBytes(number, bound), 0);
  if (value.BS !== undefined) return value.BS.reduce((sum, bytes) => sum + bytes.byteLength, 0);
  return 1;
}

/** A sign and a byte for the exponent, and half a byte for each digit. */
function numberBytes(text: string, bound: Bound): number {
  return bound === 'least' ? 1 : Math.ceil(text.length / 2) + 2;
}

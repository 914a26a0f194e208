/** A value as it goes over the wire; numbers and binaries in canonical form. Never changed once it is here. */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly M: Item }
  | { readonly L: readonly AttributeValue[] }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly string[] };

export type Item = Readonly<Record<string, AttributeValue>>;

export const ATTRIBUTE_TYPES = ['S', 'N', 'B', 'BOOL', 'NULL', 'M', 'L', 'SS', 'NS', 'BS'] as const;
export type AttributeType = (typeof ATTRIBUTE_TYPES)[number];
export type SetType = 'SS' | 'NS' | 'BS';

const SET_TYPES: ReadonlySet<string> = new Set<SetType>(['SS', 'NS', 'BS']);

export function typeOf(value: AttributeValue): AttributeType {
  for (const type in value) return type as AttributeType;
  throw new Error(
    'An attribute value without a type: this is a bug of the in-process DynamoDB engine, please report it.',
  );
}

/** A string or binary of no length: no key may be one. */
export function isEmptyScalar(value: AttributeValue): boolean {
  return ('S' in value && value.S === '') || ('B' in value && value.B === '');
}

export function isSetType(type: string): type is SetType {
  return SET_TYPES.has(type);
}

export function setElements(value: AttributeValue): readonly string[] {
  return (value as Record<string, readonly string[]>)[typeOf(value)] ?? [];
}

export function setOf(type: SetType, elements: readonly string[]): AttributeValue {
  return { [type]: elements } as unknown as AttributeValue;
}

import type { ValueContext } from '../record/codec';
import { unwrapConfluent } from './confluent';
import { unwrapGlue } from './glue';
import { Unreadable } from './unreadable';

/**
 * What a producer puts before a value: nothing (`plain`), the header of Confluent's Schema Registry, or that of the AWS
 * Glue Schema Registry.
 */
export type WireFormat = 'plain' | 'confluent' | 'glue';

export const WIRE_FORMATS: readonly unknown[] = ['plain', 'confluent', 'glue'] satisfies WireFormat[];

export interface Unwrapped {
  readonly schemaId: string | undefined;
  readonly body: Buffer;
  /** Whose serializer wrote it; undefined: none. */
  readonly registry: 'confluent' | 'glue' | undefined;
  /** The mapping's schema registry has checked the value and taken its header off. */
  readonly byMapping: boolean;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The value without what its producer put before it.
 * Where the mapping has a schema registry, that has taken the header off already: what it says goes before `wire`.
 */
export function unwrap(bytes: Buffer, wire: WireFormat, about: ValueContext | undefined, format: string): Unwrapped {
  const { schema } = about ?? {};
  if (schema !== undefined) {
    const { dataFormat, schemaId } = schema;
    if (String(dataFormat).toUpperCase() !== format) {
      throw new Unreadable(`the mapping's schema registry says that it is ${dataFormat}`);
    }
    return { schemaId, body: bytes, registry: UUID.test(schemaId) ? 'glue' : 'confluent', byMapping: true };
  }
  if (wire === 'plain') return { schemaId: undefined, body: bytes, registry: undefined, byMapping: false };
  const framed = wire === 'confluent' ? unwrapConfluent(bytes) : unwrapGlue(bytes);
  return { ...framed, registry: wire, byMapping: false };
}

/** What to try where a value that should be plain cannot be read; empty where nothing speaks for a header. */
export function wireHint(bytes: Buffer, { registry }: Pick<Unwrapped, 'registry'>): string {
  if (registry !== undefined) return '';
  if (bytes[0] === 0 && bytes.length > 5) return "; it begins as Confluent's wire format does (wire: 'confluent')";
  if (bytes[0] === 3 && bytes.length > 18) return "; it begins as Glue's wire format does (wire: 'glue')";
  return '';
}

export type { WireFormat } from '../wire/unwrap';
export { type AvroOptions, avro, type ValidatedAvroOptions } from './avro';
export type { Longs } from './long-types';
export type { AvroSchema } from './type-of';

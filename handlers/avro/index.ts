/// <reference types="node" preserve="true" />
export type { WireFormat } from '../wire/unwrap';
export { type AvroOptions, avro, type ValidatedAvroOptions } from './avro';
export type { Longs } from './long-types';
export type { AvroSchema, LogicalTypes } from './type-of';

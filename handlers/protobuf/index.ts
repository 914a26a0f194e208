/// <reference types="node" preserve="true" />
export type { WireFormat } from '../wire/unwrap';
export { type ProtobufOptions, type ProtobufType, protobuf, type ValidatedProtobufOptions } from './protobuf';

import { processRecords } from 'msk-once/handlers';
import { protobuf } from 'msk-once/handlers/protobuf';
import * as protobufjs from 'protobufjs';

interface Order {
  readonly orderId: string;
  readonly cents: number;
}

const { root } = protobufjs.parse('syntax = "proto3"; message Order { string orderId = 1; int32 cents = 2; }', {
  keepCase: true,
});

export const handler = processRecords({
  value: protobuf<Order>({ type: root.lookupType('Order') }),
  identity: ({ value }) => value.orderId,
  process: async ({ value }) => console.log(`protobuf ${value.orderId} ${value.cents}`),
});

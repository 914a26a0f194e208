import { processRecords } from 'msk-once/handlers';
import { avro } from 'msk-once/handlers/avro';
import { type Order, orderSchema } from './order-schema.js';

export const handler = processRecords({
  value: avro<Order>({ schema: orderSchema }),
  identity: ({ value }) => value.orderId,
  process: async ({ value }) => console.log(`avro ${value.orderId} ${value.cents}`),
});

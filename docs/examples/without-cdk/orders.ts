import { json, PermanentError, processRecords } from 'msk-once/handlers';
import * as z from 'zod';

export const handler = processRecords({
  value: json(z.object({ orderId: z.string(), cents: z.int() })),
  identity: ({ value }) => value.orderId,
  process: async ({ value }) => {
    if (value.cents < 0) throw new PermanentError(`order ${value.orderId} has ${value.cents} cents`);
    console.log('charged', value.orderId);
  },
});

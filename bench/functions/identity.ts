import { processRecords } from '../../handlers';
import { accept } from './order';
import { orders } from './orders';

export const handler = processRecords({
  value: orders,
  identity: ({ value }) => value.id,
  async process({ value }) {
    accept(value);
  },
});

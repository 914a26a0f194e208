import { processRecords } from '../../handlers';
import { accept } from './order';
import { orders } from './orders';

export const handler = processRecords({
  value: orders,
  async process({ value }) {
    accept(value);
  },
});

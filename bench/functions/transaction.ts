import { processRecords } from '../../handlers';
import { accept } from './order';
import { orders } from './orders';

const TableName = process.env.BENCH_EFFECTS_TABLE;

/** One item for each record, without a word about the items of others. */
export const handler = processRecords({
  value: orders,
  transaction: true,
  independent: true,
  async process({ value }) {
    return { Put: { TableName, Item: { ...accept(value), id: value.id } } };
  },
});

import { engineCalls } from './engine-ports';
import { accept } from './order';
import { orders } from './orders';

export const { handler, parse, decode } = engineCalls({
  value: orders,
  transaction: true,
  independent: true,
  process: ({ value }) => ({ Put: { TableName: 'Effects', Item: { ...accept(value), id: value.id } } }),
});

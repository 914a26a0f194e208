import { engineCalls } from './engine-ports';
import { accept } from './order';
import { orders } from './orders';

export const { handler, parse, decode } = engineCalls({
  value: orders,
  process: ({ value }) => accept(value),
});

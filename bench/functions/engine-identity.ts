import { engineCalls } from './engine-ports';
import { accept } from './order';
import { orders } from './orders';

export const { handler, parse, decode } = engineCalls({
  value: orders,
  identity: ({ value }) => value.id,
  process: ({ value }) => accept(value),
});

import { type Codec, json } from '../../handlers';
import type { Order } from './order';

/** The values are known to be orders: a schema's own cost is its library's. */
export const orders = json() as Codec<Order>;

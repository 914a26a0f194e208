export interface Order {
  readonly orderId: string;
  readonly cents: number;
}

export const orderSchema = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'orderId', type: 'string' },
    { name: 'cents', type: 'int' },
  ],
};

import { localGroupId } from '../../../local/run/group-id';

test.each([
  [['127.0.0.1:9092'], 'shop-orders'],
  [['localhost:9092', '127.0.0.2:9093', '[::1]:9094'], 'shop-orders'],
  [['b-1.shop.example:9098'], 'shop-orders-local'],
  [['127.0.0.1:9092', 'b-1.shop.example:9098'], 'shop-orders-local'],
  [['127.0.0.1.shop.example:9098'], 'shop-orders-local'],
  [['localhost.shop.example:9098'], 'shop-orders-local'],
])('a run on %p reads as the group %s, so that no deployed mapping loses partitions to it', (brokers, group) => {
  expect(localGroupId('shop-orders', brokers)).toBe(group);
});

import { parkedId } from '../../../handlers/parking/parked';

const mapping = { consumer: 'shop-orders', source: 'u-1', generation: 2 };

test('P5: the id names consumer, source, generation, topic, partition and offset', () => {
  expect(parkedId(mapping, 'orders.eu', 3, 9_007_199_254_740_991)).toBe(
    'parked#shop-orders#u-1#2#orders.eu#3#9007199254740991',
  );
});

test('P5: a mapping without a source has an id too, which no mapping with one has', () => {
  const { source: _, ...without } = mapping;

  expect(parkedId(without, 'orders', 0, 5)).toBe('parked#shop-orders##2#orders#0#5');
  expect(parkedId({ ...without, source: '2' }, 'orders', 0, 5)).not.toBe(parkedId(without, 'orders', 0, 5));
});

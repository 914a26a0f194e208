import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { murmur2 } from '../../../local/broker/murmur2';
import { partitionOfKey } from '../../../local/broker/partitioner';

// Source: Kafka's own test of its partitioner, UtilsTest.testMurmur2.
test.each([
  ['21', -973_932_308],
  ['foobar', -790_332_482],
  ['a-little-bit-long-string', -985_981_536],
  ['a-little-bit-longer-string', -1_486_304_829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58_897_971],
  ['abc', 479_470_107],
])('the hash of "%s" is that of the client in Java', (key, hash) => {
  expect(murmur2(Buffer.from(key))).toBe(hash);
});

test('any key lies where another client that follows the one in Java puts it', () => {
  const other = Partitioners.DefaultPartitioner();
  const key = fc.uint8Array({ maxLength: 70 }).map((bytes) => Buffer.from(bytes));

  fc.assert(
    fc.property(key, fc.integer({ min: 1, max: 60 }), (bytes, partitions) => {
      const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
        partitionId,
        partitionErrorCode: 0,
        leader: 1,
        replicas: [1],
        isr: [1],
      }));

      const elsewhere = other({ topic: 'orders', partitionMetadata, message: { key: bytes, value: null } });

      expect(partitionOfKey(bytes, partitions)).toBe(elsewhere);
    }),
  );
});

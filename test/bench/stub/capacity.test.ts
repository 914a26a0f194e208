import { readUnits, refusedWriteUnits, transactionalWriteUnits, writeUnits } from '../../../bench/stub/capacity';

const KB = 1_024;

// The expected units are the examples of the DynamoDB Developer Guide and its sentences on conditional writes.
describe('units that are billed', () => {
  test.each<[string, number, number]>([
    ['an item of 1 byte costs one write unit', writeUnits(0, 1), 1],
    ['an item of 1 KB costs one', writeUnits(0, KB), 1],
    ['an item of 1.5 KB costs two', writeUnits(0, 1.5 * KB), 2],
    ['an item that shrinks costs what it was', writeUnits(3 * KB, 100), 3],
    ['a delete costs what it was', writeUnits(2 * KB, 0), 2],
    ['a refused write on nothing costs one', refusedWriteUnits(0), 1],
    ['a refused write costs the item that stands there', refusedWriteUnits(2 * KB + 1), 3],
    ['a write in a transaction costs two for each KB', transactionalWriteUnits(0, 3 * KB), 6],
    ['4 KB cost one consistent read unit', readUnits(4 * KB, true), 1],
    ['8 KB cost two', readUnits(8 * KB, true), 2],
    ['8 KB cost one when the read need not be consistent', readUnits(8 * KB, false), 1],
    ['an absent item costs one consistent read unit', readUnits(0, true), 1],
  ])('%s', (_, units, expected) => {
    expect(units).toBe(expected);
  });
});

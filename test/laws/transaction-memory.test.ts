import { memoryWorld } from '../support/transaction-worlds';
import { testRedriveLaws } from './redrive-store-laws';
import { testLaws } from './transaction-store-laws';

describe('the transaction store in memory keeps the laws', () => {
  testLaws(memoryWorld);
  testRedriveLaws(memoryWorld);
});

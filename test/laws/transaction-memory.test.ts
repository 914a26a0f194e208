import { memoryWorld } from '../support/transaction-worlds';
import { testLaws } from './transaction-store-laws';

describe('the transaction store in memory keeps the laws', () => {
  testLaws(memoryWorld);
});

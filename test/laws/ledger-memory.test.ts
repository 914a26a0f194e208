import { openMemoryLedger } from './ledger-memory';
import { testLedgerLaws } from './ledger-store-laws';

describe('the ledger store in memory keeps the laws', () => {
  testLedgerLaws((options) => openMemoryLedger(options));
});

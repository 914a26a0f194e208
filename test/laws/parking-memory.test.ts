import { openMemoryParking } from './parking-memory';
import { testParkingLaws } from './parking-store-laws';

describe('the parking store in memory keeps the laws', () => {
  testParkingLaws((options) => openMemoryParking(options));
});

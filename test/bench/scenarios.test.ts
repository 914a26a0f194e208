import { MODES, scenariosOf } from '../../bench/measure/scenarios';

const names = (...modes: Parameters<typeof scenariosOf>[0]) => scenariosOf(modes).map(({ name }) => name);

describe('what is measured', () => {
  test('is stock with 10, 50 and 200 records in flight, and each mode, whatever is delivered', () => {
    expect(names(...MODES)).toEqual([
      ...['stock:10', 'stock:50', 'stock:200', 'ledger', 'identity', 'transaction', 'drop-in'],
      ...['stock-redelivered:10', 'stock-redelivered:50', 'stock-redelivered:200'],
      ...['ledger-redelivered', 'identity-redelivered'],
    ]);
  });

  test('for one mode is what it is compared with, too', () => {
    expect(names('ledger')).toEqual(['stock:10', 'stock:50', 'stock:200', 'ledger']);
    expect(names('identity-redelivered')).toEqual([
      ...['stock-redelivered:10', 'stock-redelivered:50', 'stock-redelivered:200'],
      'identity-redelivered',
    ]);
    expect(names('stock')).toEqual(['stock:10', 'stock:50', 'stock:200']);
  });
});

import { ERROR_CODES, ERROR_SYMBOL } from '../../../contract/error-codes';
import { ledgerId } from '../../../handlers/ledger/ledger-id';

describe('the key of a ledger item', () => {
  test('holds consumer, source, generation, topic and partition, as the protocol writes it down', () => {
    const mapping = { consumer: 'shop', source: '0f5f3b7e', generation: 3 };

    expect(ledgerId(mapping, 'orders.eu-1', 12)).toBe('ledger#shop#0f5f3b7e#3#orders.eu-1#12');
  });

  test.each([[{ consumer: 'shop', generation: 1 }], [{ consumer: 'shop', source: '', generation: 1 }]])(
    'of a mapping without a source is refused, with the consumer and what to add',
    (mapping) => {
      const make = () => ledgerId(mapping, 'orders', 0);

      expect(make).toThrow(/consumer "shop" in MSK_ONCE_MAPPINGS has no source.*"source"/);
      expect(make).toThrow(expect.objectContaining({ [ERROR_SYMBOL]: ERROR_CODES.ledgerSourceMissing }));
    },
  );
});

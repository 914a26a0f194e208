import * as lib from '../../lib';

test('these names are public, and no other', () => {
  expect(Object.keys(lib).sort()).toEqual([
    'Auth',
    'FunctionVersion',
    'IdempotencyTable',
    'KafkaProcessor',
    'KafkaSource',
    'Pollers',
    'PropsError',
  ]);
});

import * as lib from '../../lib';

test('these names are public, and no other', () => {
  expect(Object.keys(lib).sort()).toEqual([
    'Auth',
    'DeadLetters',
    'FunctionVersion',
    'IdempotencyTable',
    'KafkaMapping',
    'KafkaMappingBase',
    'KafkaProcessor',
    'KafkaSource',
    'OnFailure',
    'OnceFunction',
    'Pollers',
    'ProcessorAlarms',
    'ProcessorDashboard',
    'PropsError',
  ]);
});

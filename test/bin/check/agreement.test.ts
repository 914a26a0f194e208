/** The check reads the variables as the runtime does, which it may not import: what one refuses the other does. */
import { parseLettersPlace } from '../../../bin/check/letters-place';
import { problemOf } from '../../../bin/check/mapping-entries';
import { readEnvironment } from '../../../handlers/environment';

const MAPPINGS = '{"orders":{"consumer":"shop-orders","generation":1}}';

const isAccepted = (variables: Readonly<Record<string, string>>) => {
  try {
    readEnvironment({
      MSK_ONCE_TABLE: 'memory',
      MSK_ONCE_MAPPINGS: MAPPINGS,
      MSK_ONCE_REMEMBER_FOR_S: '1209600',
      ...variables,
    });
    return true;
  } catch {
    return false;
  }
};

test.each<[string, boolean]>([
  ['sqs:https://sqs.eu-west-1.amazonaws.com/111122223333/letters', true],
  ['sqs:https://sqs.eu-west-1.amazonaws.com/111122223333/letters.fifo', true],
  ['sqs:http://127.0.0.1:9324/000000000000/letters', true],
  ['sqs:https://sqs.eu-west-1.amazonaws.com/111122223333/letters, s3://letters/orders', true],
  ['s3://letters', true],
  ['s3://letters/', true],
  ['s3://letters/orders/eu', true],
  ['s3://letters,sqs:https://sqs.eu-west-1.amazonaws.com/111122223333/letters', false],
  ['s3://letters,s3://others', false],
  ['s3://Letters', false],
  ['s3://letters//orders', false],
  ['s3://letters/or ders', false],
  [`s3://letters/${'o'.repeat(256)}`, false],
  ['sqs:letters', false],
  ['sqs:arn:aws:sqs:eu-west-1:111122223333:letters', false],
  ['sqs:https://sqs.eu-west-1.amazonaws.com/', false],
  ['sqs:https://sqs.eu-west-1.amazonaws.com/111122223333/letters/', false],
  ['sqs:https://sqs.eu-west-1.amazonaws.com/111122223333/letters?a=b', false],
  ['https://sqs.eu-west-1.amazonaws.com/111122223333/letters', false],
])('MSK_ONCE_DEAD_LETTERS: %s', (text, accepted) => {
  expect(isAccepted({ MSK_ONCE_DEAD_LETTERS: text })).toBe(accepted);
  expect(parseLettersPlace(text) !== undefined).toBe(accepted);
});

test.each<[string, boolean]>([
  [MAPPINGS, true],
  ['{"orders":{"consumer":"shop-orders","source":"shop","generation":0}}', true],
  ['{"a":{"consumer":"a","generation":1},"b":{"consumer":"b","generation":2}}', true],
  ['{"orders":{"consumer":"shop-orders"}}', false],
  ['{"orders":{"consumer":"","generation":1}}', false],
  ['{"orders":{"consumer":"shop-orders","generation":"1"}}', false],
  ['{"orders":{"consumer":"shop-orders","generation":-1}}', false],
  ['{"orders":{"consumer":"shop-orders","source":1,"generation":1}}', false],
  ['{"or ders":{"consumer":"shop-orders","generation":1}}', false],
  ['{}', false],
  ['[]', false],
  ['null', false],
  ['orders', false],
])('MSK_ONCE_MAPPINGS: %s', (text, accepted) => {
  expect(isAccepted({ MSK_ONCE_MAPPINGS: text })).toBe(accepted);
  expect(problemOf(text) === undefined).toBe(accepted);
});

import { DEFAULT_REMEMBER_FOR_SECONDS, ENVIRONMENT, MAPPING_ALIAS, MAPPING_NAME } from '../../contract/environment';

describe('A2: aliases', () => {
  test.each([
    ['Orders-partial', 'Orders', 'partial'],
    ['Orders-throw', 'Orders', 'throw'],
    ['a-partial-throw', 'a-partial', 'throw'],
    ['a_b-9-partial', 'a_b-9', 'partial'],
  ])('%s is the mapping %s with %s', (alias, name, mode) => {
    expect(MAPPING_ALIAS.exec(alias)?.slice(1)).toEqual([name, mode]);
  });

  test.each([
    'live',
    'partial',
    '-throw',
    'Orders-Partial',
    'Orders-partial ',
    'Or.ders-throw',
    'Orders_throw',
    'é-throw',
    'a-throw\n',
  ])('%p is none', (alias) => {
    expect(MAPPING_ALIAS.test(alias)).toBe(false);
  });

  test('every mapping name makes an alias that Lambda accepts', () => {
    // Lambda API Reference, CreateAlias, Name.
    const lambda = /^(?!^[0-9]+$)([a-zA-Z0-9-_]+)$/;
    for (const name of ['Orders', '0', '9-9', '_', '-']) {
      expect(MAPPING_NAME.test(name)).toBe(true);
      expect(lambda.test(`${name}-throw`)).toBe(true);
    }
  });
});

test('the variables are the ones that are settled', () => {
  expect(ENVIRONMENT).toEqual({
    table: 'MSK_ONCE_TABLE',
    mappings: 'MSK_ONCE_MAPPINGS',
    rememberForSeconds: 'MSK_ONCE_REMEMBER_FOR_S',
    deadLetters: 'MSK_ONCE_DEAD_LETTERS',
    powertoolsDisabled: 'POWERTOOLS_IDEMPOTENCY_DISABLED',
    lambdaMaxConcurrency: 'AWS_LAMBDA_MAX_CONCURRENCY',
    endpoint: 'AWS_ENDPOINT_URL',
    sqsEndpoint: 'AWS_ENDPOINT_URL_SQS',
    s3Endpoint: 'AWS_ENDPOINT_URL_S3',
  });
  expect(DEFAULT_REMEMBER_FOR_SECONDS).toBe(1_209_600);
});

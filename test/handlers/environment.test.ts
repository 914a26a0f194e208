import { ERROR_CODES } from '../../contract/error-codes';
import { readEnvironment } from '../../handlers/environment';
import { isOnceError } from '../../handlers/errors';

const GOOD = {
  MSK_ONCE_TABLE: 'Idempotency',
  MSK_ONCE_MAPPINGS: '{"Orders":{"consumer":"shop-orders","source":"u-1","generation":1}}',
  MSK_ONCE_REMEMBER_FOR_S: '1209600',
};

type Variables = Record<string, string | undefined>;

function refusal(changes: Variables): { code: string; message: string } {
  try {
    readEnvironment({ ...GOOD, ...changes });
  } catch (error) {
    if (isOnceError(error)) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('the environment was accepted');
}

describe('the environment of a function', () => {
  test('as the construct sets it is read', () => {
    const environment = readEnvironment(GOOD);

    expect(environment).toEqual({
      table: 'Idempotency',
      mappings: { Orders: { consumer: 'shop-orders', source: 'u-1', generation: 1 } },
      rememberForSeconds: 1_209_600,
    });
  });

  test('may hold many mappings, without a source, at generation 0', () => {
    const mappings = { Orders: { consumer: 'a', generation: 0 }, 'Returns-partial': { consumer: 'b', generation: 9 } };

    const environment = readEnvironment({ ...GOOD, MSK_ONCE_MAPPINGS: JSON.stringify(mappings) });

    expect(environment.mappings).toEqual(mappings);
  });

  test.each(Object.keys(GOOD))('without %s is refused, naming it', (name) => {
    for (const value of [undefined, '', '   ']) {
      const { code, message } = refusal({ [name]: value });

      expect(code).toBe(ERROR_CODES.environmentMissing);
      expect(message).toContain(name);
    }
  });

  test.each(['0', '-60', '59', '1.5', '1e999', 'NaN', 'two weeks', '60s', '9007199254740993'])(
    'that remembers for %p seconds is refused',
    (value) => {
      const { code, message } = refusal({ MSK_ONCE_REMEMBER_FOR_S: value });

      expect(code).toBe(ERROR_CODES.environmentInvalid);
      expect(message).toContain('MSK_ONCE_REMEMBER_FOR_S');
      expect(message).toContain(value);
    },
  );

  test.each([
    ['{', 'not JSON'],
    ['[]', 'not a JSON object'],
    ['null', 'not a JSON object'],
    ['"Orders"', 'not a JSON object'],
    ['{}', 'without a mapping'],
    ['{"Or ders":{"consumer":"a","generation":1}}', '"Or ders"'],
    ['{"":{"consumer":"a","generation":1}}', '""'],
    ['{"Orders":null}', '"Orders"'],
    ['{"Orders":"shop"}', '"Orders"'],
    ['{"Orders":[]}', '"Orders"'],
    ['{"Orders":{"generation":1}}', '"Orders"'],
    ['{"Orders":{"consumer":"","generation":1}}', '"Orders"'],
    ['{"Orders":{"consumer":7,"generation":1}}', '"Orders"'],
    ['{"Orders":{"consumer":"a"}}', '"Orders"'],
    ['{"Orders":{"consumer":"a","generation":"1"}}', '"Orders"'],
    ['{"Orders":{"consumer":"a","generation":-1}}', '"Orders"'],
    ['{"Orders":{"consumer":"a","generation":1.5}}', '"Orders"'],
    ['{"Orders":{"consumer":"a","source":1,"generation":1}}', '"Orders"'],
    ['{"Good":{"consumer":"a","generation":1},"Bad":{}}', '"Bad"'],
  ])('with the mappings %s is refused, naming %s', (value, named) => {
    const { code, message } = refusal({ MSK_ONCE_MAPPINGS: value });

    expect(code).toBe(ERROR_CODES.environmentInvalid);
    expect(message).toContain('MSK_ONCE_MAPPINGS');
    expect(message).toContain(named);
  });
});

describe('D5: what would break the promise is refused at start', () => {
  test.each(['true', 'TRUE', '1', 'y', 'yes', 't', 'on', ' On ', 'whatever', '2'])(
    'POWERTOOLS_IDEMPOTENCY_DISABLED=%p',
    (value) => {
      const { code, message } = refusal({ POWERTOOLS_IDEMPOTENCY_DISABLED: value });

      expect(code).toBe(ERROR_CODES.idempotencyDisabled);
      expect(message).toContain(value.trim());
    },
  );

  test.each(['', ' ', '0', 'n', 'no', 'f', 'false', 'off', 'FALSE', ' Off '])(
    'not POWERTOOLS_IDEMPOTENCY_DISABLED=%p, which disables nothing',
    (value) => {
      expect(() => readEnvironment({ ...GOOD, POWERTOOLS_IDEMPOTENCY_DISABLED: value })).not.toThrow();
    },
  );

  test.each(['2', '10', '64', '0', 'many'])('AWS_LAMBDA_MAX_CONCURRENCY=%p', (value) => {
    const { code, message } = refusal({ AWS_LAMBDA_MAX_CONCURRENCY: value });

    expect(code).toBe(ERROR_CODES.sharedProcess);
    expect(message).toContain(value);
  });

  test.each(['1', '', ' '])('not AWS_LAMBDA_MAX_CONCURRENCY=%p: one invocation in a process', (value) => {
    expect(() => readEnvironment({ ...GOOD, AWS_LAMBDA_MAX_CONCURRENCY: value })).not.toThrow();
  });

  test('before anything else that is wrong, since it is what would lose the promise silently', () => {
    const { code } = refusal({ MSK_ONCE_TABLE: '', POWERTOOLS_IDEMPOTENCY_DISABLED: 'true' });

    expect(code).toBe(ERROR_CODES.idempotencyDisabled);
  });
});

describe('MSK_ONCE_DEAD_LETTERS', () => {
  const QUEUE = 'https://sqs.eu-west-1.amazonaws.com/111122223333/orders-letters';
  const read = (MSK_ONCE_DEAD_LETTERS: string, changes: Variables = {}) =>
    readEnvironment({ ...GOOD, MSK_ONCE_DEAD_LETTERS, ...changes }).deadLetters;

  test.each([undefined, '', ' '])('may be left out: %p', (text) => {
    expect(readEnvironment({ ...GOOD, MSK_ONCE_DEAD_LETTERS: text }).deadLetters).toBeUndefined();
  });

  test.each<[string, object]>([
    [`sqs:${QUEUE}`, { queue: { url: QUEUE, isFifo: false } }],
    [`sqs:${QUEUE}.fifo`, { queue: { url: `${QUEUE}.fifo`, isFifo: true } }],
    [
      'sqs:http://127.0.0.1:19324/000000000000/q',
      { queue: { url: 'http://127.0.0.1:19324/000000000000/q', isFifo: false } },
    ],
    ['s3://letters', { bucket: { bucket: 'letters', prefix: '' } }],
    ['s3://letters/', { bucket: { bucket: 'letters', prefix: '' } }],
    [' s3://my.letters-1/dead/orders/ ', { bucket: { bucket: 'my.letters-1', prefix: 'dead/orders' } }],
    ['s3://letters/year=2026', { bucket: { bucket: 'letters', prefix: 'year=2026' } }],
    [
      `sqs:${QUEUE}, s3://letters/large`,
      { queue: { url: QUEUE, isFifo: false }, bucket: { bucket: 'letters', prefix: 'large' } },
    ],
  ])('%p is read', (text, place) => {
    expect(read(text)).toEqual({ place, hasSqsEndpoint: false, hasS3Endpoint: false });
  });

  test.each<[Variables, boolean, boolean]>([
    [{ AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1' }, true, false],
    [{ AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' }, false, true],
    [{ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, true, true],
    [{ AWS_ENDPOINT_URL: '', AWS_ENDPOINT_URL_S3: '' }, false, false],
  ])('knows from %p whether the services are somewhere else', (changes, hasSqsEndpoint, hasS3Endpoint) => {
    expect(read('s3://letters', changes)).toMatchObject({ hasSqsEndpoint, hasS3Endpoint });
  });

  test.each([
    'letters',
    QUEUE,
    'sqs:',
    'sqs:orders-letters',
    'sqs:arn:aws:sqs:eu-west-1:111122223333:orders-letters',
    'sqs:ftp://sqs.eu-west-1.amazonaws.com/111122223333/q',
    'sqs:https://sqs.eu-west-1.amazonaws.com',
    'sqs:https://sqs.eu-west-1.amazonaws.com/111122223333/q?Action=x',
    's3:letters',
    's3://',
    's3://ab',
    's3://Letters',
    's3://letters//x',
    's3://letters/a b',
    's3://letters/a!b#c',
    's3:///prefix',
    `s3://letters/${'x'.repeat(300)}`,
    's3://letters,s3://more',
    `s3://letters,sqs:${QUEUE}`,
    `sqs:${QUEUE},sqs:${QUEUE}`,
    `sqs:${QUEUE},s3://a-b,s3://c-d`,
    `sqs:${QUEUE},`,
    'kafka://topic',
  ])('%p is refused, naming the shapes that are accepted', (text) => {
    const { code, message } = refusal({ MSK_ONCE_DEAD_LETTERS: text });

    expect(code).toBe('MSK_ONCE_ENVIRONMENT_INVALID');
    expect(message).toContain(`MSK_ONCE_DEAD_LETTERS is ${JSON.stringify(text)}`);
    expect(message).toMatch(/accepted is sqs:<queue URL>, s3:\/\/<bucket>\/<prefix>, or both with a comma/);
  });
});

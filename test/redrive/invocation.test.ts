import { judgeInvokeError } from '../../bin/redrive/aws-errors';
import { parseFunction } from '../../bin/redrive/function-name';
import { judgeAnswer } from '../../bin/redrive/invocation';
import { Rate } from '../../bin/redrive/rate';

const judge = (payload: unknown, ids = ['a', 'b'], functionError?: string) =>
  judgeAnswer({ functionError, payload: JSON.stringify(payload) }, ids);

describe('what an answer says', () => {
  test('of each letter', () => {
    const redriven = [
      { id: 'a', outcome: 'done' },
      { id: 'b', outcome: 'parked', error: { name: 'E', message: 'm' } },
    ];

    expect(judge({ mskOnce: { redriven } })).toEqual({
      kind: 'answered',
      redriven: new Map(redriven.map((one) => [one.id, one])),
    });
  });

  test.each([
    ['one of the service', { batchItemFailures: [] }],
    ['nothing', null],
    ['a text', 'ok'],
    ['one without a letter', { mskOnce: { redriven: [{ id: 'a', outcome: 'done' }] } }],
    [
      'an outcome that there is not',
      {
        mskOnce: {
          redriven: [
            { id: 'a', outcome: 'gone' },
            { id: 'b', outcome: 'done' },
          ],
        },
      },
    ],
    ['members of another kind', { mskOnce: { redriven: [null, 7] } }],
  ])('%s is none to a redrive, and closes no letter', (_, payload) => {
    expect(judge(payload).kind).toBe('foreign');
  });

  test('an error of msk-once refuses, any other one may pass', () => {
    const refusal = {
      errorType: 'OnceError',
      errorMessage: 'The letter is of another mapping. (MSK_ONCE_REDRIVE_INVALID)',
    };
    const death = { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 3.00 seconds' };

    expect(judge(refusal, ['a'], 'Unhandled')).toEqual({ kind: 'refused', reason: refusal.errorMessage });
    expect(judge(death, ['a'], 'Unhandled')).toEqual({
      kind: 'failed',
      reason: 'Sandbox.Timedout: Task timed out after 3.00 seconds',
    });
    expect(judgeAnswer({ functionError: 'Unhandled', payload: 'torn' }, ['a'])).toEqual({
      kind: 'failed',
      reason: 'torn',
    });
  });
});

test.each<[string, object, string]>([
  ['too many requests', { name: 'TooManyRequestsException', $metadata: { httpStatusCode: 429 } }, 'busy'],
  ['an update of the function', { name: 'ResourceConflictException', $metadata: { httpStatusCode: 409 } }, 'busy'],
  ['a fault of the service', { name: 'ServiceException', $metadata: { httpStatusCode: 500 } }, 'busy'],
  ['too large a request', { name: 'RequestTooLargeException', $metadata: { httpStatusCode: 413 } }, 'too-large'],
  ['no such function', { name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 404 } }, 'denied'],
  ['no permission', { name: 'AccessDeniedException', $metadata: { httpStatusCode: 403 } }, 'denied'],
  ['nobody there', { name: 'Error', code: 'ECONNREFUSED' }, 'unreachable'],
  ['an aggregate of that', { name: 'AggregateError', cause: { code: 'ENOTFOUND' } }, 'unreachable'],
  ['no answer in time', { name: 'TimeoutError' }, 'unreachable'],
])('%s: %s is %s', (_, error, kind) => {
  expect(judgeInvokeError({ message: 'why', ...error }).kind).toBe(kind);
});

test.each<[string, object | undefined]>([
  ['orders:Orders-partial', { functionName: 'orders', qualifier: 'Orders-partial', region: undefined }],
  [
    'arn:aws:lambda:eu-west-1:111122223333:function:orders:Orders-throw',
    {
      functionName: 'arn:aws:lambda:eu-west-1:111122223333:function:orders',
      qualifier: 'Orders-throw',
      region: 'eu-west-1',
    },
  ],
  ['111122223333:function:orders:live', { functionName: '111122223333:function:orders', qualifier: 'live' }],
  ['orders:$LATEST', { functionName: 'orders', qualifier: '$LATEST' }],
  ['orders', undefined],
  ['orders:', undefined],
  ['arn:aws:lambda:eu-west-1:111122223333:function:orders', undefined],
  ['arn:aws:sqs:eu-west-1:111122223333:orders', undefined],
])('%s as a function and its alias', (text, expected) => {
  const found = parseFunction(text);

  if (expected === undefined) expect(found).toBeUndefined();
  else expect(found).toMatchObject({ text, ...expected });
});

describe('the rate', () => {
  test('10 records in a second: 10 at once, and the next ones a second later, however few', () => {
    const rate = new Rate(10);

    expect(rate.together).toBe(10);
    expect(rate.waitMs(10, 5_000)).toBe(0);
    expect(rate.waitMs(1, 5_000)).toBe(1_000);
    expect(rate.waitMs(1, 6_000)).toBe(100);
    expect(rate.waitMs(1, 60_000)).toBe(0);
  });

  test('without one nothing waits', () => {
    const rate = new Rate(undefined);

    expect([rate.waitMs(1_000_000, 0), rate.waitMs(1, 0), rate.together]).toEqual([0, 0, Number.POSITIVE_INFINITY]);
  });
});

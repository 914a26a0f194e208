import { OutageError, PermanentError, TransientError } from '../../../handlers';
import { type ErrorClass, letterTooLarge } from '../../../handlers/errors';
import { event, failures, ids, ledger, world } from '../../support/virtual-world';

const RETRIES = 3;

/** Runs one record that always fails so; how often it was tried, and what was told of it. */
async function triesOf(error: () => unknown, options: object = {}) {
  const w = world();
  let tries = 0;
  const process = () => {
    tries += 1;
    throw error();
  };
  const handler = w.handler(ledger(process, { retries: RETRIES, ...options }));
  const answer = await handler(event({ 0: ids('a') }), w.context());
  return { tries, codes: w.logged.flatMap(({ fields }) => fields.code ?? []), open: failures(answer) };
}

describe('P1: what an error says of itself', () => {
  test.each<[string, () => unknown, number]>([
    ['PermanentError', () => new PermanentError('unknown customer'), 1],
    ['TransientError', () => new TransientError('busy'), 1 + RETRIES],
    ['OutageError', () => new OutageError('the payment service is down'), 1],
    ['an error of another copy', () => ({ [Symbol.for('msk-once.error-class')]: 'permanent' }), 1],
    ['any other', () => new Error('busy'), 1 + RETRIES],
  ])('%s decides how often it is tried', async (_, error, expected) => {
    expect(await triesOf(error)).toMatchObject({ tries: expected, open: ['orders-0@0'] });
  });

  test.each<[string, () => unknown, number[]]>([
    ['PermanentError', () => new PermanentError('x'), [1, 2]],
    ['TransientError', () => new TransientError('x'), [1, 2]],
    ['OutageError', () => new OutageError('x'), [1, 1]],
  ])('%s decides whether an attempt counts', async (_, error, attempts) => {
    const w = world();
    const seen: number[] = [];
    const process = ({ attempt }: { readonly attempt: number }) => {
      seen.push(attempt);
      throw error();
    };
    const handler = w.handler(ledger(process, { retries: 0 }));

    for (const _delivery of attempts) await handler(event({ 0: ids('a') }), w.context());

    expect(seen).toEqual(attempts);
  });

  test('goes before nothing, and after classify', async () => {
    const asked: unknown[] = [];
    const classify = (error: unknown): ErrorClass | undefined => {
      asked.push(error);
      return error instanceof PermanentError ? 'transient' : undefined;
    };
    const permanent = new PermanentError('x');

    expect(await triesOf(() => permanent, { classify })).toMatchObject({ tries: 1 + RETRIES });
    expect(await triesOf(() => new OutageError('x'), { classify })).toMatchObject({ tries: 1 });
    expect(asked[0]).toBe(permanent);
  });
});

test.each([undefined, null])(
  'P1: process that rejects with %p failed for no reason that it gives, and is told so',
  async (nothing) => {
    const { tries, codes, open } = await triesOf(() => nothing);

    expect({ tries, open }).toEqual({ tries: 1 + RETRIES, open: ['orders-0@0'] });
    expect(codes).toEqual(['MSK_ONCE_PROCESS_REJECTED']);
  },
);

test.each<[unknown]>([['fatal'], [true], [Promise.resolve('permanent')], [{}]])(
  'P1: a classify that returns %p is told, and the error counts as what it says of itself',
  async (returned) => {
    const classify = () => returned;

    const ordinary = await triesOf(() => new Error('x'), { classify });
    const permanent = await triesOf(() => new PermanentError('x'), { classify });

    expect([ordinary.tries, permanent.tries]).toEqual([1 + RETRIES, 1]);
    expect(ordinary.codes.filter((code) => code === 'MSK_ONCE_CLASSIFY_INVALID')).toHaveLength(1 + RETRIES);
    expect(permanent.codes).toContain('MSK_ONCE_CLASSIFY_INVALID');
  },
);

test.each([
  [
    'its own words, where it has some',
    letterTooLarge({ record: 'a', bytes: 2, maximumBytes: 1, store: 'the queue q' }),
  ],
  ['MSK_ONCE_DEAD_LETTERS_UNAVAILABLE, else', new Error('socket closed')],
])('P1: dead letters that are out are an outage, told with %s', async (_, error) => {
  const w = world();
  const deadLetters = { put: async () => [{ kind: 'unknown', reason: 'refused', error } as const] };
  const process = () => {
    throw new PermanentError('x');
  };

  const answer = await w.handler(ledger(process), { deadLetters })(event({ 0: ids('a') }), w.context());

  expect(failures(answer)).toEqual(['orders-0@0']);
  const code = 'code' in error ? error.code : 'MSK_ONCE_DEAD_LETTERS_UNAVAILABLE';
  const coded = w.logged.map(({ message }) => message).filter((message) => message.includes('(MSK_ONCE_'));
  expect(coded).toHaveLength(1);
  expect(coded[0]?.match(/MSK_ONCE_\w+(?=\))/g)).toEqual([code]);
});

describe('what user code says may quote a payload: no message of ours repeats it', () => {
  const SECRET = '4111 1111 1111 1111';
  const leak = () => {
    throw new SyntaxError(`unexpected "${SECRET}"`);
  };

  test.each<[string, string, object]>([
    ['a codec', 'MSK_ONCE_VALUE_UNDECODABLE', { value: { name: 'mine', decode: leak } }],
    ['identity', 'MSK_ONCE_IDENTITY_THREW', { identity: leak }],
    ['classify', 'MSK_ONCE_CLASSIFY_THREW', { classify: leak }],
    ['classify, as its answer', 'MSK_ONCE_CLASSIFY_INVALID', { classify: () => SECRET }],
  ])('%s', async (_, code, options) => {
    const w = world();
    const process = () => {
      throw new Error('x');
    };

    await w.handler(ledger(process, { retries: 0, ...options }))(event({ 0: ids('a') }), w.context());

    const told = w.logged.filter(({ fields }) => fields.code === code);
    expect(told).toHaveLength(1);
    expect(`${told[0]?.message} ${told[0]?.fields.reason}`).not.toContain(SECRET);
    expect(`${told[0]?.message} ${told[0]?.fields.reason}`).toMatch(/SyntaxError|a string of 19 characters/);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IdempotencyConfig } from '@aws-lambda-powertools/idempotency';
import { makeHandlerIdempotent } from '@aws-lambda-powertools/idempotency/middleware';
import type * as middyCore from '@middy/core' with { 'resolution-mode': 'import' };
import type { Context } from 'aws-lambda';
import { esmPackage } from '../../support/esm-package';
import { type Bench, freshId, openBench } from './support';

const { default: middy } = esmPackage<typeof middyCore>('@middy/core');
const GUIDE = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'powertools.md'), 'utf8');
const context = { getRemainingTimeInMillis: () => 60_000 } as Context;

interface Order {
  id: string;
}
type ResponseHook = NonNullable<ConstructorParameters<typeof IdempotencyConfig>[0]['responseHook']>;

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());
beforeEach(() => {
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(() => jest.restoreAllMocks());

/** A handler under middy and the middleware; each call is a delivery of the same event to a process of its own. */
function delivered(result: unknown, keyPrefix: string, responseHook?: ResponseHook) {
  const run = jest.fn(async (_event: Order, _context: Context) => result);
  const config = new IdempotencyConfig({
    eventKeyJmesPath: 'id',
    throwOnNoIdempotencyKey: true,
    ...(responseHook && { responseHook }),
  });
  const deliver = () => {
    const persistenceStore = bench.once();
    const handler = middy<Order>().use(makeHandlerIdempotent({ persistenceStore, config, keyPrefix })).handler(run);
    return handler({ id: 'a' }, context);
  };
  return { run, deliver };
}

describe('C12: makeHandlerIdempotent', () => {
  test.each([
    ['nothing', undefined],
    ['what cannot be stored', new Date(0)],
  ])('a handler that returns %s runs again for a duplicate, and the error says what to return', async (_, result) => {
    const { run, deliver } = delivered(result, freshId('prefix'));
    await deliver();

    const error = (await deliver().catch((thrown: unknown) => thrown)) as Error;

    expect(run).toHaveBeenCalledTimes(2);
    expect(error.cause).toMatchObject({ code: 'MSK_ONCE_CALL_UNCLAIMED' });
    const { message } = error.cause as Error;
    for (const said of ['makeHandlerIdempotent', 'returns nothing', 'null', '{}']) expect(message).toContain(said);
  });

  test.each([
    ['null', null],
    ['{}', {}],
    ['false', false],
  ])('a handler that returns %s runs once, and a duplicate gets it', async (_, result) => {
    const { run, deliver } = delivered(result, freshId('prefix'));

    expect([await deliver(), await deliver()]).toEqual([result, result]);

    expect(run).toHaveBeenCalledTimes(1);
  });

  test('a responseHook answers for records that were completed without a result', async () => {
    const keyPrefix = freshId('prefix');
    await delivered(undefined, keyPrefix).deliver();
    const { run, deliver } = delivered({}, keyPrefix, (response) => response ?? null);

    expect(await deliver()).toBeNull();

    expect(run).not.toHaveBeenCalled();
  });

  test('the guide tells it', () => {
    const [, told = ''] = /## What it does not do\n([\s\S]*)/.exec(GUIDE) ?? [];
    const line = told.split('\n').find((text) => text.includes('a handler that returns nothing'));

    for (const said of ['`null`', '`{}`', 'makeHandlerIdempotent', 'responseHook', 'MSK_ONCE_CALL_UNCLAIMED'])
      expect(line).toContain(said);
  });
});

import { ERROR_CODES } from '../../../contract/error-codes';
import type { InvocationContext } from '../../../contract/event';
import { claimId } from '../../../handlers/core/identity';
import { ARN, event, failures, ids, type Order, orders, world } from '../../support/virtual-world';

describe('C1: the identity is fixed before the handler can touch the record', () => {
  test('a handler that changes value, key and headers changes nothing but its own copy of them', async () => {
    const w = world();
    const handler = w.handler(
      orders(({ value, key, headers }) => {
        Object.assign(value as { id: string }, { id: 'changed' });
        key?.fill(0);
        headers.get('h')?.fill(0);
      }),
    );
    const batch = event({ 0: [{ value: { id: 'a' }, key: 'k', headers: [{ h: [1] }] }] });

    await handler(batch, w.context());
    const again = await handler(batch, w.context());

    expect(failures(again)).toEqual([]);
    expect([...w.memory.items.keys()]).toEqual([claimId('shop-orders', 'orders', 'a')]);
    expect(w.logged.at(-1)?.fields).toMatchObject({ duplicate: 1 });
  });

  test('an event is not changed by being processed', async () => {
    const w = world();
    const batch = event({
      0: [
        { value: { id: 'b' }, offset: 7 },
        { value: { id: 'a' }, offset: 3, key: 'k' },
      ],
    });
    const before = structuredClone(batch);

    await w.handler(orders(({ key }) => key?.fill(0)))(batch, w.context());

    expect(batch).toEqual(before);
  });

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['an empty string', ''],
    ['NaN', Number.NaN],
    ['an object', { id: 'a' }],
    ['a Promise', Promise.resolve('a')],
    ['a Buffer', Buffer.from('a')],
    ['true', true],
  ])('%s is none: a permanent error of its record, and its lane stops', async (_, identity) => {
    const w = world();
    const process = jest.fn();
    const handler = w.handler(
      orders(process, { identity: ({ offset, value }) => (offset === 1 ? (identity as string) : value.id) }),
    );

    const answer = await handler(event({ 0: ids('a', 'b', 'c'), 1: ids('d') }), w.context());

    expect(failures(answer)).toEqual(['orders-0@1', 'orders-0@2']);
    expect(process).toHaveBeenCalledTimes(2);
    expect(w.logged).toContainEqual(
      expect.objectContaining({ fields: expect.objectContaining({ code: ERROR_CODES.identityInvalid }) }),
    );
  });

  test('an identity function that throws leaves its record open', async () => {
    const w = world();
    const handler = w.handler(
      orders(() => undefined, {
        identity: ({ value, offset }) => {
          if (offset === 1) throw new TypeError('x of undefined');
          return value.id;
        },
      }),
    );

    expect(failures(await handler(event({ 0: ids('a', 'b', 'c') }), w.context()))).toEqual([
      'orders-0@1',
      'orders-0@2',
    ]);
    expect(w.logged[0]?.fields).toMatchObject({ code: ERROR_CODES.identityThrew });
  });

  test('0 and a bigint are identities, and are not each other', async () => {
    const w = world();
    const identities = [0, 0n, '0', -0];
    const ran: number[] = [];
    const handler = w.handler(
      orders(({ offset }) => void ran.push(offset), { identity: ({ offset }) => identities[offset] as number }),
    );

    await handler(event({ 0: [0, 1, 2, 3].map(() => ({ value: { id: 'same payload' } })) }), w.context());

    expect(ran).toEqual([0, 1, 2]);
  });

  test('it is computed once for each record', async () => {
    const w = world();
    const identity = jest.fn(({ value }: { readonly value: Order }) => value.id);
    const handler = w.handler(orders(() => undefined, { identity }));

    await handler(event({ 0: ids('a', 'b', 'a') }), w.context());

    expect(identity).toHaveBeenCalledTimes(3);
  });

  test.each<[string, unknown]>([
    ['a promise', Promise.resolve('a')],
    ['a Map', new Map([['a', 1]])],
    ['a Set', new Set([1])],
    ['nothing', undefined],
    ['a function', () => 'a'],
  ])('C7: a payload that is %s would equal any other: its record stays open', async (_, payload) => {
    const w = world();
    const process = jest.fn();

    const answer = await w.handler(orders(process, { payload: () => payload }))(event({ 0: ids('a') }), w.context());

    expect(failures(answer)).toEqual(['orders-0@0']);
    expect(process).not.toHaveBeenCalled();
    expect(w.logged.flatMap(({ fields }) => fields.code ?? [])).toContain(ERROR_CODES.payloadInvalid);
  });

  test('a payload function that throws leaves its record open', async () => {
    const w = world();
    const process = jest.fn();
    const handler = w.handler(
      orders(process, {
        payload: () => {
          throw new Error('no payload');
        },
      }),
    );

    expect(failures(await handler(event({ 0: ids('a') }), w.context()))).toEqual(['orders-0@0']);
    expect(process).not.toHaveBeenCalled();
  });
});

describe('what process gets', () => {
  test('is the record as it was written, with its attempt and a signal', async () => {
    const w = world();
    const got: Record<string, unknown>[] = [];
    const handler = w.handler(orders((record) => void got.push({ ...record, key: record.key, signal: record.signal })));

    await handler(
      event({ 3: [{ value: { id: 'a' }, key: 'k', offset: 41, timestamp: 5, timestampType: 'LOG_APPEND_TIME' }] }),
      w.context(),
    );

    expect(got).toEqual([
      {
        topic: 'orders',
        partition: 3,
        offset: 41,
        timestamp: 5,
        timestampType: 'LOG_APPEND_TIME',
        key: Buffer.from('k'),
        value: { id: 'a' },
        headers: expect.anything(),
        attempt: 1,
        signal: expect.any(AbortSignal),
      },
    ]);
  });
});

describe('a context that cannot be used is an error that names the field', () => {
  const good: InvocationContext = {
    invokedFunctionArn: `${ARN}:Orders-partial`,
    getRemainingTimeInMillis: () => 60_000,
  };

  test.each<[string, unknown]>([
    ['invokedFunctionArn', undefined],
    ['invokedFunctionArn', null],
    ['invokedFunctionArn', {}],
    ['invokedFunctionArn', { ...good, invokedFunctionArn: 7 }],
    ['getRemainingTimeInMillis', { invokedFunctionArn: good.invokedFunctionArn }],
    ['getRemainingTimeInMillis', { ...good, getRemainingTimeInMillis: 60_000 }],
    ['getRemainingTimeInMillis()', { ...good, getRemainingTimeInMillis: () => undefined }],
    ['getRemainingTimeInMillis()', { ...good, getRemainingTimeInMillis: () => Number.NaN }],
    ['getRemainingTimeInMillis()', { ...good, getRemainingTimeInMillis: () => '60000' }],
    ['getRemainingTimeInMillis()', { ...good, getRemainingTimeInMillis: () => Number.POSITIVE_INFINITY }],
  ])('%s in %p', async (field, context) => {
    const w = world();
    const process = jest.fn();

    const call = w.handler(orders(process))(event({ 0: ids('a') }), context as InvocationContext);

    await expect(call).rejects.toThrow(`no usable ${field} `);
    await expect(call).rejects.toMatchObject({ code: ERROR_CODES.contextMissing });
    expect(process).not.toHaveBeenCalled();
  });

  test('the time is read with the context as its this', async () => {
    const w = world();
    const context = {
      invokedFunctionArn: good.invokedFunctionArn,
      leftMs: 60_000,
      getRemainingTimeInMillis() {
        return this.leftMs;
      },
    };

    expect(failures(await w.handler(orders(() => undefined))(event({ 0: ids('a') }), context))).toEqual([]);
  });
});

test('A4: an event that is refused touches nothing', async () => {
  const w = world();
  const process = jest.fn();
  const batch = event({ 0: ids('a'), 1: [{ value: { id: 'b' }, offset: -1 }] });

  await expect(w.handler(orders(process))(batch, w.context())).rejects.toMatchObject({
    code: ERROR_CODES.eventInvalid,
  });

  expect(process).not.toHaveBeenCalled();
  expect(w.store.calls).toEqual([]);
});

test('several invocations of one handler share nothing but the store', async () => {
  const w = world();
  const handler = w.handler(
    orders(async ({ value }) => {
      await w.time.sleep(100);
      if (value.id === 'b') throw new Error('no');
    }),
  );

  const answers = await Promise.all([
    handler(event({ 0: ids('a', 'b') }), w.context()),
    handler(event({ 0: ids('c', 'd') }), w.context()),
  ]);

  expect(answers.map(failures)).toEqual([['orders-0@1'], []]);
});

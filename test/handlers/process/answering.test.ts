import fc from 'fast-check';
import * as z from 'zod';
import { ERROR_CODES } from '../../../contract/error-codes';
import type { BatchResponse } from '../../../contract/event';
import { json } from '../../../handlers';
import { deliverUntilDone, type Reading } from '../../support/deliveries';
import { event, failures, ids, orders, world } from '../../support/virtual-world';

describe('A1: the answer lists exactly what is open', () => {
  test('nothing when every record is done, and nothing again when all come again', async () => {
    const w = world();
    const ran: string[] = [];
    const handler = w.handler(orders(({ value }) => void ran.push(value.id)));
    const batch = event({ 0: ids('a', 'b'), 1: ids('c') });

    const answers = [await handler(batch, w.context()), await handler(batch, w.context())];

    expect(answers).toEqual([{ batchItemFailures: [] }, { batchItemFailures: [] }]);
    expect(ran.sort()).toEqual(['a', 'b', 'c']);
  });

  test('the failing record and everything behind it in its partition, and no other partition', async () => {
    const w = world();
    const handler = w.handler(
      orders(({ value }) => {
        if (value.id === 'b') throw new Error('no');
      }),
    );

    const answer = await handler(event({ 0: ids('a', 'b', 'c'), 1: ids('d') }), w.context());

    expect(failures(answer)).toEqual(['orders-0@1', 'orders-0@2']);
  });

  test('an event without records has an empty answer', async () => {
    const w = world();
    const handler = w.handler(orders(() => undefined));

    expect(await handler(event({}), w.context())).toEqual({ batchItemFailures: [] });
    expect(await handler(event({ 0: [] }), w.context(60_000, 'Orders-throw'))).toBeUndefined();
  });

  test('what process returns is not the answer', async () => {
    const w = world();
    const handler = w.handler(orders(() => ({ batchItemFailures: [{ itemIdentifier: 'mine' }] })));

    expect(await handler(event({ 0: ids('a') }), w.context())).toEqual({ batchItemFailures: [] });
  });

  test('offsets that are far apart and partitions that are not in order are named as they came', async () => {
    const w = world();
    const handler = w.handler(
      orders(() => {
        throw new Error('no');
      }),
    );
    const batch = event({
      12: [{ value: { id: 'a' }, offset: 2 ** 53 - 1 }],
      3: [
        { value: { id: 'b' }, offset: 7 },
        { value: { id: 'c' }, offset: 900 },
      ],
    });

    expect(failures(await handler(batch, w.context())).sort()).toEqual([
      'orders-12@9007199254740991',
      'orders-3@7',
      'orders-3@900',
    ]);
  });
});

describe('A3: the throw mode', () => {
  test('fails while anything is open, and answers nothing when all is closed', async () => {
    const w = world();
    let works = false;
    const handler = w.handler(
      orders(({ value }) => {
        if (value.id === 'b' && !works) throw new Error('no');
      }),
    );
    const batch = event({ 0: ids('a', 'b', 'c') });

    await expect(handler(batch, w.context(60_000, 'Orders-throw'))).rejects.toThrow(
      '2 of 3 records are open: orders-0@1, orders-0@2. ',
    );
    works = true;

    await expect(handler(batch, w.context(60_000, 'Orders-throw'))).resolves.toBeUndefined();
  });

  test('in it, too, only what is open runs again', async () => {
    const w = world();
    const ran: string[] = [];
    const handler = w.handler(
      orders(({ value, attempt }) => {
        ran.push(`${value.id}${attempt}`);
        if (value.id === 'b' && attempt < 3) throw new Error('no');
      }),
    );

    const deliveries = await deliverUntilDone(
      handler,
      event({ 0: ids('a', 'b', 'c') }),
      () => w.context(60_000, 'Orders-throw'),
      'throw',
    );

    expect(deliveries).toHaveLength(3);
    expect(ran).toEqual(['a1', 'b1', 'b2', 'b3', 'c1']);
  });

  test('A2: without an alias the one mapping is answered by throwing', async () => {
    const w = world();
    const handler = w.handler(
      orders(() => {
        throw new Error('no');
      }),
    );

    await expect(handler(event({ 0: ids('a') }), w.context(60_000, ''))).rejects.toThrow(ERROR_CODES.recordsOpen);
    await expect(handler(event({ 0: ids('a') }), w.context(60_000, 'live'))).rejects.toThrow(ERROR_CODES.recordsOpen);
  });

  test('A2: an alias of an unknown mapping fails before any record is touched', async () => {
    const w = world();
    const process = jest.fn();

    await expect(w.handler(orders(process))(event({ 0: ids('a') }), w.context(60_000, 'Old-partial'))).rejects.toThrow(
      ERROR_CODES.mappingUnknown,
    );

    expect(process).not.toHaveBeenCalled();
  });
});

describe('A1: several deliveries, under every reading of a partial response', () => {
  const plan = fc.array(fc.array(fc.constantFrom(0, 0, 0, 1, 2), { maxLength: 6 }), { minLength: 1, maxLength: 3 });
  const readings: readonly (Reading | 'throw')[] = ['listed', 'checkpoint', 'throw'];

  test.each(readings)(
    '%s: everything is done in the end, each effect once, in the order of its partition',
    async (reading) => {
      await fc.assert(
        fc.asyncProperty(plan, async (partitions) => {
          const w = world();
          const effects: string[] = [];
          const failuresLeft = new Map<string, number>();
          const given = Object.fromEntries(
            partitions.map((counts, partition) => {
              counts.forEach((count, offset) => {
                failuresLeft.set(`${partition}-${offset}`, count);
              });
              return [partition, ids(...counts.map((_, offset) => `${partition}-${offset}`))];
            }),
          );
          const handler = w.handler(
            orders(({ value }) => {
              const left = failuresLeft.get(value.id) ?? 0;
              failuresLeft.set(value.id, left - 1);
              if (left > 0) throw new Error('no');
              effects.push(value.id);
            }),
          );

          await deliverUntilDone(
            handler,
            event(given),
            () => w.context(60_000, reading === 'throw' ? 'Orders-throw' : 'Orders-partial'),
            reading,
          );

          partitions.forEach((counts, partition) => {
            const ours = effects.filter((id) => id.startsWith(`${partition}-`));
            expect(ours).toEqual(counts.map((_, offset) => `${partition}-${offset}`));
          });
        }),
        { numRuns: 40 },
      );
    },
  );
});

describe('a record that cannot work is open and stops its lane', () => {
  const schema = z.object({ id: z.string() });
  const broken: readonly (readonly [string, object, string])[] = [
    ['a value that is not JSON', { bytes: Buffer.from('{') }, ERROR_CODES.valueUndecodable],
    ['a value that does not fit', { value: { id: 7 } }, ERROR_CODES.valueInvalid],
    ['a tombstone that nobody declared', {}, ERROR_CODES.tombstone],
  ];

  test.each(broken)('%s', async (_, record, code) => {
    const w = world();
    const process = jest.fn();
    const handler = w.handler({ value: json(schema), identity: ({ value }) => value.id, process });
    const batch = event({ 0: [{ value: { id: 'a' } }, record, { value: { id: 'c' } }] });

    const answer = await handler(batch, w.context());

    expect(failures(answer)).toEqual(['orders-0@1', 'orders-0@2']);
    expect(process).toHaveBeenCalledTimes(1);
    expect(w.logged).toContainEqual({
      level: 'error',
      message: 'orders-0@1 stays open',
      fields: expect.objectContaining({ code }),
    });
  });
});

describe('tombstones', () => {
  const batch = event({ 0: [{ value: { id: 'a' } }, { key: 'b' }, { key: 'c' }] });

  test("'skip' closes them", async () => {
    const w = world();
    const ran: string[] = [];
    const handler = w.handler(orders(({ value }) => void ran.push(value.id), { tombstones: 'skip' } as object));

    const answer = await handler(batch, w.context());

    expect(failures(answer)).toEqual([]);
    expect(ran).toEqual(['a']);
  });

  test("'skip' closes none behind a record that is open", async () => {
    const w = world();
    const handler = w.handler(
      orders(
        () => {
          throw new Error('no');
        },
        { tombstones: 'skip' } as object,
      ),
    );

    expect(failures(await handler(batch, w.context()))).toEqual(['orders-0@0', 'orders-0@1', 'orders-0@2']);
  });

  test("'process' hands them over as null, to identity too, each once", async () => {
    const w = world();
    const ran: (string | null)[] = [];
    const handler = w.handler({
      value: orders(() => undefined).value,
      tombstones: 'process',
      identity: ({ value, key }) => value?.id ?? `gone-${key}`,
      process: ({ value, key }) => void ran.push(value === null ? `gone-${key}` : value.id),
    });

    await handler(batch, w.context());
    const answer = await handler(batch, w.context());

    expect(failures(answer)).toEqual([]);
    expect(ran).toEqual(['a', 'gone-b', 'gone-c']);
  });
});

test('A1: a record that was parked is closed, and counted as such', async () => {
  const w = world();
  const process = jest.fn();
  const handler = w.handler(orders(process));
  await handler(event({ 0: ids('a') }), w.context());
  for (const [id, item] of w.memory.items) w.memory.items.set(id, { ...item, outcome: 'parked' });

  const answer = await handler(event({ 0: ids('a', 'b') }), w.context());

  expect(failures(answer)).toEqual([]);
  expect(process).toHaveBeenCalledTimes(2);
  expect(w.logged.at(-1)?.fields).toMatchObject({ done: 1, duplicate: 0, parked: 1, open: 0 });
});

test('of many records that are open only the first 20 have a line of their own', async () => {
  const w = world();
  const handler = w.handler(orders(() => Promise.reject(new Error('no')), { order: 'none' }));

  await handler(event({ 0: ids(...Array.from({ length: 25 }, (_, n) => String(n))) }), w.context());

  const lines = w.logged.filter(({ level }) => level === 'error').map(({ message }) => message);
  expect(lines).toEqual(Array.from({ length: 20 }, (_, offset) => `orders-0@${offset} stays open`));
  expect(w.logged.at(-1)?.fields).toMatchObject({ open: 25 });
});

test('the line of an invocation counts every outcome', async () => {
  const w = world();
  const handler = w.handler(
    orders(({ value }) => {
      if (value.id === 'c') throw new Error('no');
    }),
  );
  await handler(event({ 0: ids('a') }), w.context());

  const answer = (await handler(event({ 0: ids('a', 'b', 'c', 'd') }), w.context())) as BatchResponse;

  expect(answer.batchItemFailures).toHaveLength(2);
  expect(w.logged.at(-1)).toMatchObject({
    level: 'info',
    message: 'msk-once invocation',
    fields: { mapping: 'Orders', mode: 'partial', records: 4, done: 1, duplicate: 1, parked: 0, open: 2 },
  });
});

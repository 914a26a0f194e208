import * as api from '@opentelemetry/api';
import * as z from 'zod';
import { ERROR_CODES } from '../../../contract/error-codes';
import { type Codec, json } from '../../../handlers';
import { observationOf } from '../../../handlers/observe/observation';
import { Letters } from '../../support/letters';
import { event, failures, type Order, put, type RecordInput, type World, world } from '../../support/virtual-world';

type Seen = { readonly value: Order; readonly attempt: number };
type Process = (record: Seen) => unknown;

const identity = ({ value }: { readonly value: Order }) => value.id;
const writing = (process: Process) => async (record: Seen) => {
  await process(record);
  return put(record.value);
};
/** What a function declares for each way of remembering, around user code that knows nothing of it. */
const WAYS: Readonly<Record<string, (process: Process) => object>> = {
  ledger: (process) => ({ process }),
  identity: (process) => ({ process, identity }),
  transaction: (process) => ({ process: writing(process), transaction: true }),
  'transaction with identity': (process) => ({ process: writing(process), transaction: true, identity }),
};
const ORDER = json() as Codec<Order>;

const numbered = (count: number): RecordInput[] =>
  Array.from({ length: count }, (_, n) => ({ value: { id: `n${n}` } }));
const fails = (): never => {
  throw new TypeError('secret');
};

/** Delivers whole batches, to a new worker each, until one leaves nothing open. Gives what each left. */
async function deliveries(w: World, options: object, batch: object, more: object, atMost: number): Promise<number[]> {
  const open: number[] = [];
  do {
    const answer = await w.handler(options as never, more)(batch, w.context());
    open.push(failures(answer).length);
  } while (open.at(-1) !== 0 && open.length < atMost);
  return open;
}

describe.each(Object.entries(WAYS))('bad input, remembering by %s', (name, way) => {
  test('headers with invalid UTF-8, a trace context of nonsense among them, are the bytes that they are', async () => {
    const w = world();
    const seen: unknown[] = [];
    const process = ({ headers }: Seen & { headers?: { getAll(name: string): Buffer[] } }) =>
      void seen.push(['traceparent', 'who'].map((header) => headers?.getAll(header).map((bytes) => [...bytes])));
    // Signed, as the service writes them: ff, c0 af, and half of a surrogate.
    const headers = [{ traceparent: [-1, -2] }, { who: [-64, -81] }, { who: [-19, -96, -128] }];
    const options = { value: ORDER, ...way(process) };

    const answer = await w.handler(options as never)(event({ 0: [{ value: { id: 'a' }, headers }] }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(seen).toEqual([
      [
        [[0xff, 0xfe]],
        [
          [0xc0, 0xaf],
          [0xed, 0xa0, 0x80],
        ],
      ],
    ]);
  });

  test('P4: a schema that is wrong for a whole topic costs twenty letters an invocation, and none once it is right', async () => {
    const w = world();
    const deadLetters = new Letters();
    const done: string[] = [];
    const process = ({ value: { id } }: Seen) => void done.push(id);
    const deployed = (schema: z.ZodType<Order>) => ({ value: json(schema), order: 'none', ...way(process) });
    const batch = event({ 0: numbered(30), 1: numbered(60).slice(30), 2: numbered(90).slice(60) });
    const wrong = deployed(z.object({ id: z.string(), currency: z.string() }));

    const open = await deliveries(w, wrong, batch, { deadLetters }, 2);
    const letters = deadLetters.all.length;
    await deliveries(w, deployed(z.object({ id: z.string() })), batch, { deadLetters }, 1);

    expect(open).toEqual([70, 50]);
    expect(letters).toBe(40);
    expect(new Set(deadLetters.all.map(({ error }) => error.code))).toEqual(new Set([ERROR_CODES.valueInvalid]));
    expect(w.logged.filter(({ message }) => message.includes(ERROR_CODES.massErrors))).toHaveLength(2);
    const parked = deadLetters.all.map(({ record }) => {
      return (JSON.parse(Buffer.from(record.value ?? '', 'base64').toString()) as Order).id;
    });
    const all = numbered(90).map(({ value }) => (value as Order).id);
    expect([new Set(done).size, new Set(parked).size]).toEqual([done.length, parked.length]);
    expect([...new Set([...done, ...parked])].sort()).toEqual(all.sort());
    // By an identity that it did not have when it was parked nobody knows a record: it runs, and its letter stays.
    if (name !== 'identity') expect(done.length + parked.length).toBe(all.length);
  });

  test('hooks that throw: classify, logger, metrics and tracing cost no record anything', async () => {
    const w = world();
    const done: string[] = [];
    const lines: string[] = [];
    const trace = { ...api.trace, getTracer: fails };
    const observation = observationOf(
      {
        logger: { info: fails, error: fails },
        metrics: { singleMetric: fails } as never,
        tracing: { api: { ...api, trace } as never, recordSpans: true },
      },
      w.time.clock.now,
      (line) => lines.push(line),
    );
    let isFirst = true;
    const process = ({ value: { id } }: Seen) => {
      if (id === 'n1' && isFirst) {
        isFirst = false;
        throw new Error('not now');
      }
      done.push(id);
    };

    const answer = await w.handler({ value: ORDER, classify: fails, ...way(process) } as never, observation)(
      event({ 0: numbered(3) }),
      w.context(),
    );

    expect(failures(answer)).toEqual([]);
    expect(done).toEqual(['n0', 'n1', 'n2']);
    expect(lines.some((line) => line.includes('the logger that processRecords was given threw'))).toBe(true);
    expect(lines.some((line) => line.includes('the metrics that processRecords was given threw'))).toBe(true);
    expect(lines.join()).not.toContain('secret');
  });

  test('10,000 records of one key, one of them poison: it alone is parked, and the others are done once, in order', async () => {
    const w = world();
    const deadLetters = new Letters();
    const done: string[] = [];
    const attempts = new Set<number>();
    const process = ({ value: { id }, attempt }: Seen) => {
      if (id === 'n5000') throw new Error('never');
      attempts.add(attempt);
      done.push(id);
    };
    const options = { value: ORDER, order: 'key', retries: 0, maxAttempts: 2, ...way(process) };
    const records = numbered(10_000).map((record) => ({ ...record, key: 'k' }));
    const independent = name.startsWith('transaction') ? { independent: true } : {};

    const open = await deliveries(w, { ...options, ...independent }, event({ 0: records }), { deadLetters }, 3);

    expect(open).toEqual([5_000, 0]);
    expect(deadLetters.offsets).toEqual([5_000]);
    expect([...attempts]).toEqual([1]);
    expect(done).toEqual(records.map(({ value }) => (value as Order).id).filter((id) => id !== 'n5000'));
  });

  test('a record that blocks the event loop for longer than a lease: each effect happens once, and nothing is lost', async () => {
    const w = world();
    const done: string[] = [];
    const process = ({ value: { id } }: Seen) => {
      // Time goes on, and nothing else does: no timer, no renewal.
      if (id === 'n1') w.time.nowMs += 40_000;
      done.push(id);
    };

    const open = await deliveries(
      w,
      { value: ORDER, ...way(process) },
      event({ 0: numbered(3), 1: numbered(6).slice(3) }),
      {},
      4,
    );

    expect(open.at(-1)).toBe(0);
    expect(done.sort()).toEqual(['n0', 'n1', 'n2', 'n3', 'n4', 'n5']);
  });
});

describe('a hook that throws for one record keeps that record from the table, and no other', () => {
  test.each<[string, object]>([
    ['identity', { identity: ({ value }: Seen) => (value.id === 'n1' ? fails() : value.id) }],
    ['payload', { identity, payload: ({ value }: Seen) => (value.id === 'n1' ? fails() : value.id) }],
  ])('%s', async (_, hooks) => {
    const w = world();
    const deadLetters = new Letters();
    const done: string[] = [];
    const options = { value: ORDER, order: 'none', ...hooks, process: ({ value }: Seen) => void done.push(value.id) };

    const open = await deliveries(w, options, event({ 0: numbered(3) }), { deadLetters }, 2);

    // Transient: the function is wrong and not the record, so a deployment heals it.
    expect(open).toEqual([1, 1]);
    expect(done).toEqual(['n0', 'n2']);
    expect(deadLetters.all).toEqual([]);
  });
});

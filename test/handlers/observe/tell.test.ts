import type { Caller } from '../../../handlers/core/mapping';
import { RecordState } from '../../../handlers/engine/record-state';
import { leaseOver } from '../../../handlers/errors';
import type { TopicMetrics } from '../../../handlers/observe/metrics';
import { Observer } from '../../../handlers/observe/observer';
import { tell } from '../../../handlers/observe/tell';
import { parseEvent } from '../../../handlers/record/parse-event';
import { event, type RecordInput } from '../../support/virtual-world';

const caller: Caller = { mapping: 'Orders', mode: 'partial', consumer: 'shop-orders', source: 'u-1', generation: 1 };

const statesOf = (records: readonly RecordInput[]) =>
  parseEvent(event({ 0: records })).flatMap((array) => array.records.map((record) => new RecordState<unknown>(record)));

function told(states: readonly RecordState<unknown>[], observer = new Observer()) {
  const lines: { level: string; message: string; fields: Record<string, unknown> }[] = [];
  const published: TopicMetrics[] = [];
  const log = {
    info: (message: string, fields: object) => lines.push({ level: 'info', message, fields: { ...fields } }),
    error: (message: string, fields: object) => lines.push({ level: 'error', message, fields: { ...fields } }),
  };
  tell(
    log,
    { publish: (topics) => published.push(...topics) },
    {
      caller,
      remember: 'ledger',
      requestId: 'r-1',
      records: states,
      observer,
      startedAtMs: 1_000,
      endedAtMs: 1_250,
      remainingMs: 59_000,
    },
  );
  return { lines, published };
}

describe('what is said of an invocation at its end', () => {
  test('one line with every number, last', () => {
    const states = statesOf([{ value: 1 }, { value: 2 }, { value: 3 }, { value: 4 }]);
    states[0]?.close('done');
    states[1]?.close('duplicate');
    states[2]?.leaveOpen(new TypeError('no'));
    states[3]?.leaveOpen(undefined);

    const { lines } = told(states);

    expect(lines.at(-1)).toEqual({
      level: 'info',
      message: 'msk-once invocation',
      fields: {
        mapping: 'Orders',
        consumer: 'shop-orders',
        mode: 'partial',
        remember: 'ledger',
        requestId: 'r-1',
        topics: ['orders'],
        records: 4,
        done: 1,
        duplicate: 1,
        parked: 0,
        open: 2,
        attempts: 0,
        takeovers: 0,
        staleOwner: 0,
        unsavedSuccess: 0,
        abandoned: 0,
        orderGap: 0,
        massErrors: 0,
        holesClosed: 0,
        reasons: { TypeError: 1 },
        durationMs: 250,
        remainingMs: 59_000,
      },
    });
  });

  test('a line for each record that failed, with its place and its trace', () => {
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const traceparent = [...Buffer.from(`00-${trace}-b7ad6b7169203331-01`)];
    const states = statesOf([
      { value: { id: 'SECRET12345' }, offset: 4711, headers: [{ traceparent }] },
      { value: 2, offset: 4712 },
    ]);
    states[0]?.leaveOpen(new TypeError('no SECRET12345'));
    const parked = states[1] as RecordState<unknown>;
    parked.error = leaseOver({ partition: 'p', leaseUntilMs: 0 });
    parked.close('parked');

    const { lines } = told(states);

    expect(lines.slice(0, -1)).toEqual([
      {
        level: 'error',
        message: 'orders-0@4711 stays open',
        fields: {
          mapping: 'Orders',
          topic: 'orders',
          partition: 0,
          offset: 4711,
          trace_id: trace,
          span_id: 'b7ad6b7169203331',
          error: 'TypeError',
          reason: 'no …',
          stack: expect.any(Array),
        },
      },
      {
        level: 'error',
        message: 'orders-0@4712 is parked',
        fields: expect.objectContaining({ offset: 4712, code: 'MSK_ONCE_LEASE_OVER' }),
      },
    ]);
  });

  test('a record that failed first and was done then has no line', () => {
    const [state] = statesOf([{ value: 1 }]);
    (state as RecordState<unknown>).error = new Error('first try');
    state?.close('done');

    expect(told(state ? [state] : []).lines).toHaveLength(1);
  });

  test('of many records that failed the first 20 have a line, and all of them are counted', () => {
    const states = statesOf(Array.from({ length: 25 }, () => ({ value: 1 })));
    for (const state of states) state.leaveOpen(new Error('no'));

    const { lines } = told(states);

    expect(lines).toHaveLength(21);
    expect(lines.at(-1)?.fields).toMatchObject({ open: 25, reasons: { Error: 25 } });
  });

  test('the metrics of each topic go out with what the engine has noticed', () => {
    const states = statesOf([{ value: 1 }]);
    states[0]?.close('done');
    const observer = new Observer();
    observer.noticed('takeovers', 'orders');

    const { published } = told(states, observer);

    expect(published).toEqual([
      {
        consumer: 'shop-orders',
        topic: 'orders',
        values: new Map([
          ['RecordsDone', [1]],
          ['Duplicates', [0]],
          ['Open', [0]],
          ['Takeovers', [1]],
        ]),
      },
    ]);
  });

  test('an empty event has its line, and no metrics', () => {
    const { lines, published } = told([]);

    expect(lines).toHaveLength(1);
    expect(lines[0]?.fields).toMatchObject({ topics: [], records: 0, open: 0, reasons: {} });
    expect(published).toEqual([]);
  });
});

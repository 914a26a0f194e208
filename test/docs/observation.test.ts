import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { METRICS } from '../../contract/metrics';
import type { Caller } from '../../handlers/core/mapping';
import { RecordState } from '../../handlers/engine/record-state';
import { deadlinePassed } from '../../handlers/errors';
import { observationOf } from '../../handlers/observe/observation';
import { Observer } from '../../handlers/observe/observer';
import { tell } from '../../handlers/observe/tell';
import { parseEvent } from '../../handlers/record/parse-event';
import { insights } from '../support/insights';
import { PROJECT } from '../support/project';
import { event } from '../support/virtual-world';

const page = readFileSync(path.join(PROJECT, 'docs/observation.md'), 'utf8');

const blocks = (kind: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${kind}\n([^]*?)\n\`\`\`$`, 'gm'))].map(([, text]) => text as string);
const cells = (heading: string, column = 0) =>
  (page.split(`## ${heading}`)[1] ?? '')
    .split('\n## ')[0]
    ?.split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) =>
      [...(line.split('|')[column + 1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name as string),
    ) ?? [];

const caller: Caller = { mapping: 'Orders', mode: 'partial', consumer: 'shop-orders', source: 'u-1', generation: 1 };
const TRACE = '0af7651916cd43dd8448eb211c80319c';

/** Three invocations as the function writes them: one in which all is well, one with failures, one of another topic. */
function written(): string[] {
  let nowMs = Date.UTC(2026, 10, 21, 8);
  const lines: string[] = ['START RequestId: r-0 Version: $LATEST'];
  const { log, metrics } = observationOf(
    {},
    () => nowMs,
    (line) => lines.push(line),
  );
  const invoke = (
    requestId: string,
    topic: string,
    offsets: readonly number[],
    of: (states: readonly RecordState<unknown>[], observer: Observer) => void,
  ) => {
    const headers = [{ traceparent: [...Buffer.from(`00-${TRACE}-b7ad6b7169203331-01`)] }];
    const batch = event({ 3: offsets.map((offset) => ({ value: { id: offset }, offset, headers })) }, topic);
    const records = parseEvent(batch).flatMap((array) =>
      array.records.map((record) => new RecordState<unknown>(record)),
    );
    const observer = new Observer();
    const startedAtMs = nowMs;
    nowMs += 212;
    of(records, observer);
    tell(log, metrics, {
      caller: { ...caller, consumer: `shop-${topic}` },
      remember: 'ledger',
      requestId,
      records,
      observer,
      startedAtMs,
      endedAtMs: nowMs,
      remainingMs: 60_000 - 212,
    });
    nowMs += 60_000;
  };
  invoke('r-1', 'orders', [4_708, 4_709], (states, observer) => {
    for (const { record } of states) observer.started(record, record.timestamp + 1_830);
    states[0]?.close('done');
    states[1]?.close('duplicate');
  });
  invoke('r-2', 'orders', [4_710, 4_711, 4_712], (states, observer) => {
    observer.noticed('takeovers', 'orders');
    observer.laneWaited('orders', 900);
    states[0]?.close('done');
    states[1]?.leaveOpen(new TypeError('customer is not known'));
    states[2]?.leaveOpen(deadlinePassed({ remainingMs: 900 }));
  });
  invoke('r-3', 'payments', [4_711], (states) => states[0]?.close('parked'));
  return [...lines, 'REPORT RequestId: r-3 Duration: 212 ms'];
}

const json = (lines: readonly string[]) =>
  lines.flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : []));

describe('the page about observation', () => {
  test('its tables and examples name the fields and metrics that there are', () => {
    const [, summary] = json(written()).filter(({ message }) => message === 'msk-once invocation');
    const told = new Set([...Object.keys(summary as object), 'oldestMs']);
    for (const name of ['timestamp', 'level', 'message']) told.delete(name);

    expect(new Set(cells('The line of an invocation'))).toEqual(told);
    expect(cells('Metrics').sort()).toEqual(Object.values(METRICS).sort());
    const [example, record] = blocks('json').map((text) => JSON.parse(text) as object);
    expect(Object.keys(example ?? {}).sort()).toEqual(
      [...Object.keys(summary as object), 'oldestMs'].filter((name) => name !== 'longestWaitMs').sort(),
    );
    const line = json(written()).find(({ message }) => message === 'orders-3@4711 stays open');
    expect(Object.keys(record ?? {})).toEqual(Object.keys(line as object));
  });

  test('every query for Logs Insights gives what it promises', () => {
    const lines = json(written());
    const [outcomes, duplicates, open, errors, one, trace, ways, behind, ...others] = blocks('logs-insights').map(
      (query) => insights(query, lines),
    );

    expect(others).toEqual([]);
    expect(outcomes).toEqual([
      { consumer: 'shop-orders', given: 5, ran: 2, duplicates: 1, letters: 0, again: 2 },
      { consumer: 'shop-payments', given: 1, ran: 0, duplicates: 0, letters: 1, again: 0 },
    ]);
    expect(duplicates).toEqual([expect.objectContaining({ percent: 100 / 6 })]);
    expect(open).toEqual([
      {
        '@timestamp': expect.any(String),
        requestId: 'r-2',
        open: 2,
        'reasons.MSK_ONCE_DEADLINE': 1,
        'reasons.TypeError': 1,
      },
    ]);
    expect(errors).toEqual([
      { code: undefined, error: 'TypeError', records: 1 },
      { code: 'MSK_ONCE_DEADLINE', error: undefined, records: 1 },
    ]);
    expect(one).toEqual([
      expect.objectContaining({ message: 'orders-3@4711 stays open', reason: 'customer is not known' }),
    ]);
    expect(trace?.map(({ message }) => message)).toEqual(['orders-3@4711 stays open', 'orders-3@4712 stays open']);
    expect(ways).toEqual([expect.objectContaining({ requestId: 'r-2', takeovers: 1 })]);
    expect(behind).toEqual([
      { consumer: 'shop-orders', oldestSeconds: 1.83, waitMs: 900, slowestMs: 212, leastLeftMs: 59_788 },
      { consumer: 'shop-payments', oldestSeconds: Number.NaN, waitMs: undefined, slowestMs: 212, leastLeftMs: 59_788 },
    ]);
  });

  const hasJq = spawnSync('jq', ['--version']).status === 0;
  if (!hasJq) console.warn('jq is not installed: its queries in docs/observation.md are not tried');

  (hasJq ? test : test.skip)('every filter for jq gives what it promises', () => {
    const input = written().join('\n');
    const results = blocks('sh').map((command) => {
      const [, options = '', filter = ''] = /^jq (-\w+) '(.*)'$/.exec(command) ?? [];
      const { stdout, stderr } = spawnSync('jq', [options, '-c', filter], { input, encoding: 'utf8' });
      if (stderr !== '') throw new Error(`${command}: ${stderr}`);
      return stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
    });

    expect(results).toEqual([
      [
        { topics: ['orders'], records: 2, done: 1, duplicate: 1, parked: 0, open: 0 },
        { topics: ['orders'], records: 3, done: 1, duplicate: 0, parked: 0, open: 2 },
        { topics: ['payments'], records: 1, done: 0, duplicate: 0, parked: 1, open: 0 },
      ],
      [{ TypeError: 1, MSK_ONCE_DEADLINE: 1 }],
      [{ records: 6, open: 2 }],
      [expect.objectContaining({ message: 'orders-3@4711 stays open' })],
      ['r-2'],
    ]);
  });
});

import { textOf } from '../../../bin/local/event-text';
import { progressText } from '../../../bin/local/progress-text';
import { otherRuntimes } from '../../../local/run/runtime-note';
import type { LambdaFunction } from '../../../local/template/lambda-function';

test.each([
  [{ resolved: 0, open: 0, produced: 25 }, '0 of 25 records resolved'],
  [{ resolved: 20, open: 3, produced: 25 }, '20 of 25 records resolved, 3 at work or to come again'],
  // Of a topic that others fill the end is not known.
  [{ resolved: 7, open: 0, produced: 0 }, '7 records resolved'],
  [{ resolved: 7, open: 0, produced: 2 }, '7 records resolved'],
])('progress %j', (progress, text) => {
  expect(progressText(progress)).toBe(text);
});

test('a batch names its partitions with their offsets, and of many only the first', () => {
  const offsets = Object.fromEntries(
    Array.from({ length: 7 }, (_, partition) => [partition, [5, partition === 0 ? 5 : 9]]),
  );
  const event = { type: 'delivered', mapping: 'Orders', poller: 'poller-1', records: 31, retries: 2 } as const;

  const text = textOf({ ...event, offsets: offsets as Record<string, [number, number]> });

  expect(text).toBe('  poller-1  ▶ 31 records, retry 2  0@5 1@5-9 2@5-9 3@5-9 and 3 more partitions');
});

test('an error of many lines is shown by its first, cut where it is long', () => {
  const event = { type: 'answered', mapping: 'Orders', poller: 'poller-1', result: 'error', again: 1 } as const;

  const text = textOf({ ...event, durationMs: 3.2, error: `Error: ${'x'.repeat(300)}\n    at place` }) ?? '';

  expect(text.split('\n')).toHaveLength(1);
  expect(text).toMatch(/x…, 3 ms, 1 come again$/);
});

test('each runtime that is not the one here is told once', () => {
  const of = (runtime: string) => ({ function: { runtime } as LambdaFunction });

  const notes = otherRuntimes([of('nodejs22.x'), of('nodejs24.x'), of('nodejs24.x')], '22.3.0');

  expect(notes).toEqual([
    expect.stringMatching(/^Functions of nodejs24\.x run under Node\.js 22\.3\.0 here; .*Node\.js 24/),
  ]);
});

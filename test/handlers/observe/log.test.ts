import { jsonLog } from '../../../handlers/observe/log';

describe('the log of our own', () => {
  test('is one line of JSON for each entry, with level, time and fields', () => {
    const lines: string[] = [];
    const log = jsonLog(
      () => Date.UTC(2026, 10, 2, 8),
      (line) => lines.push(line),
    );

    log.info('msk-once invocation', { records: 2 });
    log.error('line one\nline two', { code: 'X', reason: 'a\u2028b' });

    expect(lines).toEqual([
      '{"timestamp":"2026-11-02T08:00:00.000Z","level":"INFO","message":"msk-once invocation","records":2}',
      '{"timestamp":"2026-11-02T08:00:00.000Z","level":"ERROR","message":"line one\\nline two","code":"X","reason":"a\u2028b"}',
    ]);
  });
});

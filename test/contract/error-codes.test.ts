import { ERROR_CODES, EXIT } from '../../contract/error-codes';

describe('error codes', () => {
  test('each stands once and is called MSK_ONCE_<WORDS>', () => {
    const codes = Object.values(ERROR_CODES);

    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect(code).toMatch(/^MSK_ONCE(_[A-Z]+)+$/);
  });

  test('exit codes are the eight that every command keeps to', () => {
    expect(EXIT).toEqual({
      ok: 0,
      failed: 1,
      usage: 2,
      refused: 3,
      timedOut: 4,
      partlyDone: 5,
      different: 6,
      unreachable: 7,
    });
  });
});

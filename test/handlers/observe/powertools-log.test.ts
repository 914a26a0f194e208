import { Logger } from '@aws-lambda-powertools/logger';
import { userLog } from '../../../handlers/observe/powertools-log';

describe("a user's Logger of Powertools", () => {
  const env = { ...process.env };
  let lines: Record<string, unknown>[];

  beforeEach(() => {
    // Powertools writes past the console, but for this.
    process.env.POWERTOOLS_DEV = 'true';
    lines = [];
    const keep = (line: string) => {
      lines.push(JSON.parse(line));
    };
    jest.spyOn(console, 'info').mockImplementation(keep);
    jest.spyOn(console, 'error').mockImplementation(keep);
    jest.spyOn(console, 'warn').mockImplementation(keep);
  });
  afterEach(() => {
    process.env = env;
    jest.restoreAllMocks();
  });

  test('has our fields beside its own, at the level of the line', () => {
    const logger = new Logger({ serviceName: 'orders', persistentKeys: { stage: 'prod' } });
    logger.appendKeys({ tenant: 't-1' });

    userLog(logger).info('msk-once invocation', { records: 2, reasons: { TypeError: 1 } });
    userLog(logger).error('orders-0@1 stays open', { code: 'X', stack: ['at a'] });

    const own = { service: 'orders', stage: 'prod', tenant: 't-1' };
    expect(lines).toEqual([
      expect.objectContaining({
        ...own,
        level: 'INFO',
        message: 'msk-once invocation',
        records: 2,
        reasons: { TypeError: 1 },
      }),
      expect.objectContaining({ ...own, level: 'ERROR', message: 'orders-0@1 stays open', code: 'X', stack: ['at a'] }),
    ]);
  });

  test('its level holds', () => {
    const log = userLog(new Logger({ logLevel: 'ERROR' }));

    log.info('msk-once invocation', {});
    log.error('orders-0@1 stays open', {});

    expect(lines.map(({ message }) => message)).toEqual(['orders-0@1 stays open']);
  });

  test('none of our fields is a name that Powertools keeps for itself', () => {
    const log = userLog(new Logger());
    const names = 'mapping consumer mode remember requestId topics records done duplicate parked open attempts reasons';
    const fields = Object.fromEntries([...names.split(' '), 'topic', 'partition', 'offset', 'trace_id', 'code', 'error', 'reason', 'stack', 'cause'].map((name) => [name, 'x'])); // biome-ignore format: one list

    log.info('m', fields);

    // It would warn of a key that it does not take.
    expect(lines).toEqual([expect.objectContaining(fields)]);
  });

  test('fields that it changes are not changed for the next', () => {
    const fields = Object.freeze({ a: 1 });
    const meddler = { info: (_: string, given: object) => Object.assign(given, { b: 2 }), error: () => undefined };

    expect(() => userLog(meddler).info('m', fields)).not.toThrow();
    expect(fields).toEqual({ a: 1 });
  });
});

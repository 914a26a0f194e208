import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import * as api from '@opentelemetry/api';
import { OBSERVATION_CHECKS, type ObservationOptions, observationOf } from '../../../handlers/observe/observation';

const TOPICS = [{ consumer: 'c', topic: 'orders', values: new Map([['RecordsDone' as const, [1]]]) }];
const fails = () => {
  throw new TypeError('secret');
};

function observed(options: ObservationOptions) {
  const lines: string[] = [];
  const observation = observationOf(
    options,
    () => Date.UTC(2026, 10, 2, 8),
    (line) => lines.push(line),
  );
  return { ...observation, lines };
}

/** A `Metrics` that says what it was given. */
function fakeMetrics() {
  const added: [string, number][] = [];
  const single = {
    addDimension: () => undefined,
    addMetric: (name: string, _: string, value: number) => added.push([name, value]),
  };
  return { added, singleMetric: () => single };
}

describe('where observation goes', () => {
  test('by default: lines and metrics to standard output', () => {
    const { log, metrics, lines } = observed({});

    log.info('m', { a: 1 });
    metrics.publish(TOPICS);

    expect(JSON.parse(lines[0] as string)).toEqual({
      timestamp: '2026-11-02T08:00:00.000Z',
      level: 'INFO',
      message: 'm',
      a: 1,
    });
    expect(JSON.parse(lines[1] as string)).toMatchObject({ consumer: 'c', topic: 'orders', RecordsDone: 1 });
    expect(lines).toHaveLength(2);
  });

  test("with a user's logger its lines go there alone", () => {
    const said: string[] = [];
    const { log, lines } = observed({
      logger: { info: (message) => said.push(message), error: (message) => said.push(message) },
    });

    log.info('one', {});
    log.error('two', {});

    expect(said).toEqual(['one', 'two']);
    expect(lines).toEqual([]);
  });

  test("with a user's metrics they go there too: the alarms read ours", () => {
    const given = fakeMetrics();
    const { metrics, lines } = observed({ metrics: given });

    metrics.publish(TOPICS);

    expect(given.added).toEqual([['RecordsDone', 1]]);
    expect(lines).toHaveLength(1);
  });

  test('metrics: false publishes nothing', () => {
    const { metrics, lines } = observed({ metrics: false });

    metrics.publish(TOPICS);

    expect(lines).toEqual([]);
  });

  test('tracing: false starts no span, whatever is set up', async () => {
    const { tracing } = observed({ tracing: false });

    await expect(tracing.invocation({ consumer: 'c', records: [] }, async () => 7)).resolves.toBe(7);
    expect(tracing.record).toBeUndefined();
    expect(observed({ tracing: { recordSpans: true } }).tracing.record).toBeDefined();
  });
});

describe('observation that throws costs a line, and nothing else', () => {
  test('a logger', () => {
    const { log, lines } = observed({ logger: { info: fails, error: fails } });

    log.info('m', {});
    log.error('m', {});

    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        level: 'ERROR',
        message: 'msk-once: the logger that processRecords was given threw',
        error: 'TypeError',
      }),
      expect.anything(),
    ]);
    expect(lines.join()).not.toContain('secret');
  });

  test('metrics: ours go out all the same', () => {
    const { metrics, lines } = observed({ metrics: { singleMetric: fails } });

    metrics.publish(TOPICS);

    expect(lines).toEqual([expect.stringContaining('"RecordsDone":1'), expect.stringContaining('the metrics that')]);
  });

  test('standard output itself', () => {
    const { log, metrics } = observationOf({ logger: { info: fails, error: fails } }, () => 0, fails);

    expect(() => {
      log.info('m', {});
      metrics.publish(TOPICS);
    }).not.toThrow();
  });

  test('fields that cannot be written as JSON', () => {
    const { log, lines } = observed({});
    const circle: Record<string, unknown> = {};
    circle.circle = circle;

    expect(() => log.info('m', circle)).not.toThrow();
    expect(() => log.info('m', { big: 1n })).not.toThrow();
    expect(lines).toEqual([]);
  });
});

describe('what is accepted', () => {
  const accepts = (option: keyof ObservationOptions, value: unknown) => OBSERVATION_CHECKS[option].fits(value);

  test('what Powertools and OpenTelemetry give, and nothing at all', () => {
    expect(accepts('logger', new Logger())).toBe(true);
    expect(accepts('logger', console)).toBe(true);
    expect(accepts('metrics', new Metrics({ namespace: 'x' }))).toBe(true);
    expect(accepts('metrics', false)).toBe(true);
    expect(accepts('tracing', { api, recordSpans: true })).toBe(true);
    expect(accepts('tracing', {})).toBe(true);
    expect(accepts('tracing', false)).toBe(true);
    for (const option of ['logger', 'metrics', 'tracing'] as const) expect(accepts(option, undefined)).toBe(true);
  });

  test.each<[keyof ObservationOptions, unknown]>([
    ['logger', false],
    ['logger', null],
    ['logger', { info: () => undefined }],
    ['logger', Logger],
    ['metrics', true],
    ['metrics', null],
    ['metrics', {}],
    ['metrics', Metrics],
    ['tracing', true],
    ['tracing', null],
    ['tracing', { api: {} }],
    ['tracing', { api: null }],
    ['tracing', { recordSpans: 'yes' }],
    // The api in the place of the options.
    ['tracing', api],
  ])('%s: not %p', (option, value) => {
    expect(accepts(option, value)).toBe(false);
  });
});

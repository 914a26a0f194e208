import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import type * as middyCore from '@middy/core' with { 'resolution-mode': 'import' };
import type { Context, MSKEvent } from 'aws-lambda';
import type { BatchResponse } from '../../handlers';
import { esmPackage } from '../support/esm-package';
import { event, failures, ids, orders, world } from '../support/virtual-world';

const { default: middy } = esmPackage<typeof middyCore>('@middy/core');

const batch = () => event({ 0: ids('a', 'b'), 1: ids('c') }) as unknown as MSKEvent;

/** A context as Lambda gives it. */
function lambdaContext(w: ReturnType<typeof world>, alias: string): Context {
  return {
    ...w.context(60_000, alias),
    awsRequestId: 'r-1',
    functionName: 'orders',
    functionVersion: '7',
    memoryLimitInMB: '512',
    logGroupName: '/aws/lambda/orders',
    logStreamName: 'one',
    callbackWaitsForEmptyEventLoop: true,
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}

describe('the handler inside middy, with what Powertools puts around it', () => {
  const env = { ...process.env };
  let lines: Record<string, unknown>[];

  beforeEach(() => {
    // Powertools writes past the console and is silent in tests, but for these.
    Object.assign(process.env, { POWERTOOLS_DEV: 'true', POWERTOOLS_METRICS_DISABLED: 'false' });
    // The tracer works only where it finds itself in Lambda, with a sampled trace.
    Object.assign(process.env, {
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x',
      AWS_XRAY_CONTEXT_MISSING: 'IGNORE_ERROR',
      POWERTOOLS_TRACE_ENABLED: 'true',
      _X_AMZN_TRACE_ID: 'Root=1-67891233-abcdef012345678912345678;Parent=0102030405060708;Sampled=1',
    });
    lines = [];
    const keep = (line?: unknown) => {
      lines.push(typeof line === 'string' && line.startsWith('{') ? JSON.parse(line) : { line });
    };
    jest.spyOn(console, 'log').mockImplementation(keep);
    jest.spyOn(console, 'info').mockImplementation(keep);
    jest.spyOn(console, 'warn').mockImplementation(keep);
    jest.spyOn(console, 'error').mockImplementation(keep);
  });
  afterEach(() => {
    process.env = env;
    jest.restoreAllMocks();
  });

  function wrapped(w: ReturnType<typeof world>) {
    const logger = new Logger({ serviceName: 'orders' });
    const metrics = new Metrics({ namespace: 'Shop', serviceName: 'orders' });
    const tracer = new Tracer({ serviceName: 'orders' });
    const errors: Error[] = [];
    const segments: Segment[] = [];
    class Segment {
      sent = false;
      constructor(readonly name: string) {}
      addNewSubsegment(name: string) {
        const subsegment = new Segment(name);
        segments.push(subsegment);
        return subsegment;
      }
      addError(error: Error) {
        errors.push(error);
      }
      close() {
        this.sent = true;
      }
      flush() {}
      addAnnotation() {}
      addMetadata() {}
    }
    let current = new Segment('facade');
    jest.spyOn(tracer, 'getSegment').mockImplementation(() => current as never);
    jest.spyOn(tracer, 'setSegment').mockImplementation((segment) => {
      current = segment as never;
    });
    const processed: string[] = [];
    const handler = w.handler(
      orders(({ value }) => {
        processed.push(value.id);
        logger.info('charged', { id: value.id });
        metrics.addMetric('charged', MetricUnit.Count, 1);
        if (value.id === 'b') throw new Error('declined');
      }),
    );
    const outer = middy(handler)
      .use(captureLambdaHandler(tracer))
      .use(injectLambdaContext(logger, { clearState: true }))
      .use(logMetrics(metrics, { captureColdStartMetric: true, throwOnEmptyMetrics: true }));
    return { handler, outer, processed, segments, errors };
  }

  test('partial: the answer is that of the handler itself', async () => {
    const w = world();
    const { outer, processed, segments, errors } = wrapped(w);
    const alone = world();

    const answer = await outer(batch(), lambdaContext(w, 'Orders-partial'));
    const expected = await wrapped(alone).handler(batch(), lambdaContext(alone, 'Orders-partial'));

    expect(answer).toEqual(expected);
    expect(failures(answer)).toEqual(['orders-0@1']);
    expect(processed.sort()).toEqual(['a', 'b', 'c']);
    // Each of the three has done its part.
    expect(lines).toContainEqual(expect.objectContaining({ message: 'charged', id: 'a', function_request_id: 'r-1' }));
    expect(lines).toContainEqual(expect.objectContaining({ charged: [1, 1, 1], service: 'orders' }));
    expect(segments).toEqual([expect.objectContaining({ sent: true })]);
    expect(errors).toEqual([]);
  });

  test('partial: a redelivery is answered with what is still open', async () => {
    const w = world();
    const { outer } = wrapped(w);

    await outer(batch(), lambdaContext(w, 'Orders-partial'));
    const again = (await outer(batch(), lambdaContext(w, 'Orders-partial'))) as BatchResponse;

    expect(failures(again)).toEqual(['orders-0@1']);
  });

  test('throw: the error that counts the open records passes through', async () => {
    const w = world();
    const { outer, segments, errors } = wrapped(w);

    const failed = outer(batch(), lambdaContext(w, 'Orders-throw'));

    await expect(failed).rejects.toMatchObject({
      code: 'MSK_ONCE_RECORDS_OPEN',
      message: expect.stringContaining('1 of 3 records are open: orders-0@1'),
    });
    expect(lines).toContainEqual(expect.objectContaining({ charged: [1, 1, 1] }));
    expect(segments).toEqual([expect.objectContaining({ sent: true })]);
    expect(errors).toMatchObject([{ code: 'MSK_ONCE_RECORDS_OPEN' }]);
  });

  test('throw: where all is done, there is no answer and no error', async () => {
    const w = world();
    const { outer } = wrapped(w);

    await expect(
      outer(event({ 0: ids('a') }) as unknown as MSKEvent, lambdaContext(w, 'Orders-throw')),
    ).resolves.toBeUndefined();
  });

  test('middleware of the user sees event and answer, and what it throws before costs no record', async () => {
    const w = world();
    const { handler, processed } = wrapped(w);
    const seen: unknown[] = [];
    let isDown = true;
    const outer = middy(handler).use({
      before: (request) => {
        if (isDown) throw new Error('no configuration');
        seen.push(request.event);
      },
      after: (request) => {
        seen.push(request.response);
      },
    });

    await expect(outer(batch(), lambdaContext(w, 'Orders-partial'))).rejects.toThrow('no configuration');
    expect(processed).toEqual([]);
    isDown = false;
    const answer = await outer(batch(), lambdaContext(w, 'Orders-partial'));

    expect(seen).toEqual([batch(), answer]);
  });
});

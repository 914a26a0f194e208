import { request as httpRequest } from 'node:http';
import { type DatabaseRequest, type Decision, type Interceptor, Recorder } from '../../../local/dynamodb/recorder';
import { json, nowhere, type StubDatabase, stubDatabase, until } from './stub-database';

const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of closing.splice(0)) await one.close();
});

async function database(...given: Parameters<typeof stubDatabase>): Promise<StubDatabase> {
  const stub = await stubDatabase(...given);
  closing.push(stub);
  return stub;
}

/** What the recorder saw, in the order in which it saw it. */
interface Seen {
  readonly what: 'request' | 'answer';
  readonly worker: string;
  readonly operation: string;
  readonly input: unknown;
  readonly status?: number;
  readonly output?: unknown;
}

function recorder(target: string, decide: (request: DatabaseRequest) => Decision | Promise<Decision> = forward) {
  const seen: Seen[] = [];
  const interceptor: Interceptor = {
    request: (request) => {
      const { worker, operation, input } = request;
      seen.push({ what: 'request', worker, operation, input });
      return decide(request);
    },
    answered: ({ worker, operation, input }, status, output) => {
      seen.push({ what: 'answer', worker, operation, input, status, output });
    },
  };
  const created = new Recorder(target, interceptor);
  closing.unshift(created);
  return { recorder: created, seen };
}

const forward = (): Decision => ({ kind: 'forward' });
const call = (endpoint: string, body: unknown = { TableName: 'Counters' }, operation = 'UpdateItem') =>
  fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `DynamoDB_20120810.${operation}` },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('what is sent through', () => {
  test('reaches the database as it was sent, and the answer the worker as it was given', async () => {
    const { endpoint: target, requests } = await database(json(200, { Attributes: { airport: { S: 'ATL' } } }));
    const endpoint = await recorder(target).recorder.endpointFor('poller-1/1');
    const body = '{ "TableName":"Counters",\n "Key": {"airport": {"S": "Zürich ✈"}} }';

    const answer = await call(endpoint, body);

    expect(requests).toEqual([{ method: 'POST', target: 'DynamoDB_20120810.UpdateItem', body }]);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-amzn-requestid')).toBe('r-1');
    expect(await answer.json()).toEqual({ Attributes: { airport: { S: 'ATL' } } });
  });

  test('is seen as request and as answer, accepted or refused', async () => {
    const refusal = { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException' };
    let answers = 0;
    const { endpoint: target } = await database((body, outgoing) => {
      answers += 1;
      return answers === 1 ? json(200, {})(body, outgoing) : json(400, refusal)(body, outgoing);
    });
    const { recorder: it, seen } = recorder(target);
    const endpoint = await it.endpointFor('w');

    const statuses = [(await call(endpoint, { n: 1 })).status, (await call(endpoint, { n: 2 }, 'PutItem')).status];

    expect(statuses).toEqual([200, 400]);
    expect(seen).toEqual([
      { what: 'request', worker: 'w', operation: 'UpdateItem', input: { n: 1 } },
      { what: 'answer', worker: 'w', operation: 'UpdateItem', input: { n: 1 }, status: 200, output: {} },
      { what: 'request', worker: 'w', operation: 'PutItem', input: { n: 2 } },
      { what: 'answer', worker: 'w', operation: 'PutItem', input: { n: 2 }, status: 400, output: refusal },
    ]);
  });

  test('says which worker sent it, though all of them speak at once', async () => {
    const { endpoint: target } = await database();
    const { recorder: it, seen } = recorder(target);
    const workers = ['poller-1/1', 'poller-1/2', 'poller-2/1'];
    const endpoints = await Promise.all(workers.map((worker) => it.endpointFor(worker)));

    await Promise.all(
      Array.from({ length: 60 }, (_, n) => call(endpoints[n % 3] ?? '', { worker: workers[n % 3], n })),
    );

    expect(new Set(endpoints).size).toBe(3);
    expect(seen).toHaveLength(120);
    for (const { worker, input } of seen) expect(input).toMatchObject({ worker });
  });

  test('is whole, however large', async () => {
    const { endpoint: target, requests } = await database((body, outgoing) =>
      json(200, { length: body.length })(body, outgoing),
    );
    const endpoint = await recorder(target).recorder.endpointFor('w');
    const text = 'ü✈'.repeat(150_000);

    const answer = await call(endpoint, { text });

    expect(JSON.parse(requests[0]?.body ?? '{}')).toEqual({ text });
    expect(await answer.json()).toEqual({ length: JSON.stringify({ text }).length });
  });

  test('an answer that is no JSON is passed on, and seen as undefined', async () => {
    const { endpoint: target } = await database(
      (_, outgoing) => outgoing.writeHead(503).end('<html>busy</html>') && undefined,
    );
    const { recorder: it, seen } = recorder(target);

    const answer = await call(await it.endpointFor('w'));

    expect([answer.status, await answer.text()]).toEqual([503, '<html>busy</html>']);
    expect(seen.at(-1)).toMatchObject({ what: 'answer', status: 503, output: undefined });
  });

  test('says when it came in', async () => {
    const { endpoint: target } = await database();
    const times: number[] = [];
    const { recorder: it } = recorder(target, ({ receivedAtMs }) => {
      times.push(receivedAtMs);
      return forward();
    });
    const [before, endpoint] = [Date.now(), await it.endpointFor('w')];

    await call(endpoint);

    expect(times).toHaveLength(1);
    expect(times[0]).toBeGreaterThanOrEqual(before);
    expect(times[0]).toBeLessThanOrEqual(Date.now());
  });
});

describe('an answer of its own', () => {
  test('is given instead, and the database never sees the request', async () => {
    const { endpoint: target, requests } = await database();
    const body = { __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError', message: 'no' };
    const { recorder: it, seen } = recorder(target, () => ({ kind: 'answer', status: 500, body }));

    const answer = await call(await it.endpointFor('w'));

    expect([answer.status, await answer.json()]).toEqual([500, body]);
    expect(requests).toEqual([]);
    expect(seen.map(({ what }) => what)).toEqual(['request']);
  });
});

describe('a request that is held', () => {
  function holding(target: string) {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let gone: AbortSignal | undefined;
    const made = recorder(target, async (request) => {
      gone = request.gone;
      await held;
      return { kind: 'forward' };
    });
    return { ...made, release: () => release(), isGone: () => gone?.aborted === true };
  }

  test('waits, and goes on when it is let go', async () => {
    const { endpoint: target, requests } = await database();
    const { recorder: it, seen, release, isGone } = holding(target);
    const endpoint = await it.endpointFor('w');
    const answered = call(endpoint);
    await until(() => seen.length === 1, 'the request is held');
    const beforeItWasLetGo = requests.length;

    release();
    const answer = await answered;

    expect(beforeItWasLetGo).toBe(0);
    expect(answer.status).toBe(200);
    expect(requests).toHaveLength(1);
    expect(isGone()).toBe(false);
  });

  test('is never forwarded once its sender has died', async () => {
    const { endpoint: target, requests } = await database();
    const { recorder: it, seen, release, isGone } = holding(target);
    const endpoint = await it.endpointFor('w');
    const sender = httpRequest(endpoint, { method: 'POST' });
    sender.on('error', () => {});
    sender.end('{"n":1}');
    await until(() => seen.length === 1, 'the request is held');

    sender.destroy();
    await until(isGone, 'the death is seen');
    release();
    await call(endpoint, { n: 2 });

    expect(requests.map(({ body }) => body)).toEqual(['{"n":2}']);
    expect(seen.filter(({ what }) => what === 'answer').map(({ input }) => input)).toEqual([{ n: 2 }]);
  });
});

test('an answer that its worker did not live to see is known all the same', async () => {
  let answer = () => {};
  const { endpoint: target, requests } = await database(
    (body, outgoing) =>
      new Promise<void>((resolve) => {
        answer = () => {
          void json(200, { done: true })(body, outgoing);
          resolve();
        };
      }),
  );
  const { recorder: it, seen } = recorder(target);
  const sender = httpRequest(await it.endpointFor('w'), { method: 'POST' });
  sender.on('error', () => {});
  sender.end('{"n":1}');
  await until(() => requests.length === 1, 'the database has the request');

  sender.destroy();
  answer();
  await until(() => seen.length === 2, 'the answer is seen');

  expect(seen[1]).toMatchObject({ what: 'answer', input: { n: 1 }, status: 200, output: { done: true } });
});

test('an answer is seen before the worker gets it', async () => {
  const { endpoint: target } = await database();
  let let_go = () => {};
  const looked = new Promise<void>((resolve) => {
    let_go = resolve;
  });
  const it = new Recorder(target, { request: forward, answered: () => looked });
  closing.unshift(it);
  let arrived = false;

  const answered = call(await it.endpointFor('w')).then((answer) => {
    arrived = true;
    return answer.status;
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const arrivedBefore = arrived;
  let_go();

  expect(await answered).toBe(200);
  expect(arrivedBefore).toBe(false);
});

describe('what breaks', () => {
  test('a database that is not there: the worker loses its connection, and nothing is recorded as accepted', async () => {
    const { recorder: it, seen } = recorder(await nowhere());
    const endpoint = await it.endpointFor('w');

    await expect(call(endpoint)).rejects.toThrow();
    await expect(call(endpoint)).rejects.toThrow();

    expect(seen.map(({ what }) => what)).toEqual(['request', 'request']);
  });

  test('an interceptor that throws costs that request its connection, and no other', async () => {
    const { endpoint: target, requests } = await database();
    let first = true;
    const { recorder: it } = recorder(target, () => {
      if (!first) return forward();
      first = false;
      throw new Error('a bug');
    });
    const endpoint = await it.endpointFor('w');

    await expect(call(endpoint)).rejects.toThrow();
    const next = await call(endpoint);

    expect(next.status).toBe(200);
    expect(requests).toHaveLength(1);
  });

  test('a body that is no JSON costs that request its connection, and no other', async () => {
    const { endpoint: target } = await database();
    const endpoint = await recorder(target).recorder.endpointFor('w');

    await expect(call(endpoint, '{"half":')).rejects.toThrow();

    expect((await call(endpoint)).status).toBe(200);
  });
});

test('close() ends, though a request is held and another one is in the database', async () => {
  const { endpoint: target, requests } = await database(() => new Promise(() => {}));
  const { recorder: it, seen } = recorder(target, ({ input }) =>
    input.held ? new Promise<Decision>(() => {}) : { kind: 'forward' },
  );
  const endpoint = await it.endpointFor('w');
  const lost = [call(endpoint, { held: true }), call(endpoint, { held: false })].map((one) =>
    expect(one).rejects.toThrow(),
  );
  await until(() => seen.length === 2 && requests.length === 1, 'both are on their way');

  await it.close();

  await Promise.all(lost);
  await expect(call(endpoint)).rejects.toThrow();
});

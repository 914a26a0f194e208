import { request as httpRequest } from 'node:http';
import { chained } from '../../../local/dynamodb/interceptor';
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
const call = (
  endpoint: string,
  body: unknown = { TableName: 'Counters' },
  operation = 'UpdateItem',
  signal: AbortSignal | null = null,
) =>
  fetch(endpoint, {
    method: 'POST',
    signal,
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

describe('no answer', () => {
  test('the connection is closed, and the database never sees the request', async () => {
    const { endpoint: target, requests } = await database();
    const { recorder: it, seen } = recorder(target, () => ({ kind: 'drop' }));

    await expect(call(await it.endpointFor('w'))).rejects.toThrow();

    expect(requests).toEqual([]);
    expect(seen.map(({ what }) => what)).toEqual(['request']);
  });

  test('nothing comes, until the sender gives up', async () => {
    const { endpoint: target, requests } = await database();
    let gone: AbortSignal | undefined;
    const { recorder: it } = recorder(target, (request) => {
      gone = request.gone;
      return { kind: 'hang' };
    });
    const sender = new AbortController();
    const answered = call(await it.endpointFor('w'), {}, 'UpdateItem', sender.signal);
    await until(() => gone !== undefined, 'the request has come in');

    sender.abort();

    await expect(answered).rejects.toThrow('aborted');
    await until(() => gone?.aborted === true, 'it is known to be gone');
    expect(requests).toEqual([]);
  });

  test.each(['drop', 'hang'] as const)('the database has done it, and its answer is lost: %s', async (kind) => {
    const { endpoint: target, requests } = await database(json(200, { done: true }));
    const outputs: unknown[] = [];
    const it = new Recorder(target, {
      request: forward,
      answered: (_, __, output) => {
        outputs.push(output);
        return { kind };
      },
    });
    closing.unshift(it);
    const sender = new AbortController();
    const answered = call(await it.endpointFor('w'), {}, 'UpdateItem', sender.signal);
    const lost = expect(answered).rejects.toThrow();
    await until(() => outputs.length === 1, 'the database has answered');
    if (kind === 'hang') sender.abort();

    await lost;

    expect(requests).toHaveLength(1);
    expect(outputs).toEqual([{ done: true }]);
  });
});

describe('another request instead', () => {
  test('reaches the database, is what is seen, and its answer is made into the answer', async () => {
    const { endpoint: target, requests } = await database(json(200, { got: 'half' }));
    const { recorder: it, seen } = recorder(target, () => ({
      kind: 'replace',
      input: { half: true },
      answer: (output) => ({ whole: output }),
    }));

    const answer = await call(await it.endpointFor('w'), { half: false, and: 'more' });

    expect(requests.map(({ body, target: operation }) => [operation, body])).toEqual([
      ['DynamoDB_20120810.UpdateItem', '{"half":true}'],
    ]);
    expect(await answer.json()).toEqual({ whole: { got: 'half' } });
    expect(seen[1]).toMatchObject({ what: 'answer', input: { half: true }, output: { got: 'half' } });
  });

  test('is refused in the words of the database', async () => {
    const { endpoint: target } = await database(json(400, { __type: 'x#ValidationException' }));
    const { recorder: it } = recorder(target, () => ({ kind: 'replace', input: {}, answer: () => ({ fine: true }) }));

    const answer = await call(await it.endpointFor('w'));

    expect([answer.status, await answer.json()]).toEqual([400, { __type: 'x#ValidationException' }]);
  });
});

describe('a copy', () => {
  function copying(target: string) {
    const requests: DatabaseRequest[] = [];
    const made = recorder(target, (request) => {
      requests.push(request);
      return forward();
    });
    return { ...made, copyOf: (index: number) => requests[index]?.sendCopy() };
  }

  test('has the bytes of its original, is seen as what it is, and asks nobody', async () => {
    const { endpoint: target, requests } = await database(json(400, { __type: 'x#ConditionalCheckFailedException' }));
    const { recorder: it, seen, copyOf } = copying(target);
    const endpoint = await it.endpointFor('w');
    await call(endpoint, '{ "n": 1 }');

    await copyOf(0);

    expect(requests.map(({ body }) => body)).toEqual(['{ "n": 1 }', '{ "n": 1 }']);
    expect(seen.map(({ what, input }) => [what, input])).toEqual([
      ['request', { n: 1 }],
      ['answer', { n: 1 }],
      ['answer', { n: 1 }],
    ]);
  });

  test('carries the number of its original, and requests are numbered as they come', async () => {
    const { endpoint: target } = await database();
    const seen: string[] = [];
    const requests: DatabaseRequest[] = [];
    const it = new Recorder(target, {
      request: (request) => {
        requests.push(request);
        return forward();
      },
      answered: ({ number, isCopy }) => {
        seen.push(`${number}${isCopy ? ' copy' : ''}`);
      },
    });
    closing.unshift(it);
    const [one, other] = [await it.endpointFor('w'), await it.endpointFor('v')];
    await call(one);
    await call(other);

    await requests[0]?.sendCopy();
    await call(one);

    expect(seen).toEqual(['1', '2', '1 copy', '3']);
  });

  test('reaches the database though its sender has died long ago', async () => {
    const { endpoint: target, requests } = await database();
    const { recorder: it, copyOf } = copying(target);
    await call(await it.endpointFor('w'));
    await it.release('w');

    await copyOf(0);

    expect(requests).toHaveLength(2);
  });

  test('of which nothing can be heard any more ends in nothing', async () => {
    const { endpoint: target, close } = await stubDatabase();
    const { recorder: it, copyOf } = copying(target);
    await call(await it.endpointFor('w'));
    await close();

    await copyOf(0);
    await it.close();
    await copyOf(0);
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

  test('arrives after its sender has died, if it was on its way', async () => {
    const { endpoint: target, requests } = await database();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const signals: AbortSignal[] = [];
    const { recorder: it, seen } = recorder(target, async ({ gone }) => {
      signals.push(gone);
      await held;
      return { kind: 'forward', onItsWay: true };
    });
    const sender = httpRequest(await it.endpointFor('w'), { method: 'POST' });
    sender.on('error', () => {});
    sender.end('{"n":1}');
    await until(() => signals.length === 1, 'the request is held');

    sender.destroy();
    await until(() => signals[0]?.aborted === true, 'the death is seen');
    release();
    await until(() => seen.length === 2, 'its answer is seen');

    expect(requests.map(({ body }) => body)).toEqual(['{"n":1}']);
    expect(seen[1]).toMatchObject({ what: 'answer', input: { n: 1 }, status: 200 });
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

  test('a database that is not there, or breaks off in its answer, is told of', async () => {
    const { endpoint: breaking } = await database((_, outgoing) => {
      outgoing.writeHead(200, { 'content-length': '100' });
      outgoing.write('{', () => outgoing.destroy());
    });
    const told: string[] = [];
    for (const target of [await nowhere(), breaking]) {
      const it = new Recorder(target, {
        request: forward,
        answered: () => {
          throw new Error('it was no answer');
        },
        unanswered: ({ operation, worker }, problem) => told.push(`${operation} of ${worker}: ${problem}`),
      });
      closing.unshift(it);
      await expect(call(await it.endpointFor('w'))).rejects.toThrow();
    }

    expect(told).toEqual([
      expect.stringMatching(/^UpdateItem of w: connect ECONNREFUSED 127\.0\.0\.1:\d+$/),
      expect.stringMatching(/^UpdateItem of w: aborted$/),
    ]);
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

test('the endpoint of a worker that is gone closes, and the others stay', async () => {
  const { endpoint: target } = await database();
  const { recorder: it } = recorder(target);
  const [gone, other] = [await it.endpointFor('w/1'), await it.endpointFor('w/2')];
  await call(gone);

  await it.release('w/1');
  await it.release('nobody');

  await expect(call(gone)).rejects.toThrow();
  expect((await call(other)).status).toBe(200);
});

describe('several interceptors as one', () => {
  const named = (name: string, said: string[], given: Partial<Interceptor> = {}): Interceptor => ({
    request: () => {
      said.push(`${name} request`);
      return forward();
    },
    answered: () => {
      said.push(`${name} answer`);
    },
    unanswered: () => said.push(`${name} nothing`),
    ...given,
  });

  test('all see what is passed on, in their order', async () => {
    const said: string[] = [];
    const { endpoint: target } = await database();
    const it = new Recorder(target, chained(named('a', said), named('b', said)));
    closing.unshift(it);

    const answer = await call(await it.endpointFor('w'));

    expect(answer.status).toBe(200);
    expect(said).toEqual(['a request', 'b request', 'a answer', 'b answer']);
  });

  test('one that decides keeps the request from those behind it, and one that loses the answer does so for all', async () => {
    const said: string[] = [];
    const { endpoint: target } = await database();
    const drops = named('b', said, { request: () => ({ kind: 'drop' }) });
    const loses = named('b', said, { answered: () => ({ kind: 'drop' }) });
    for (const middle of [drops, loses]) {
      const it = new Recorder(target, chained(named('a', said), middle, named('c', said)));
      closing.unshift(it);
      await expect(call(await it.endpointFor('w'))).rejects.toThrow();
      said.push('-');
    }

    expect(said).toEqual(['a request', '-', 'a request', 'b request', 'c request', 'a answer', 'c answer', '-']);
  });

  test('one that waits does not keep another one from seeing answers as they come in', async () => {
    const order: unknown[] = [];
    const { endpoint: target } = await database();
    const slow: Interceptor = {
      request: forward,
      answered: ({ input }) => (input.n === 1 ? new Promise<void>((resolve) => setTimeout(resolve, 50)) : undefined),
    };
    const watching: Interceptor = { request: forward, answered: ({ input }) => void order.push(input.n) };
    const it = new Recorder(target, chained(slow, watching));
    closing.unshift(it);
    const endpoint = await it.endpointFor('w');

    await Promise.all([call(endpoint, { n: 1 }).then(() => order.push('1 answered')), call(endpoint, { n: 2 })]);

    expect(order.slice(0, 2).sort()).toEqual([1, 2]);
    expect(order.at(-1)).toBe('1 answered');
  });

  test('what got no answer is told to all of them', async () => {
    const said: string[] = [];
    const it = new Recorder(await nowhere(), chained(named('a', said), named('b', said)));
    closing.unshift(it);

    await expect(call(await it.endpointFor('w'))).rejects.toThrow();

    expect(said).toEqual(['a request', 'b request', 'a nothing', 'b nothing']);
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

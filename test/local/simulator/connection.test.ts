/** The network between a worker and the database, with the engine behind it as it is. */
import type { Observation } from '../../../local/oracle/observation';
import { SimulatedConnection } from '../../../local/simulator/connection';
import { Database } from '../../../local/simulator/database';
import { type Decision, ReplayDirector } from '../../../local/simulator/decision';
import { Scheduler } from '../../../local/simulator/scheduler';
import { Trace } from '../../../local/simulator/trace';
import { Worker } from '../../../local/simulator/worker';

const TABLE = 'Claims';
const TIMEOUT_MS = 900;

interface Answered {
  readonly statusCode: number;
  readonly body: { readonly __type?: string; readonly Item?: object; readonly UnprocessedItems?: object };
  readonly atMs: number;
}

function network(...decisions: readonly Decision[]) {
  const observations: Observation[] = [];
  const landed: string[] = [];
  const scheduler: Scheduler = new Scheduler({
    director: new ReplayDirector(decisions),
    trace: new Trace(false),
    startMs: 0,
    onDecision: (decision) => {
      if (decision.do === 'down') database.goDown(decision.ms);
    },
  });
  const database = new Database({
    clock: scheduler,
    tables: [TABLE],
    memberItems: false,
    memory: () => undefined,
    letters: () => ({}),
    onAccepted: ({ worker, sentAtMs }) => landed.push(`${worker} sent at ${sentAtMs}, landed at ${scheduler.now()}`),
  });
  const worker = new Worker({ name: 'w', scheduler, seed: 1, aheadMs: 0 });
  const connection = new SimulatedConnection({
    worker,
    scheduler,
    database,
    requestTimeoutMs: TIMEOUT_MS,
    latencyMs: () => 10,
    remembering: { table: TABLE, memory: undefined },
    observe: (observation) => observations.push(observation),
  });
  const outcomes: (Answered | string)[] = [];
  const send = (operation: string, input: object) => {
    const headers = { 'x-amz-target': `DynamoDB_20120810.${operation}` };
    void connection.handle({ headers, body: JSON.stringify(input) }).then(
      ({ response: { statusCode, body } }) => {
        outcomes.push({ statusCode, body: JSON.parse(new TextDecoder().decode(body)), atMs: scheduler.now() });
      },
      (error: Error) => outcomes.push(`${error.name}: ${error.message} at ${scheduler.now()}`),
    );
  };
  const claim = (id: string) =>
    send('PutItem', {
      TableName: TABLE,
      Item: {
        id: { S: id },
        status: { S: 'INPROGRESS' },
        owner: { S: 'token' },
        in_progress_expiration: { N: '30000' },
        expiration: { N: '60' },
      },
    });
  return { worker, scheduler, observations, landed, outcomes, send, claim, run: () => scheduler.run(() => false) };
}

test('a request takes effect when it lands, and its answer comes when it has come back', async () => {
  const { claim, run, landed, outcomes } = network();
  claim('a');

  await run();

  expect(landed).toEqual(['w sent at 0, landed at 10']);
  expect(outcomes).toEqual([{ statusCode: 200, body: {}, atMs: 20 }]);
});

test('an error of the service comes back as its answer', async () => {
  const { send, run, landed, outcomes } = network();
  send('PutItem', { TableName: 'Absent', Item: { id: { S: 'a' } } });

  await run();

  expect(landed).toEqual([]);
  expect(outcomes).toMatchObject([{ statusCode: 400, body: { __type: expect.stringContaining('#ResourceNotFound') } }]);
});

describe('faults', () => {
  test('a request that is lost has no effect, and the caller sees a broken connection', async () => {
    const { claim, run, landed, outcomes, observations } = network({ at: 'w PutItem#1', do: 'lose', ms: 200 });
    claim('a');

    await run();

    expect(landed).toEqual([]);
    expect(outcomes).toEqual(['Error: socket hang up at 200']);
    expect(observations).toEqual([{ kind: 'write-lost', worker: 'w', identity: 'a', write: 'claim' }]);
  });

  test('an answer that is lost leaves the effect, and the caller in the dark', async () => {
    const { claim, run, landed, outcomes, observations } = network({ at: 'w PutItem#1 answered', do: 'lose', ms: 50 });
    claim('a');

    await run();

    expect(landed).toHaveLength(1);
    expect(outcomes).toEqual(['Error: socket hang up at 70']);
    expect(observations).toEqual([]);
  });

  test('what is lost for longer than the client waits is its time-out', async () => {
    const { claim, run, outcomes } = network({ at: 'w PutItem#1', do: 'lose', ms: 70_000 });
    claim('a');

    await run();

    expect(outcomes).toEqual([expect.stringMatching(/^TimeoutError: .* at 900$/)]);
  });

  test('a request that is held up lands after its client has given it up', async () => {
    const { claim, run, landed, outcomes } = network({ at: 'w PutItem#1', do: 'delay', ms: 5_000 });
    claim('a');

    await run();

    expect(landed).toEqual(['w sent at 0, landed at 5010']);
    expect(outcomes).toEqual([expect.stringMatching(/^TimeoutError: /)]);
  });

  test('a copy of a request lands once more', async () => {
    const { claim, run, landed, outcomes } = network({ at: 'w PutItem#1', do: 'copy', ms: 2_500 });
    claim('a');

    await run();

    expect(landed).toEqual(['w sent at 0, landed at 10', 'w sent at 0, landed at 2510']);
    expect(outcomes).toHaveLength(1);
  });

  test.each([
    ['throttle', 400, '#ProvisionedThroughputExceededException'],
    ['fail', 500, '#InternalServerError'],
  ] as const)('%s: an answer of the service, and no effect', async (what, statusCode, type) => {
    const { claim, run, landed, outcomes, observations } = network({ at: 'w PutItem#1', do: what });
    claim('a');

    await run();

    expect(landed).toEqual([]);
    expect(outcomes).toMatchObject([{ statusCode, body: { __type: expect.stringContaining(type) } }]);
    expect(observations).toMatchObject([{ kind: 'write-lost', write: 'claim' }]);
  });

  test('down: everybody is told so for a while', async () => {
    const { claim, run, scheduler, outcomes } = network({ at: 'w PutItem#1', do: 'down', ms: 100 });
    claim('a');
    scheduler.add({ name: 'meanwhile', afterMs: 80, go: () => claim('b') });
    scheduler.add({ name: 'later', afterMs: 200, go: () => claim('c') });

    await run();

    expect(outcomes.map((outcome) => (outcome as Answered).statusCode)).toEqual([500, 500, 200]);
  });

  test('refuse-members: about half of a batch comes back', async () => {
    const { send, run, outcomes } = network({ at: 'w BatchWriteItem#1', do: 'refuse-members' });
    const requests = ['a', 'b', 'c', 'd'].map((id) => ({ PutRequest: { Item: { id: { S: id } } } }));
    send('BatchWriteItem', { RequestItems: { [TABLE]: requests } });

    await run();

    const [{ body }] = outcomes as [Answered];
    expect(body.UnprocessedItems).toEqual({ [TABLE]: [requests[0], requests[2]] });
  });
});

describe('a batch of statements', () => {
  const Statements = ['a', 'b', 'c'].map((id) => ({
    Statement: `UPDATE "${TABLE}" SET status = 'COMPLETED' WHERE id = ?`,
    Parameters: [{ S: id }],
  }));
  const batch = async (what: 'refuse-members' | 'hide-members') => {
    const net = network({ at: 'w BatchExecuteStatement#1', do: what });
    for (const { Parameters } of Statements) net.claim(Parameters[0]?.S ?? '');
    await net.run();
    net.observations.length = 0;
    net.send('BatchExecuteStatement', { Statements });
    await net.run();
    net.send('BatchGetItem', { RequestItems: { [TABLE]: { Keys: ['a', 'b', 'c'].map((id) => ({ id: { S: id } })) } } });
    await net.run();
    const [answer, items] = net.outcomes.slice(-2) as unknown as [
      { body: { Responses: { Error?: { Code: string } }[] } },
      { body: { Responses: Record<string, { id: { S: string }; status: { S: string } }[]> } },
    ];
    const completed = items.body.Responses[TABLE]?.filter(({ status }) => status.S === 'COMPLETED');
    return {
      codes: answer.body.Responses.map((response) => response.Error?.Code),
      completed: completed?.map(({ id }) => id.S).sort(),
      lost: net.observations,
    };
  };

  test('refuse-members: every second one is throttled, and only that one is lost', async () => {
    const { codes, completed, lost } = await batch('refuse-members');

    expect(codes).toEqual(['ThrottlingError', undefined, 'ThrottlingError']);
    expect(completed).toEqual(['b']);
    expect(lost).toEqual(['a', 'c'].map((identity) => ({ kind: 'write-lost', worker: 'w', identity, write: 'mark' })));
  });

  test('hide-members: every second one takes effect, and is answered as failed', async () => {
    const { codes, completed, lost } = await batch('hide-members');

    expect(codes).toEqual(['InternalServerError', undefined, 'InternalServerError']);
    expect(completed).toEqual(['a', 'b', 'c']);
    expect(lost).toEqual([]);
  });
});

test('a read tells of nothing that was written', async () => {
  const { send, run, landed } = network();
  send('GetItem', { TableName: TABLE, Key: { id: { S: 'a' } } });

  await run();

  expect(landed).toEqual([]);
});

describe('a worker that does not go on', () => {
  test('dies before its call: nothing is sent', async () => {
    const { claim, run, landed, outcomes } = network({ at: 'w PutItem#1', do: 'crash' });
    claim('a');

    await run();

    expect([landed, outcomes]).toEqual([[], []]);
  });

  test('dies while its request is under way: it lands, and nobody hears of it', async () => {
    const { claim, run, worker, scheduler, landed, outcomes } = network();
    claim('a');
    scheduler.add({ name: 'crash', afterMs: 5, go: () => worker.crash() });

    await run();

    expect(landed).toEqual(['w sent at 0, landed at 10']);
    expect(outcomes).toEqual([]);
  });

  test('freezes before its call: it is sent after the thaw', async () => {
    const { claim, run, landed, outcomes } = network({ at: 'w PutItem#1', do: 'freeze', ms: 3_000 });
    claim('a');

    await run();

    expect(landed).toEqual(['w sent at 3000, landed at 3010']);
    expect(outcomes).toMatchObject([{ atMs: 3_020 }]);
  });

  test('freezes while its request is under way: it lands meanwhile, and is heard of after the thaw', async () => {
    const { claim, run, worker, scheduler, landed, outcomes } = network();
    claim('a');
    scheduler.add({ name: 'freeze', afterMs: 5, go: () => worker.freeze(3_000) });

    await run();

    expect(landed).toEqual(['w sent at 0, landed at 10']);
    expect(outcomes).toMatchObject([{ statusCode: 200, atMs: 3_005 }]);
  });
});

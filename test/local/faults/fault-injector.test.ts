import { Recorder } from '../../../local/dynamodb/recorder';
import { FaultInjector } from '../../../local/faults/fault-injector';
import { describeFaultReport } from '../../../local/faults/fault-report';
import { parseFault } from '../../../local/faults/fault-text';
import { json, nowhere, stubDatabase, until } from '../dynamodb/stub-database';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A worker as the faults see it: what is done to it is written down, and a killed one loses its connections. */
interface FakeWorker {
  readonly name: string;
  readonly done: string[];
  readonly gone: AbortController;
  endpoint: string;
}

interface Given {
  readonly respond?: Parameters<typeof stubDatabase>[0];
  readonly workers?: readonly string[];
  readonly seed?: number;
  readonly target?: string;
}

async function setUp(faults: readonly string[], { respond, workers = ['poller-1/1'], seed = 1, target }: Given = {}) {
  const database = await stubDatabase(respond);
  closing.push(() => database.close());
  const fakes = workers.map((name): FakeWorker => ({ name, done: [], gone: new AbortController(), endpoint: '' }));
  const happened: string[] = [];
  const rebalanced: string[] = [];
  const injector = new FaultInjector({
    faults: faults.map(parseFault),
    seed,
    backstage: {
      worker: (name) => {
        const fake = fakes.find((one) => one.name === name && !one.gone.signal.aborted);
        return (
          fake && {
            kill: () => {
              fake.done.push('kill');
              fake.gone.abort();
            },
            freeze: () => fake.done.push('freeze'),
            thaw: () => fake.done.push('thaw'),
          }
        );
      },
      rebalance: async () => {
        rebalanced.push('rebalanced');
      },
    },
    onFault: ({ fault }) => happened.push(fault),
  });
  const recorder = new Recorder(target ?? database.endpoint, injector);
  closing.push(
    () => recorder.close(),
    () => injector.settle(),
  );
  for (const fake of fakes) fake.endpoint = await recorder.endpointFor(fake.name);
  const [first = fakes[0] as never] = fakes;
  /** Gives the status, or what the sender of the request sees instead. */
  const send = async (n: number, { operation = 'UpdateItem', table = 'Counters', by = first, waitMs = 2_000 } = {}) => {
    const timeout = AbortSignal.timeout(waitMs);
    try {
      const answer = await fetch(by.endpoint, {
        method: 'POST',
        headers: { 'x-amz-target': `DynamoDB_20120810.${operation}` },
        body: JSON.stringify({ TableName: table, n }),
        signal: AbortSignal.any([by.gone.signal, timeout]),
      });
      return answer.status;
    } catch {
      if (timeout.aborted) return 'timed out';
      return by.gone.signal.aborted ? 'dead' : 'connection lost';
    }
  };
  /** What the database got, in order. */
  const arrived = () => database.requests.map(({ body }) => (JSON.parse(body) as { n: number }).n);
  const reports = () => injector.reports().map(describeFaultReport);
  return { injector, database, fakes, first, happened, rebalanced, send, arrived, reports };
}

const QUICK = { waitMs: 150 };

describe('a request that is lost', () => {
  test('never reaches the database, and nobody answers', async () => {
    const { send, arrived, reports, happened } = await setUp(['request-lost@2']);

    const ends = [await send(1), await send(2, QUICK), await send(3)];

    expect(ends).toEqual([200, 'timed out', 200]);
    expect(arrived()).toEqual([1, 3]);
    expect(happened).toEqual(['request-lost@2']);
    expect(reports()).toEqual(['request-lost@2 happened at request 2 (UpdateItem on Counters) of poller-1/1']);
  });

  test('or the connection is closed', async () => {
    const { send, arrived } = await setUp(['request-lost@1,how=close']);

    expect([await send(1), await send(2)]).toEqual(['connection lost', 200]);
    expect(arrived()).toEqual([2]);
  });
});

describe('an answer that is lost', () => {
  test.each([
    ['answer-lost@2', 'timed out'],
    ['answer-lost@2,how=close', 'connection lost'],
  ])('%s: the database has done it', async (fault, end) => {
    const { send, arrived } = await setUp([fault]);

    const ends = [await send(1), await send(2, QUICK), await send(3)];

    expect(ends).toEqual([200, end, 200]);
    expect(arrived()).toEqual([1, 2, 3]);
  });
});

describe('a late copy', () => {
  test('reaches the database before the so-many-th further request', async () => {
    const { send, arrived, injector } = await setUp(['late-copy@1,after=2']);

    for (const n of [1, 2, 3, 4]) expect(await send(n)).toBe(200);
    await injector.settle();

    expect(arrived()).toEqual([1, 2, 1, 3, 4]);
  });

  test('of which no further request comes arrives at the end of the run', async () => {
    const { send, arrived, injector } = await setUp(['late-copy@2,after=5', 'late-copy@1,ms=60000']);
    for (const n of [1, 2, 3]) await send(n);

    await injector.settle();

    expect(arrived()).toEqual([1, 2, 3, 1, 2]);
  });

  test('after a time', async () => {
    const { send, arrived } = await setUp(['late-copy@1,ms=5']);
    await send(1);

    await until(() => arrived().length === 2, 'the copy has arrived');

    expect(arrived()).toEqual([1, 1]);
  });

  test('comes as late as the seed says', async () => {
    const places = new Set<number>();
    for (let seed = 0; seed < 20; seed += 1) {
      const { send, arrived, injector } = await setUp(['late-copy@1'], { seed });
      for (let n = 1; n <= 9; n += 1) await send(n);
      await injector.settle();
      places.add(arrived().lastIndexOf(1));
    }

    expect(Math.min(...places)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...places)).toBeLessThanOrEqual(8);
    expect(places.size).toBeGreaterThan(4);
  });

  test('is counted by no fault', async () => {
    const { send, arrived, injector } = await setUp(['late-copy@1,after=1', 'answer-lost@3,how=close']);

    const ends = [await send(1), await send(2), await send(3)];
    await injector.settle();

    expect(ends).toEqual([200, 200, 'connection lost']);
    expect(arrived()).toEqual([1, 1, 2, 3]);
  });
});

describe('a delay', () => {
  test('lets others pass, and the request reaches the database though its sender has given up', async () => {
    const { send, arrived } = await setUp(['delay@1,ms=300']);
    const first = send(1, { waitMs: 50 });
    await until(() => true, 'the first one is sent');
    expect(await first).toBe('timed out');
    expect(await send(2)).toBe(200);

    await until(() => arrived().length === 2, 'the late one has arrived');

    expect(arrived()).toEqual([2, 1]);
  });

  test('of an answer: the database has done it at once', async () => {
    const { send, arrived } = await setUp(['delay@1,when=answer,ms=60000']);

    expect(await send(1, QUICK)).toBe('timed out');
    expect(arrived()).toEqual([1]);
  });

  test('is over when the run is', async () => {
    const { send, arrived, injector } = await setUp(['delay@1,ms=60000']);
    await send(1, QUICK);
    const before = arrived();

    await injector.settle();

    expect([before, arrived()]).toEqual([[], [1]]);
  });
});

test('a database that is down refuses every request up to the last of them', async () => {
  const { send, arrived } = await setUp(['database-down@2,to=4']);

  const ends: unknown[] = [];
  for (const n of [1, 2, 3, 4, 5]) ends.push(await send(n));

  expect(ends).toEqual([200, 'connection lost', 'connection lost', 'connection lost', 200]);
  expect(arrived()).toEqual([1, 5]);
});

test('without a last one it is down for ten requests', async () => {
  const { send, arrived } = await setUp(['database-down@1,how=503']);

  const ends: unknown[] = [];
  for (let n = 1; n <= 11; n += 1) ends.push(await send(n));

  expect(ends).toEqual([...Array(10).fill(503), 200]);
  expect(arrived()).toEqual([11]);
});

describe('a worker is killed', () => {
  test('as it sends a request: the database never sees it', async () => {
    const { send, arrived, first, reports } = await setUp(['kill-before@2']);

    const ends = [await send(1), await send(2), await send(3)];

    expect(ends).toEqual([200, 'dead', 'dead']);
    expect(arrived()).toEqual([1]);
    expect(first.done).toEqual(['kill']);
    expect(reports()).toEqual(['kill-before@2 happened at request 2 (UpdateItem on Counters) of poller-1/1']);
  });

  test('when the database has done it', async () => {
    const { send, arrived, first } = await setUp(['kill-after@2']);

    const ends = [await send(1), await send(2)];

    expect(ends).toEqual([200, 'dead']);
    expect(arrived()).toEqual([1, 2]);
    expect(first.done).toEqual(['kill']);
  });

  test('one that nobody knows cannot be, and the report says so', async () => {
    const { injector, send, arrived, reports, first } = await setUp(['kill-before@1', 'kill-after@1']);
    first.gone.abort();
    await fetch(first.endpoint, { method: 'POST', body: '{"n":1}' });

    expect(arrived()).toEqual([1]);
    expect(injector.reports().map(({ happened }) => happened)).toEqual([false, false]);
    expect(reports()[0]).toBe('kill-before@1 did not happen: 1 came by; at request 1 no worker poller-1/1 was alive');
    expect(await send(2)).toBe('dead');
  });
});

describe('a worker is frozen', () => {
  test('until its end, and its partitions may move', async () => {
    const { send, first, rebalanced, injector, reports } = await setUp(['freeze@1']);

    await send(1);
    injector.workerEnded('poller-1/1');

    expect(first.done).toEqual(['freeze']);
    expect(rebalanced).toEqual(['rebalanced']);
    expect(reports()).toEqual([
      'freeze@1 happened at request 1 (UpdateItem on Counters) of poller-1/1; it stood still until its end',
    ]);
  });

  test('and thawed: what it writes from then on in that invocation is counted', async () => {
    let answers = 0;
    const refuse = json(400, { __type: 'x#ConditionalCheckFailedException' });
    const respond = (body: string, outgoing: Parameters<typeof refuse>[1]) => {
      answers += 1;
      return answers === 4 ? refuse(body, outgoing) : json(200, {})(body, outgoing);
    };
    const { send, first, rebalanced, injector, reports } = await setUp(['freeze@2,ms=20,rebalance=no'], { respond });
    await send(1);
    await send(2);
    await until(() => first.done.includes('thaw'), 'it is thawed');

    for (const n of [3, 4, 5]) await send(n);
    await send(6, { operation: 'GetItem' });
    injector.invocationEnded('poller-1');
    await send(7);

    expect(first.done).toEqual(['freeze', 'thaw']);
    expect(rebalanced).toEqual([]);
    expect(reports()).toEqual([
      'freeze@2,ms=20,rebalance=no happened at request 2 (UpdateItem on Counters) of poller-1/1; thawed after 20 ms; of its writes after that 2 were accepted and 1 refused',
    ]);
  });

  test('is thawed at the end of the run', async () => {
    const { send, first, injector } = await setUp(['freeze@1,ms=60000']);
    await send(1);

    await injector.settle();

    expect(first.done).toEqual(['freeze', 'thaw']);
  });
});

describe('what is counted', () => {
  test('only the requests of an operation, of a table, of a worker', async () => {
    const { send, fakes, reports } = await setUp(
      [
        'request-lost@2,how=close,operation=PutItem',
        'request-lost@1,how=close,table=Claims',
        'request-lost@1,how=close,worker=poller-2',
      ],
      { workers: ['poller-1/1', 'poller-2/1'] },
    );
    const other = fakes[1] as FakeWorker;

    const ends = [
      await send(1),
      await send(2, { operation: 'PutItem' }),
      await send(3, { operation: 'PutItem' }),
      await send(4, { table: 'Stack-Claims1A2B' }),
      await send(5, { by: other }),
      await send(6, { by: other }),
    ];

    const lost = 'connection lost';
    expect(ends).toEqual([200, 200, lost, lost, lost, 200]);
    expect(reports()).toEqual([
      'request-lost@2,how=close,operation=PutItem happened at request 3 (PutItem on Counters) of poller-1/1',
      'request-lost@1,how=close,table=Claims happened at request 4 (UpdateItem on Stack-Claims1A2B) of poller-1/1',
      'request-lost@1,how=close,worker=poller-2 happened at request 5 (UpdateItem on Counters) of poller-2/1',
    ]);
  });

  test('a fault that found no place says how many came by', async () => {
    const { send, reports } = await setUp(['kill-after@9', 'rebalance@1']);

    for (const n of [1, 2, 3]) await send(n);

    expect(reports()).toEqual(['kill-after@9 did not happen: 3 came by', 'rebalance@1 did not happen: 0 came by']);
  });

  test('of two faults at one request the first in the script decides', async () => {
    const { send, arrived, reports } = await setUp(['request-lost@1,how=close', 'kill-before@1']);

    expect(await send(1)).toBe('connection lost');
    expect(arrived()).toEqual([]);
    expect(reports()[1]).toBe('kill-before@1 did not happen: 1 came by; another fault came first at request 1');
  });
});

describe('faults of the event source', () => {
  const point = (poller: string) => ({ poller, records: [], retries: 0 });

  test('happen at their deliveries, of their poller, and several at once', async () => {
    const { injector, reports } = await setUp([
      'duplicate-delivery@2',
      'rebalance@2,poller=poller-2',
      'invoke-throttle@3',
      'crash-after-success@4',
      'invoke-error@4',
    ]);

    const found = ['poller-1', 'poller-2', 'poller-2', 'poller-1'].map((poller) => injector.invocation(point(poller)));

    expect(found).toEqual([
      [],
      ['duplicate-delivery'],
      ['rebalance', 'throttle'],
      ['crash-after-success', 'service-error'],
    ]);
    expect(reports()[1]).toBe('rebalance@2,poller=poller-2 happened at poller-2');
  });

  test('commits and deliveries to a destination fail at their places', async () => {
    const { injector, reports } = await setUp(['commit-failure@2', 'destination-failure@1']);
    const commit = { poller: 'poller-1', partition: 3, nextOffset: 7 };

    expect([1, 2, 3].map(() => injector.commitFails(commit))).toEqual([false, true, false]);
    expect([1, 2].map(() => injector.destinationFails({} as never))).toEqual([true, false]);
    expect(reports()[0]).toBe('commit-failure@2 happened at partition 3 of poller-1');
  });

  test('the n-th worker that starts has a clock that runs ahead or behind', async () => {
    const { injector, reports } = await setUp(['clock-skew@2,ms=-700', 'clock-skew@1,worker=poller-2']);

    const offsets = ['poller-1/1', 'poller-2/1', 'poller-1/2'].map((worker) => injector.clockOffsetMs(worker));

    expect(offsets[0]).toBe(0);
    expect([-5_700, 4_300]).toContain(offsets[1]);
    expect(offsets[2]).toBe(0);
    expect(reports()[0]).toBe('clock-skew@2,ms=-700 happened at poller-2/1; its clock is 700 ms behind');
  });
});

test('a database that really is not there is told apart from what was scripted', async () => {
  const { injector, send } = await setUp(['request-lost@1,how=close'], { target: await nowhere() });

  for (const n of [1, 2, 3]) expect(await send(n)).toBe('connection lost');

  expect(injector.problems()).toEqual([
    expect.stringMatching(/^The database gave no answer to 2 requests: connect ECONNREFUSED 127\.0\.0\.1:\d+$/),
  ]);
});

/** The faults one by one, without workers: requests as they come over the wire, and what the stage does with them. */
import { setTimeout as delay } from 'node:timers/promises';
import type { FlightFact } from '../../../bin/demo/flights';
import type { Fault, FaultName } from '../../../bin/demo/script';
import { Stage } from '../../../bin/demo/stage';
import type { DatabaseRequest } from '../../../local/dynamodb/recorder';
import { until } from '../../local/dynamodb/stub-database';

const FACTS: FlightFact[] = [0, 1, 2, 3].flatMap((offset) =>
  [0, 1].map((partition) => ({ partition, offset, key: 'ATL', identity: `id-${partition}-${offset}` })),
);

/** The event source as far as the stage knows it. */
class FakeEventSource {
  readonly done: string[] = [];
  readonly alive = new Set(['poller-1/1', 'poller-2/1']);

  worker(name: string) {
    if (!this.alive.has(name)) return undefined;
    return { kill: () => this.done.push(`kill ${name}`), freeze: () => this.done.push(`freeze ${name}`) };
  }

  async scaleUp(): Promise<void> {
    this.done.push('scale up');
  }
}

function staged(name?: FaultName, partition = 0, offset = 1) {
  const faults: Fault[] = name ? [{ name, partition, offset, happened: false }] : [];
  const eventSource = new FakeEventSource();
  const happened: string[] = [];
  const complaints: string[] = [];
  const stage = new Stage({
    topic: 'flights',
    countersTable: 'Counters',
    memoryTable: 'Memory',
    parkedId: ({ partition, offset }) => `parked#group-1#u#1#flights#${partition}#${offset}`,
    facts: FACTS,
    faults,
    backstage: eventSource,
    onFault: (fault) => happened.push(fault.name),
    complain: (problem) => complaints.push(problem),
  });
  return { stage, eventSource, happened, complaints, fault: faults[0] as Fault };
}

interface Sent {
  readonly request: DatabaseRequest;
  readonly die: () => void;
}

function sent(operation: string, input: object, worker = 'poller-1/1'): Sent {
  const gone = new AbortController();
  const request = {
    worker,
    operation,
    input: { ...input },
    receivedAtMs: 1_000,
    gone: gone.signal,
    number: 1,
    isCopy: false,
    sendCopy: async () => {},
  };
  return { request, die: () => gone.abort() };
}

const effect = (record: string, worker?: string) =>
  sent(
    'UpdateItem',
    {
      TableName: 'Counters',
      Key: { airport: { S: 'ATL' } },
      UpdateExpression: 'ADD flights :one SET lastRecord = :record',
      ExpressionAttributeValues: { ':one': { N: '1' }, ':record': { S: record } },
    },
    worker,
  );

const claim = (identity: string, worker?: string) =>
  sent(
    'PutItem',
    {
      TableName: 'Memory',
      Item: {
        id: { S: identity },
        status: { S: 'INPROGRESS' },
        owner: { S: 't' },
        in_progress_expiration: { N: '6000' },
      },
    },
    worker,
  );

function update(identity: string, sets: Record<string, { S?: string; N?: string }>, worker?: string) {
  const entries = Object.entries(sets);
  return sent(
    'UpdateItem',
    {
      TableName: 'Memory',
      Key: { id: { S: identity } },
      UpdateExpression: `SET ${entries.map((_, n) => `#${n} = :${n}`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(entries.map(([name], n) => [`#${n}`, name])),
      ExpressionAttributeValues: Object.fromEntries(entries.map(([, value], n) => [`:${n}`, value])),
    },
    worker,
  );
}

const mark = (identity: string, worker?: string) =>
  update(identity, { status: { S: 'COMPLETED' }, outcome: { S: 'done' } }, worker);

/** As the recorder does: ask, and answer with this status if the database is to see it. */
async function pass(stage: Stage, { request }: Sent, status = 200): Promise<'forward' | number> {
  const decision = await stage.request(request);
  if (decision.kind === 'answer') return decision.status;
  await stage.answered(request, status, {});
  return 'forward';
}

/** What is still waiting shows by not having settled after a while. */
async function isHeld(work: Promise<unknown>): Promise<boolean> {
  return Promise.race([work.then(() => false), delay(40).then(() => true)]);
}

describe('what the database accepted is written down', () => {
  test('claims, leases, effects and marks, in the order of their answers', async () => {
    const { stage } = staged();

    await pass(stage, claim('id-0-0'));
    await pass(stage, update('id-0-0', { in_progress_expiration: { N: '9000' }, expiration: { N: '1' } }));
    await pass(stage, effect('flights-0@0'));
    await pass(stage, update('id-0-1', { attempts: { N: '1' }, in_progress_expiration: { N: '0' } }));
    await pass(
      stage,
      update(
        'id-0-1',
        { status: { S: 'INPROGRESS' }, owner: { S: 't2' }, in_progress_expiration: { N: '7000' } },
        'poller-2/1',
      ),
    );
    await pass(stage, mark('id-0-0'));

    expect(stage.observations).toEqual([
      { kind: 'claim', worker: 'poller-1/1', identity: 'id-0-0', atMs: 1_000, leaseUntilMs: 6_000 },
      { kind: 'lease', worker: 'poller-1/1', identity: 'id-0-0', leaseUntilMs: 9_000 },
      { kind: 'effect', worker: 'poller-1/1', partition: 0, offset: 0 },
      { kind: 'lease', worker: 'poller-1/1', identity: 'id-0-1', leaseUntilMs: 0 },
      { kind: 'claim', worker: 'poller-2/1', identity: 'id-0-1', atMs: 1_000, leaseUntilMs: 7_000 },
      { kind: 'mark', worker: 'poller-1/1', identity: 'id-0-0' },
    ]);
  });

  test('what it refused is not, nor is a read', async () => {
    const { stage } = staged();

    for (const one of [claim('id-0-0'), effect('flights-0@0'), mark('id-0-0')]) await pass(stage, one, 400);
    await pass(stage, sent('GetItem', { TableName: 'Memory', Key: { id: { S: 'id-0-0' } } }));

    expect(stage.observations).toEqual([]);
  });

  test.each(['returns-0@0', 'flightz-0@0', 'flights-0@99', 'flights-9@0', 'nonsense', ''])(
    'an effect that names %p is none of a record of this topic',
    async (record) => {
      const { stage } = staged();

      await pass(stage, effect(record));

      const [observed] = stage.observations;
      expect(observed).toMatchObject({ kind: 'effect' });
      expect(
        FACTS.some(
          (fact) =>
            observed?.kind === 'effect' && fact.partition === observed.partition && fact.offset === observed.offset,
        ),
      ).toBe(false);
    },
  );

  test('several effects and marks of one request, each as far as the database accepted it', async () => {
    const { stage } = staged();
    const Statements = ['flights-0@0', 'flights-0@1', 'flights-0@2'].map((record) => ({
      Statement: 'UPDATE "Counters" SET "lastRecord" = ? WHERE "airport" = ?',
      Parameters: [{ S: record }, { S: 'ATL' }],
    }));
    const { request } = sent('BatchExecuteStatement', { Statements });

    await stage.request(request);
    await stage.answered(request, 200, { Responses: [{}, { Error: { Code: 'ConditionalCheckFailed' } }, {}] });

    expect(stage.observations).toEqual([
      { kind: 'effect', worker: 'poller-1/1', partition: 0, offset: 0 },
      { kind: 'effect', worker: 'poller-1/1', partition: 0, offset: 2 },
    ]);
  });

  test('a request that cannot be read is complained of, once, and passed on', async () => {
    const { stage, complaints } = staged();
    const legacy = () => sent('UpdateItem', { TableName: 'Counters', Key: {}, AttributeUpdates: {} });

    const answers = [await pass(stage, legacy()), await pass(stage, legacy())];

    expect(answers).toEqual(['forward', 'forward']);
    expect(complaints).toEqual([expect.stringContaining('AttributeUpdates cannot be read')]);
  });

  test('a worker that ended', async () => {
    const { stage } = staged();

    stage.workerEnded('poller-1/1', 'crash');

    expect(stage.observations).toEqual([{ kind: 'killed', worker: 'poller-1/1', cause: 'crash' }]);
  });
});

test('a failing record: its effect is refused twice by a fault of the database, and then goes through', async () => {
  const { stage, happened, fault } = staged('failing-record');

  const answers = [];
  for (let n = 0; n < 4; n += 1) answers.push(await pass(stage, effect('flights-0@1')));

  expect(answers).toEqual([500, 500, 'forward', 'forward']);
  expect(happened).toEqual(['failing-record']);
  expect(fault.happened).toBe(true);
  expect(stage.observations.map(({ kind }) => kind)).toEqual(['effect', 'effect']);
});

describe('a crash', () => {
  test('comes when the effect is accepted and its mark is not', async () => {
    const { stage, eventSource, happened } = staged('crash');

    await pass(stage, effect('flights-0@1'));

    expect(eventSource.done).toEqual(['kill poller-1/1']);
    expect(happened).toEqual(['crash']);
    expect(stage.observations).toEqual([{ kind: 'effect', worker: 'poller-1/1', partition: 0, offset: 1 }]);
  });

  test('waits until the other effects of the worker have their marks, and holds its further ones', async () => {
    const { stage, eventSource } = staged('crash');
    await pass(stage, effect('flights-1@0'));
    const crashing = pass(stage, effect('flights-0@1'));
    await delay(10);
    const further = pass(stage, effect('flights-1@1'));
    const before = [await isHeld(crashing), await isHeld(further)];

    await pass(stage, mark('id-1-0'));
    await crashing;

    expect(before).toEqual([true, true]);
    expect(eventSource.done).toEqual(['kill poller-1/1']);
    expect(await isHeld(further)).toBe(true);
    stage.workerEnded('poller-1/1', 'crash');
    await further;
  });

  test('does not hold the effects of other workers', async () => {
    const { stage } = staged('crash');
    await pass(stage, effect('flights-1@0'));
    const crashing = pass(stage, effect('flights-0@1'));

    expect(await isHeld(pass(stage, effect('flights-1@1', 'poller-2/1')))).toBe(false);
    await pass(stage, mark('id-1-0'));
    await crashing;
  });

  test('has not happened when the database refused the effect: it waits for the record to come again', async () => {
    const { stage, eventSource, fault } = staged('crash');

    await pass(stage, effect('flights-0@1'), 400);
    const afterTheRefusal = [...eventSource.done, fault.happened];
    await pass(stage, effect('flights-0@1'));

    expect(afterTheRefusal).toEqual([false]);
    expect(eventSource.done).toEqual(['kill poller-1/1']);
    expect(fault.happened).toBe(true);
  });

  test('has not happened when the worker was gone already: it waits for the record to come again', async () => {
    const { stage, eventSource, fault } = staged('crash');
    eventSource.alive.delete('poller-1/1');

    await pass(stage, effect('flights-0@1'));
    const afterTheFirst = fault.happened;
    await pass(stage, effect('flights-0@1', 'poller-2/1'));

    expect(afterTheFirst).toBe(false);
    expect(eventSource.done).toEqual(['kill poller-2/1']);
    expect(fault.happened).toBe(true);
  });

  test('has not happened when the worker gave up while it was held', async () => {
    const { stage, eventSource, fault } = staged('crash');
    await pass(stage, effect('flights-1@0'));
    const first = effect('flights-0@1');
    const held = stage.request(first.request);
    expect(await isHeld(held)).toBe(true);

    first.die();
    await held;
    await pass(stage, mark('id-1-0'));
    await pass(stage, effect('flights-0@1'));

    expect(eventSource.done).toEqual(['kill poller-1/1']);
    expect(fault.happened).toBe(true);
  });
});

describe('a time-out', () => {
  test('the worker stands still behind the effect, and the fault has happened when its time is over', async () => {
    const { stage, eventSource, fault } = staged('time-out');

    await pass(stage, effect('flights-0@1'));
    const whileItStands = fault.happened;
    stage.workerEnded('poller-1/1', 'time-out');

    expect(eventSource.done).toEqual(['freeze poller-1/1']);
    expect(whileItStands).toBe(false);
    expect(fault.happened).toBe(true);
  });

  test('another worker that times out meanwhile, or a crash of this one, is not it', async () => {
    const { stage, fault } = staged('time-out');
    await pass(stage, effect('flights-0@1'));

    stage.workerEnded('poller-2/1', 'time-out');

    expect(fault.happened).toBe(false);
  });

  test('when the frozen worker died of something else, the fault waits for the record to come again', async () => {
    const { stage, eventSource, fault } = staged('time-out');
    await pass(stage, effect('flights-0@1'));

    stage.workerEnded('poller-1/1', 'crash');
    const afterTheCrash = fault.happened;
    await pass(stage, effect('flights-0@1', 'poller-2/1'));
    stage.workerEnded('poller-2/1', 'time-out');

    expect(afterTheCrash).toBe(false);
    expect(eventSource.done).toEqual(['freeze poller-1/1', 'freeze poller-2/1']);
    expect(fault.happened).toBe(true);
  });
});

describe('a rebalance', () => {
  test('the effect stays on its way until another worker has asked for the same record', async () => {
    const { stage, eventSource, happened } = staged('rebalance');
    const old = pass(stage, effect('flights-0@1'));
    const beforeTheRival = await isHeld(old);

    await pass(stage, claim('id-0-0', 'poller-2/1'), 400);
    const afterAnother = await isHeld(old);
    await pass(stage, claim('id-0-1', 'poller-1/1'), 400);
    const afterItself = await isHeld(old);
    await pass(stage, claim('id-0-1', 'poller-2/1'), 400);
    await old;

    expect([beforeTheRival, afterAnother, afterItself]).toEqual([true, true, true]);
    expect(eventSource.done).toEqual(['scale up']);
    expect(happened).toEqual(['rebalance']);
    expect(stage.observations).toEqual([{ kind: 'effect', worker: 'poller-1/1', partition: 0, offset: 1 }]);
  });
});

describe('where offsets are remembered', () => {
  const LEDGER = 'ledger#group-1#cluster#1#flights#0';

  /** The claim of a partition, as a statement of a batch; the item is there. */
  const claimPartition = (worker: string) =>
    sent(
      'BatchExecuteStatement',
      {
        Statements: [
          {
            Statement: 'UPDATE "Memory" SET "owner" = ? SET "lease_until_ms" = ? WHERE "id" = ?',
            Parameters: [{ S: 't' }, { N: '6000' }, { S: LEDGER }],
          },
        ],
      },
      worker,
    );

  /** So many bytes of `skip, take`: see the contract. */
  const markRuns = (...bytes: number[]) =>
    sent('BatchExecuteStatement', {
      Statements: [
        {
          Statement: 'UPDATE "Memory" SET "runs" = ? SET "lease_until_ms" = ? WHERE "id" = ?',
          Parameters: [{ B: Buffer.from(bytes).toString('base64') }, { N: '9000' }, { S: LEDGER }],
        },
      ],
    });

  async function passBatch(stage: Stage, { request }: Sent): Promise<void> {
    await stage.request(request);
    await stage.answered(request, 200, { Responses: [{ TableName: 'Memory' }] });
  }

  test('claims and marks of the partition are written down', async () => {
    const { stage, complaints } = staged();

    await passBatch(stage, claimPartition('poller-1/1'));
    await pass(stage, effect('flights-0@1'));
    await passBatch(stage, markRuns(1, 2));

    expect(complaints).toEqual([]);
    expect(stage.observations).toEqual([
      { kind: 'claim', worker: 'poller-1/1', partition: 0, atMs: 1_000, leaseUntilMs: 6_000 },
      { kind: 'effect', worker: 'poller-1/1', partition: 0, offset: 1 },
      { kind: 'mark', worker: 'poller-1/1', partition: 0, closes: [[1, 2]], leaseUntilMs: 9_000 },
    ]);
  });

  test('a mark that was given up by a worker which lives on is lost, and says so before all that comes of it', async () => {
    const { stage } = staged();
    await pass(stage, effect('flights-0@1'));
    const given = markRuns(1, 2);
    await stage.request(given.request);
    given.die();

    await passBatch(stage, claimPartition('poller-1/1'));
    await pass(stage, effect('flights-0@1'));

    const worker = 'poller-1/1';
    expect(stage.observations).toEqual([
      { kind: 'effect', worker, partition: 0, offset: 1 },
      { kind: 'write-lost', worker, partition: 0, write: 'mark' },
      { kind: 'claim', worker, partition: 0, atMs: 1_000, leaseUntilMs: 6_000 },
      { kind: 'effect', worker, partition: 0, offset: 1 },
    ]);
  });

  test('a mark that went down with its worker, a claim that was given up, and another worker that lives are no such', async () => {
    const { stage } = staged();
    const [own, claimed] = [markRuns(1, 2), claimPartition('poller-2/1')];
    for (const { request, die } of [own, claimed]) {
      await stage.request(request);
      die();
    }

    stage.workerEnded('poller-1/1', 'crash');
    await pass(stage, effect('flights-0@1', 'poller-2/1'));

    expect(stage.observations).toEqual([
      { kind: 'killed', worker: 'poller-1/1', cause: 'crash' },
      { kind: 'effect', worker: 'poller-2/1', partition: 0, offset: 1 },
    ]);
  });

  test('a crash waits until a mark covers the other effects of the worker', async () => {
    const { stage, eventSource } = staged('crash', 1, 1);
    await pass(stage, effect('flights-0@0'));
    await pass(stage, effect('flights-0@2'));
    const crashing = pass(stage, effect('flights-1@1'));
    await passBatch(stage, markRuns(0, 1));
    const whileOneIsUnmarked = await isHeld(crashing);

    await passBatch(stage, markRuns(0, 1, 1, 1));
    await crashing;

    expect(whileOneIsUnmarked).toBe(true);
    expect(eventSource.done).toEqual(['kill poller-1/1']);
  });

  test('a rebalance waits until another worker has asked for the partition', async () => {
    const { stage, happened } = staged('rebalance');
    const old = pass(stage, effect('flights-0@1'));
    const beforeTheRival = await isHeld(old);

    const { request } = claimPartition('poller-2/1');
    await stage.answered(request, 200, { Responses: [{ Error: { Code: 'ConditionalCheckFailed' } }] });
    await old;

    expect(beforeTheRival).toBe(true);
    expect(happened).toEqual(['rebalance']);
    expect(stage.observations).toEqual([{ kind: 'effect', worker: 'poller-1/1', partition: 0, offset: 1 }]);
  });
});

describe('where effect and mark are one transaction', () => {
  /** The effects of these records of partition 0, the identities of the first one and the mark that closes `runs`. */
  const transaction = (records: string[], runs: number[], worker?: string) =>
    sent(
      'TransactWriteItems',
      {
        ClientRequestToken: `token-${records.join()}`,
        TransactItems: [
          ...records.map((record) => ({ Update: effect(record).request.input })),
          {
            Put: {
              TableName: 'Memory',
              Item: { id: { S: 'id-0-0' }, status: { S: 'COMPLETED' }, expiration: { N: '7' } },
            },
          },
          {
            Update: {
              TableName: 'Memory',
              Key: { id: { S: 'ledger#group-1#cluster#1#flights#0' } },
              UpdateExpression: 'SET runs = :runs',
              ExpressionAttributeValues: { ':runs': { B: Buffer.from(runs).toString('base64') } },
            },
          },
        ],
      },
      worker,
    );

  test('its effects and marks are written down in one go, and nothing of one that is refused', async () => {
    const { stage } = staged();

    await pass(stage, transaction(['flights-0@1'], [1, 1]), 400);
    await pass(stage, transaction(['flights-0@0', 'flights-0@1'], [0, 2]));

    expect(stage.observations).toEqual([
      { kind: 'effect', worker: 'poller-1/1', partition: 0, offset: 0 },
      { kind: 'effect', worker: 'poller-1/1', partition: 0, offset: 1 },
      { kind: 'mark', worker: 'poller-1/1', identity: 'id-0-0', rememberedUntilMs: 7_000 },
      { kind: 'mark', worker: 'poller-1/1', partition: 0, closes: [[0, 1]] },
    ]);
  });

  test('a crash comes when the transaction with its record is accepted', async () => {
    const { stage, eventSource, happened } = staged('crash');

    await pass(stage, transaction(['flights-0@0', 'flights-0@1'], [0, 2]));

    expect(eventSource.done).toEqual(['kill poller-1/1']);
    expect(happened).toEqual(['crash']);
    expect(stage.observations.map(({ kind }) => kind)).toEqual(['effect', 'effect', 'mark', 'mark']);
  });

  test('a failing record in one transaction with a crash fails first', async () => {
    const faults = (['crash', 'failing-record'] as const).map((name, offset): Fault => {
      return { name, partition: 0, offset, happened: false };
    });
    const { stage, eventSource } = stagedWith(...faults);

    const answers = [];
    for (let n = 0; n < 3; n += 1) answers.push(await pass(stage, transaction(['flights-0@0', 'flights-0@1'], [0, 2])));

    expect(answers).toEqual([500, 500, 'forward']);
    expect(eventSource.done).toEqual(['kill poller-1/1']);
    expect(faults.map(({ happened }) => happened)).toEqual([true, true]);
  });

  test('a crash before it: the worker is killed as it sends the transaction, and the database never sees it', async () => {
    const { stage, eventSource, happened } = staged('crash-before');

    const decision = await stage.request(transaction(['flights-0@0', 'flights-0@1'], [0, 2]).request);

    expect(decision).toEqual({ kind: 'drop' });
    expect(eventSource.done).toEqual(['kill poller-1/1']);
    expect(happened).toEqual(['crash-before']);
    expect(await pass(stage, transaction(['flights-0@0', 'flights-0@1'], [0, 2], 'poller-2/1'))).toBe('forward');
    expect(stage.observations.map(({ worker }) => worker)).toEqual(Array(4).fill('poller-2/1'));
  });

  test('a crash before it waits for a worker that lives', async () => {
    const { stage, eventSource, fault } = staged('crash-before');
    eventSource.alive.delete('poller-1/1');

    expect(await pass(stage, transaction(['flights-0@1'], [1, 1]))).toBe('forward');

    expect(fault.happened).toBe(false);
  });

  test('a rebalance: the transaction arrives although its sender has given it up and sent it again', async () => {
    const { stage, eventSource, happened } = staged('rebalance');
    const first = transaction(['flights-0@1'], [1, 1]);
    const held = stage.request(first.request);
    expect(await isHeld(held)).toBe(true);
    first.die();
    const again = pass(stage, transaction(['flights-0@1'], [1, 1]));
    const whileItMoves = [await isHeld(held), await isHeld(again)];

    await pass(stage, claim('id-0-1', 'poller-2/1'), 400);
    const decision = await held;
    await stage.answered(first.request, 200, {});
    await again;

    expect(whileItMoves).toEqual([true, true]);
    expect(decision).toEqual({ kind: 'forward', onItsWay: true });
    expect(eventSource.done).toEqual(['scale up']);
    expect(happened).toEqual(['rebalance']);
    // The token of the second one was known.
    expect(stage.observations.filter(({ kind }) => kind === 'effect')).toHaveLength(1);
  });
});

test('a rebalance under a function that asks for nothing before its effect: the effect itself is the asking', async () => {
  const { stage, happened } = staged('rebalance');
  const old = pass(stage, effect('flights-0@1'));
  const beforeTheRival = await isHeld(old);

  const rival = pass(stage, effect('flights-0@1', 'poller-2/1'));
  await Promise.all([old, rival]);

  expect(beforeTheRival).toBe(true);
  expect(happened).toEqual(['rebalance']);
  expect(stage.observations.map(({ worker }) => worker)).toEqual(['poller-1/1', 'poller-2/1']);
});

function stagedWith(...faults: Fault[]) {
  const eventSource = new FakeEventSource();
  const stage = new Stage({
    topic: 'flights',
    countersTable: 'Counters',
    memoryTable: 'Memory',
    parkedId: ({ partition, offset }) => `parked#group-1#u#1#flights#${partition}#${offset}`,
    facts: FACTS,
    faults,
    backstage: eventSource,
    onFault: () => {},
    complain: () => {},
  });
  return { stage, eventSource };
}

describe('a dead letter', () => {
  const DOOMED: FlightFact = {
    partition: 0,
    offset: 2,
    key: 'ATL',
    takesEffect: false,
    doom: { because: 'cannot be read', attempts: 1 },
  };
  const FACTS_WITH = FACTS.map((fact) => (fact.partition === 0 && fact.offset === 2 ? DOOMED : fact));

  function stagedLetters(...faults: Fault[]) {
    const eventSource = new FakeEventSource();
    const complaints: string[] = [];
    const stage = new Stage({
      topic: 'flights',
      countersTable: 'Counters',
      memoryTable: 'Memory',
      parkedId: ({ partition, offset }) => `parked#group-1#u#1#flights#${partition}#${offset}`,
      facts: FACTS_WITH,
      faults,
      backstage: eventSource,
      onFault: () => {},
      complain: (problem) => complaints.push(problem),
    });
    return { stage, eventSource, complaints };
  }

  const letter = (partition = 0, offset = 2) =>
    sent('SendMessageBatch', {
      QueueUrl: 'http://127.0.0.1/0/letters',
      Entries: [{ Id: '0', MessageBody: JSON.stringify({ record: { topic: 'flights', partition, offset } }) }],
    });
  const TAKEN = { Successful: [{ Id: '0' }] };
  const send = async (stage: Stage, { request }: Sent, output: object = TAKEN) => {
    const decision = await stage.request(request);
    if (decision.kind === 'forward') await stage.answered(request, 200, output);
    return decision.kind;
  };
  const park = () =>
    sent('PutItem', {
      TableName: 'Memory',
      Item: { id: { S: 'parked#group-1#u#1#flights#0#2' }, outcome: { S: 'parked' } },
    });

  test('that the queue took is written down, and so is the parked item behind it', async () => {
    const { stage, complaints } = stagedLetters();

    await send(stage, letter());
    await pass(stage, park());

    expect(stage.observations).toEqual([{ kind: 'letter', worker: 'poller-1/1', partition: 0, offset: 2 }]);
    expect(stage.parkedItems).toEqual([{ at: 1, worker: 'poller-1/1', partition: 0, offset: 2 }]);
    expect([...stage.unheardLetters, ...complaints]).toEqual([]);
  });

  test('that the queue did not take is none', async () => {
    const { stage } = stagedLetters();

    await send(stage, letter(), { Failed: [{ Id: '0', Code: 'InternalError' }] });

    expect(stage.observations).toEqual([]);
  });

  test('whose writer has given up does not count as heard of', async () => {
    const { stage } = stagedLetters();
    const given = letter();
    await stage.request(given.request);
    given.die();
    await stage.answered(given.request, 200, TAKEN);

    expect([...stage.unheardLetters]).toEqual([0]);
  });

  test('of the scripted record kills its writer, with the letter in the queue and every other effect marked', async () => {
    const fault: Fault = { name: 'crash-letter', partition: 0, offset: 2, happened: false };
    const { stage, eventSource } = stagedLetters(fault);
    await pass(stage, effect('flights-1@0'));
    const dying = send(stage, letter());
    const isHeldForTheMark = await isHeld(dying);
    await pass(stage, claim('id-1-0'));
    await pass(stage, mark('id-1-0'));
    await dying;

    expect(isHeldForTheMark).toBe(true);
    expect([fault.happened, eventSource.done]).toEqual([true, ['kill poller-1/1']]);
    expect(stage.observations.at(-1)).toMatchObject({ kind: 'letter', offset: 2 });
  });

  test('that waits for its mark holds a fault, and lets by what its mark waits for, and nothing else', async () => {
    const crash: Fault = { name: 'crash', partition: 1, offset: 1, happened: false };
    const { stage, eventSource } = stagedLetters(crash);
    await send(stage, letter());
    const striking = pass(stage, effect('flights-1@1'));
    expect(await isHeld(striking)).toBe(true);
    const other = pass(stage, effect('flights-1@2'));

    await pass(stage, effect('flights-0@1'));
    expect(await isHeld(other)).toBe(true);
    await pass(stage, mark('id-0-1'));
    await pass(stage, park());
    await striking;

    expect(eventSource.done).toEqual(['kill poller-1/1']);
    stage.workerEnded('poller-1/1', 'crash');
    await other;
  });
});

describe('several faults', () => {
  const fault = (name: FaultName, partition: number, offset: number): Fault => ({
    name,
    partition,
    offset,
    happened: false,
  });

  test('of one worker come one at a time: the second waits until the first is over', async () => {
    const timeOut = fault('time-out', 0, 1);
    const { stage, eventSource } = stagedWith(timeOut, fault('crash', 1, 1));
    await pass(stage, effect('flights-0@1'));
    const second = stage.request(effect('flights-1@1').request).then(({ kind }) => kind);
    const whileTheFirstActs = await isHeld(second);

    stage.workerEnded('poller-1/1', 'time-out');
    eventSource.alive.add('poller-1/2');
    const ofTheDead = await second;
    await pass(stage, effect('flights-1@1', 'poller-1/2'));

    expect([whileTheFirstActs, ofTheDead]).toEqual([true, 'drop']);
    expect(timeOut.happened).toBe(true);
    expect(eventSource.done).toEqual(['freeze poller-1/1', 'kill poller-1/2']);
  });

  test('of a worker that is killed, the second finds it dead before the event source says so', async () => {
    const [first, second] = [fault('crash', 0, 1), fault('time-out', 1, 1)];
    const { stage, eventSource } = stagedWith(first, second);
    const killing = effect('flights-0@1').request;
    await stage.request(killing);
    const waiting = stage.request(effect('flights-1@1').request);

    await stage.answered(killing, 200, {});
    const ofTheDead = await waiting;
    stage.workerEnded('poller-1/1', 'crash');
    eventSource.alive.add('poller-1/2');
    await pass(stage, effect('flights-1@1', 'poller-1/2'));

    expect(ofTheDead).toEqual({ kind: 'drop' });
    expect(eventSource.done).toEqual(['kill poller-1/1', 'freeze poller-1/2']);
  });

  test('a request that was given up while it waited its turn never arrives: the fault waits for the record to come again', async () => {
    const crash = fault('crash', 1, 1);
    const { stage, eventSource } = stagedWith(fault('time-out', 0, 1), crash);
    await pass(stage, effect('flights-0@1'));
    const waiting = effect('flights-1@1');
    const decision = stage.request(waiting.request);
    await delay(10);

    waiting.die();
    const ofTheGivenUp = await decision;
    stage.workerEnded('poller-1/1', 'time-out');
    eventSource.alive.add('poller-1/2');
    await pass(stage, effect('flights-1@1', 'poller-1/2'));

    expect(ofTheGivenUp).toEqual({ kind: 'drop' });
    expect(crash.happened).toBe(true);
  });

  test('of two workers do not wait for each other: the rival of a rebalance may have to crash first', async () => {
    const crash = fault('crash', 1, 1);
    const rebalance = fault('rebalance', 0, 1);
    const { stage, eventSource } = stagedWith(rebalance, crash);
    const old = pass(stage, effect('flights-0@1'));
    await delay(10);

    await pass(stage, effect('flights-1@1', 'poller-2/1'));
    stage.workerEnded('poller-2/1', 'crash');
    const untilTheRivalAsks = await isHeld(old);
    await pass(stage, claim('id-0-1', 'poller-2/2'), 400);
    await old;

    expect(untilTheRivalAsks).toBe(true);
    expect(eventSource.done).toEqual(['scale up', 'kill poller-2/1']);
    expect([crash.happened, rebalance.happened]).toEqual([true, true]);
  });
});

test('a rebalance waits for a time-out of another worker: nothing moves away from a worker that stands still', async () => {
  const timeOut: Fault = { name: 'time-out', partition: 1, offset: 1, happened: false };
  const rebalance: Fault = { name: 'rebalance', partition: 0, offset: 1, happened: false };
  const { stage, eventSource } = stagedWith(timeOut, rebalance);
  await pass(stage, effect('flights-1@1', 'poller-2/1'));
  const moving = pass(stage, effect('flights-0@1'));
  const whileItStands = [await isHeld(moving), ...eventSource.done];

  stage.workerEnded('poller-2/1', 'time-out');
  await until(() => eventSource.done.includes('scale up'), 'the partition moves');
  await pass(stage, claim('id-0-1', 'poller-2/2'), 400);
  await moving;

  expect(whileItStands).toEqual([true, 'freeze poller-2/1']);
  expect([timeOut.happened, rebalance.happened]).toEqual([true, true]);
});

test('a rebalance that does not come about is tried five times, and then left out', async () => {
  const { stage, eventSource, fault } = staged('rebalance');

  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const worker = `poller-1/${attempt}`;
    const held = stage.request(effect('flights-0@1', worker).request);
    expect(await isHeld(held)).toBe(true);
    stage.workerEnded(worker, 'time-out');
    expect(await held).toEqual({ kind: 'drop' });
  }
  const answer = await pass(stage, effect('flights-0@1'));

  expect(answer).toBe('forward');
  expect(eventSource.done).toEqual(Array.from({ length: 5 }, () => 'scale up'));
  expect(fault.happened).toBe(false);
});

/** The promise of the ledger (protocol section 1): the unit is the record, the hold its partition. */
import type { Promised } from '../../../local/oracle/promise';
import { broken, fact, History, judgedBy, LEASE_MS, LEDGER } from './history';

const TOPIC = [fact(0, 0, 'a'), fact(0, 1, 'b'), fact(0, 2, 'a')];
const OPEN = ['0@0', '0@1', '0@2'];

function causes(history: History, promised: Promised = LEDGER): (string | undefined)[] {
  return judgedBy(promised, TOPIC, history.observations, OPEN).repeated.map(({ cause }) => cause);
}

test('duplicates of the producer run each, and are counted', () => {
  const history = new History()
    .claim('w1', 0)
    .effect('w1', 0, 0)
    .effect('w1', 0, 1)
    .effect('w1', 0, 2)
    .close('w1', 0, [0, 2]);

  expect(judgedBy(LEDGER, TOPIC, history.observations)).toMatchObject({
    producerDuplicates: 1,
    effects: 3,
    suppressed: 0,
    twice: 0,
    violations: [],
  });
});

test('records without an identity are told apart by their offsets', () => {
  const topic = [
    { partition: 0, offset: 0 },
    { partition: 0, offset: 1 },
  ];
  const history = new History().effect('w1', 0, 0).effect('w1', 0, 1);

  expect(judgedBy(LEDGER, topic, history.observations)).toMatchObject({ producerDuplicates: 0, violations: [] });
  expect(broken(LEDGER, topic, history.effect('w1', 0, 1))).toEqual(['twice 0@1']);
});

describe('a repeat is admitted', () => {
  const unmarked = () => new History().claim('w1', 0).effect('w1', 0, 0);

  test('when its worker died before the mark', () => {
    const history = unmarked().kill('w1').pass(LEASE_MS).claim('w2', 0).effect('w2', 0, 0);

    expect(causes(history)).toEqual(['crash']);
  });

  test('when its worker lost the lease on the partition', () => {
    const history = unmarked().pass(LEASE_MS).claim('w2', 0).effect('w2', 0, 0);

    expect(causes(history)).toEqual(['lease lost']);
  });

  test('not when a mark had closed its offset, among others', () => {
    const history = unmarked().close('w1', 0, [0, 1]).kill('w1').pass(LEASE_MS).claim('w2', 0).effect('w2', 0, 0);

    expect(causes(history)).toEqual([undefined]);
  });

  test('when a mark had closed only the offsets beside it', () => {
    const history = unmarked().effect('w1', 0, 1).close('w1', 0, [1, 2]).kill('w1').pass(LEASE_MS).claim('w2', 0);

    expect(causes(history.effect('w2', 0, 0).effect('w2', 0, 1))).toEqual(['crash', undefined]);
  });

  test('not when a mark that was sent after the run had ended left its offset out', () => {
    const ran = () => new History().claim('w1', 0).start('w1', '0@0').effect('w1', 0, 0).end('w1', '0@0').pass(10);
    const repeat = (history: History) => history.kill('w1').pass(LEASE_MS).claim('w2', 0).effect('w2', 0, 0);
    const mark = (sentAtMs: number) =>
      ({ kind: 'mark', worker: 'w1', partition: 0, closes: [[1, 1]], sentAtMs }) as const;
    const { nowMs } = new History();

    expect(causes(repeat(ran().add(mark(nowMs + 1))))).toEqual([undefined]);
    expect(causes(repeat(ran().add(mark(nowMs))))).toEqual(['crash']);
    expect(causes(repeat(ran()))).toEqual(['crash']);
  });

  test('not when the lease on another partition was lost', () => {
    const history = unmarked().claim('w1', 1).pass(LEASE_MS).claim('w2', 1).effect('w2', 0, 0);

    expect(causes(history)).toEqual([undefined]);
  });

  test('when user code itself reported the run as failed', () => {
    const run = (result: 'rejected' | 'resolved') =>
      new History()
        .claim('w1', 0)
        .start('w1', '0@0', 1, 7)
        .effect('w1', 0, 0, 7)
        .end('w1', '0@0', result, 7)
        .start('w1', '0@0', 1, 8)
        .effect('w1', 0, 0, 8)
        .end('w1', '0@0', 'resolved', 8);

    expect(causes(run('rejected'))).toEqual(['failed run']);
    expect(causes(run('resolved'))).toEqual([undefined]);
  });

  test('when an effect of a failed run lands behind the mark of the next one, and only once', () => {
    const history = new History()
      .claim('w1', 0)
      .start('w1', '0@0', 1, 7)
      .end('w1', '0@0', 'aborted', 7)
      .start('w1', '0@0', 1, 8)
      .effect('w1', 0, 0, 8)
      .end('w1', '0@0', 'resolved', 8)
      .close('w1', 0, [0, 0])
      .effect('w1', 0, 0, 7);

    expect(causes(history)).toEqual(['failed run']);
    expect(causes(history.effect('w1', 0, 0, 8))).toEqual(['failed run', undefined]);
  });

  test('when a fault sent the request of the effect once more', () => {
    const history = (isCopy: boolean) =>
      unmarked().close('w1', 0, [0, 0]).add({ kind: 'effect', worker: 'w1', partition: 0, offset: 0, isCopy });

    expect(causes(history(true))).toEqual(['late copy']);
    expect(causes(history(false))).toEqual([undefined]);
    expect(causes(history(true), { remember: 'transaction', order: 'partition' })).toEqual([undefined]);
  });

  test('when a fault kept the mark from the database', () => {
    const lost = (history: History) => history.pass(LEASE_MS).claim('w1', 0).effect('w1', 0, 0);

    expect(causes(lost(unmarked().lose('w1', 0, 'mark')))).toEqual(['mark lost']);
    expect(causes(lost(unmarked().lose('w1', 0, 'lease')))).toEqual([undefined]);
    expect(causes(lost(unmarked().lose('w1', 1, 'mark')))).toEqual([undefined]);
    expect(causes(lost(unmarked()))).toEqual([undefined]);
  });

  test('not for a lease lost after the end of the invocation, where every lost write is seen', () => {
    const idle = (end: (history: History) => History) =>
      end(new History().deliver('w1', '0@0').claim('w1', 0).effect('w1', 0, 0))
        .pass(LEASE_MS)
        .claim('w2', 0)
        .effect('w2', 0, 0);
    const seesLostWrites = { ...LEDGER, seesLostWrites: true };

    expect(causes(idle((history) => history.answer('w1', '0@0')))).toEqual(['lease lost']);
    expect(
      causes(
        idle((history) => history.answer('w1', '0@0')),
        seesLostWrites,
      ),
    ).toEqual([undefined]);
    expect(
      causes(
        idle((history) => history.fail('w1')),
        seesLostWrites,
      ),
    ).toEqual([undefined]);
    expect(
      causes(
        idle((history) => history.lose('w1', 0).fail('w1')),
        seesLostWrites,
      ),
    ).toEqual(['mark lost']);
    expect(
      causes(
        idle((history) => history),
        seesLostWrites,
      ),
    ).toEqual(['lease lost']);
  });

  test('not for a lease that nothing but standing still can have lost, of a worker that went on', () => {
    const keepsLeases = { ...LEDGER, keepsLeases: true };
    const lost = (stalledMs: number) => {
      const history = unmarked().pass(100);
      if (stalledMs > 0) history.add({ kind: 'frozen', worker: 'w1', atMs: history.nowMs });
      history.pass(stalledMs);
      if (stalledMs > 0) history.add({ kind: 'thawed', worker: 'w1', atMs: history.nowMs });
      return history.pass(LEASE_MS).claim('w2', 0).effect('w2', 0, 0);
    };

    expect(causes(lost(0))).toEqual(['lease lost']);
    expect(causes(lost(0), keepsLeases)).toEqual([undefined]);
    expect(causes(lost(3_000), keepsLeases)).toEqual(['lease lost']);
  });

  test('not for a run that began when its lease was over, or when another worker had taken over', () => {
    const late = (before: (history: History) => History) =>
      before(new History().claim('w1', 0))
        .start('w1', '0@0')
        .effect('w1', 0, 0)
        .pass(LEASE_MS)
        .claim('w2', 0)
        .effect('w2', 0, 0);

    expect(causes(late((history) => history.pass(LEASE_MS)))).toEqual(['lease lost']);
    expect(causes(late((history) => history.pass(LEASE_MS + 1)))).toEqual([undefined]);
    expect(causes(late((history) => history.pass(LEASE_MS).claim('w3', 0)))).toEqual([undefined]);
  });
});

describe('the bound: what finished at most a checkpoint before the death', () => {
  const promised: Promised = { ...LEDGER, checkpointMs: 250 };
  const died = (before: (history: History) => History) =>
    before(new History().claim('w1', 0)).kill('w1').pass(LEASE_MS).claim('w2', 0).effect('w2', 0, 0);

  test.each([
    [250, 'crash'],
    [251, undefined],
  ])('an effect %p ms before it: %p', (ms, cause) => {
    expect(
      causes(
        died((history) => history.effect('w1', 0, 0).pass(ms)),
        promised,
      ),
    ).toEqual([cause]);
  });

  test('is one of a worker that goes on: what it stood still does not count', () => {
    const stalled = (before: number, after: number) => (history: History) =>
      history
        .effect('w1', 0, 0)
        .pass(before)
        .add({ kind: 'frozen', worker: 'w1', atMs: history.nowMs })
        .pass(10_000)
        .add({ kind: 'thawed', worker: 'w1', atMs: history.nowMs })
        .pass(after);
    const forGood = (history: History) =>
      history.effect('w1', 0, 0).pass(250).add({ kind: 'frozen', worker: 'w1', atMs: history.nowMs }).pass(10_000);

    expect(causes(died(stalled(200, 50)), promised)).toEqual(['crash']);
    expect(causes(died(stalled(200, 51)), promised)).toEqual([undefined]);
    expect(causes(died(forGood), promised)).toEqual(['crash']);
  });

  test('counts from the end of the run, and not for a run that goes on', () => {
    const run = (history: History) => history.start('w1', '0@0').effect('w1', 0, 0).pass(1_000);

    expect(causes(died(run), promised)).toEqual(['crash']);
    expect(
      causes(
        died((history) => run(history).end('w1', '0@0')),
        promised,
      ),
    ).toEqual(['crash']);
    expect(
      causes(
        died((history) => run(history).end('w1', '0@0').pass(251)),
        promised,
      ),
    ).toEqual([undefined]);
  });

  test('is not asked where the mark was on its way, or where times are not known', () => {
    const sent = (history: History) => history.effect('w1', 0, 0).pass(500);
    const history = new History().claim('w1', 0);
    sent(history).kill('w1').pass(LEASE_MS).claim('w2', 0).effect('w2', 0, 0);
    const sentAtMs = history.nowMs - LEASE_MS;
    const landed = { kind: 'mark', worker: 'w1', partition: 0, closes: [[0, 0]], sentAtMs } as const;
    const timeless = history.observations.map(({ atMs: _, ...rest }) => rest) as typeof history.observations;

    expect(causes(history, promised)).toEqual([undefined]);
    expect(judgedBy(promised, TOPIC, [...history.observations, landed], OPEN).admitted).toBe(1);
    expect(
      judgedBy(
        promised,
        TOPIC,
        timeless.map((one, index) =>
          index === 0 || index === 3 ? history.observations[index] : one,
        ) as typeof timeless,
        OPEN,
      ).admitted,
    ).toBe(1);
  });

  test('with identities one death admits the repeats of 25 records that had finished, and no more', () => {
    const topic = Array.from({ length: 30 }, (_, offset) => fact(0, offset, `id-${offset}`));
    const history = new History();
    for (const { offset, identity } of topic) {
      history.claim('w1', identity).start('w1', `0@${offset}`).effect('w1', 0, offset).end('w1', `0@${offset}`);
    }
    history.kill('w1').pass(LEASE_MS);
    for (const { offset, identity } of topic)
      history.claim('w2', identity).effect('w2', 0, offset).mark('w2', identity);
    const bounded: Promised = { remember: 'identity', order: 'key', checkpointMs: 250 };

    expect(judgedBy(bounded, topic, history.observations)).toMatchObject({ admitted: 25, twice: 5 });
    expect(judgedBy({ ...bounded, checkpointMs: undefined }, topic, history.observations)).toMatchObject({
      admitted: 30,
    });
  });
});

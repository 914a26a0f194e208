/** The oracle must be seen to fail: each finding by a planted history, and each neighbour that must not fail. */
import { judgeRun } from '../../../local/oracle/oracle';
import { fact, History, IDENTITY, LEASE_MS, nothingOpen } from './history';

/** Records a, b, c of one key on partition 0, at offsets 0, 1, 2. */
const TOPIC = [fact(0, 0, 'a'), fact(0, 1, 'b'), fact(0, 2, 'c')];

/** The counts; what is listed besides is looked at where it is special. */
function judged(history: History, topic = TOPIC, isOpen: (name: string) => boolean = nothingOpen) {
  const findings = judgeRun(IDENTITY, topic, history.observations, ({ partition, offset }) =>
    isOpen(`${partition}@${offset}`),
  );
  const { violations: _, parked: __, zombieEffects: ___, zombieWrites: ____, ...counts } = findings;
  return counts;
}

/** One record that goes well. */
const well = (history: History, worker: string, offset: number, identity: string) =>
  history.claim(worker, identity).effect(worker, 0, offset).mark(worker, identity);

const sound = () => {
  const history = new History();
  for (const [offset, identity] of ['a', 'b', 'c'].entries()) well(history, 'w1', offset, identity);
  return history;
};

const CLEAN: ReturnType<typeof judged> = {
  records: 3,
  producerDuplicates: 0,
  effects: 3,
  suppressed: 0,
  open: 0,
  lost: 0,
  repeated: [],
  admitted: 0,
  twice: 0,
  outOfOrder: 0,
  foreign: 0,
};

test('a run in which nothing went wrong', () => {
  expect(judged(sound())).toEqual(CLEAN);
});

test('an empty topic and an empty run', () => {
  expect(judged(new History(), [])).toEqual({ ...CLEAN, records: 0, effects: 0 });
});

describe('lost', () => {
  test('a record without an effect', () => {
    const history = new History();
    well(history, 'w1', 0, 'a');
    well(history, 'w1', 2, 'c');

    expect(judged(history)).toEqual({ ...CLEAN, effects: 2, lost: 1 });
  });

  test('a claim and a mark are no effect', () => {
    const history = new History();
    well(history, 'w1', 0, 'a');
    history.claim('w1', 'b').mark('w1', 'b');
    well(history, 'w1', 2, 'c');

    expect(judged(history)).toMatchObject({ lost: 1, suppressed: 0 });
  });

  test('a fact that was produced twice and took no effect is lost once', () => {
    const topic = [...TOPIC, fact(0, 3, 'd'), fact(0, 4, 'd')];

    expect(judged(sound(), topic)).toMatchObject({ lost: 1, suppressed: 0, producerDuplicates: 1 });
  });
});

describe('open', () => {
  test('a record that is not committed, with its effect or without', () => {
    const history = new History();
    well(history, 'w1', 0, 'a');
    well(history, 'w1', 1, 'b');

    const findings = judged(history, TOPIC, (name) => name === '0@1' || name === '0@2');

    expect(findings).toMatchObject({ open: 2, lost: 0 });
  });
});

describe('foreign', () => {
  test.each([
    ['an offset that is not on the topic', 0, 3],
    ['a partition that is not on the topic', 1, 0],
    ['no number at all', Number.NaN, Number.NaN],
  ])('%s', (_, partition, offset) => {
    const history = sound().effect('w1', partition, offset);

    expect(judged(history)).toEqual({ ...CLEAN, effects: 4, foreign: 1 });
  });
});

describe('out of order', () => {
  test('a first effect behind the first effect of a later record of its key', () => {
    const history = new History();
    for (const [offset, identity] of [
      [1, 'b'],
      [0, 'a'],
      [2, 'c'],
    ] as const) {
      well(history, 'w1', offset, identity);
    }

    expect(judged(history)).toEqual({ ...CLEAN, outOfOrder: 1 });
  });

  test('each one that came late counts', () => {
    const history = new History();
    for (const [offset, identity] of [
      [2, 'c'],
      [0, 'a'],
      [1, 'b'],
    ] as const) {
      well(history, 'w1', offset, identity);
    }

    expect(judged(history)).toMatchObject({ outOfOrder: 2 });
  });

  test('not: records of other keys, of other partitions, and a repeat', () => {
    const topic = [fact(0, 0, 'a', 'ATL'), fact(0, 1, 'b', 'BOS'), fact(1, 5, 'c', 'ATL')];
    const history = new History()
      .effect('w1', 1, 5)
      .effect('w1', 0, 1)
      .effect('w1', 0, 0)
      .kill('w1')
      .effect('w2', 0, 0);

    expect(judged(history, topic)).toMatchObject({ outOfOrder: 0 });
  });
});

describe('suppressed: a duplicate of the producer that took no effect', () => {
  const withDuplicate = [...TOPIC, fact(0, 3, 'b')];

  test('counts once for each', () => {
    const findings = judged(sound(), [...withDuplicate, fact(0, 4, 'b')]);

    expect(findings).toEqual({ ...CLEAN, records: 5, producerDuplicates: 2, suppressed: 2 });
  });

  test('not while it is open', () => {
    expect(judged(sound(), withDuplicate, (name) => name === '0@3')).toMatchObject({ suppressed: 0, open: 1 });
  });

  test('not when it took effect: then the fact took effect twice', () => {
    const findings = judged(sound().effect('w1', 0, 3), withDuplicate);

    expect(findings).toMatchObject({ suppressed: 0, twice: 1, lost: 0 });
    expect(findings.repeated).toEqual([{ partition: 0, offset: 3, identity: 'b', cause: undefined }]);
  });

  test('whichever of the two took the effect, the other one is suppressed', () => {
    const history = new History();
    well(history, 'w1', 0, 'a');
    well(history, 'w1', 2, 'c');
    well(history, 'w1', 3, 'b');

    expect(judged(history, withDuplicate)).toMatchObject({ suppressed: 1, twice: 0, lost: 0 });
  });
});

/** The first effect of `a` by w1, under its claim, without a mark yet. */
const unmarked = () => new History().claim('w1', 'a').effect('w1', 0, 0);
const ONLY_A = [fact(0, 0, 'a')];
const repeatsOf = (history: History) => {
  const { repeated, admitted, twice } = judged(history, ONLY_A);
  expect(repeated).toHaveLength(admitted + twice);
  return { admitted, twice, causes: repeated.map(({ cause }) => cause) };
};

describe('admitted: an effect whose mark was not accepted before its worker was killed or lost its lease', () => {
  test('a crash between effect and mark, with its cause', () => {
    const history = unmarked()
      .kill('w1', 'time-out')
      .pass(LEASE_MS)
      .claim('w2', 'a')
      .effect('w2', 0, 0)
      .mark('w2', 'a');

    expect(repeatsOf(history)).toEqual({ admitted: 1, twice: 0, causes: ['time-out'] });
  });

  test('the lease ran out, and another worker claimed it between the effect and its repeat', () => {
    const history = unmarked().pass(LEASE_MS).claim('w2', 'a').effect('w2', 0, 0);

    expect(repeatsOf(history)).toEqual({ admitted: 1, twice: 0, causes: ['lease lost'] });
  });

  test('the lease was given back, as after a failure whose effect had landed', () => {
    const history = unmarked().release('w1', 'a').claim('w2', 'a').effect('w2', 0, 0);

    expect(repeatsOf(history)).toEqual({ admitted: 1, twice: 0, causes: ['lease lost'] });
  });

  test('the database accepted the effect only when its worker was dead already', () => {
    const history = new History()
      .claim('w1', 'a')
      .kill('w1')
      .effect('w1', 0, 0)
      .pass(LEASE_MS)
      .claim('w2', 'a')
      .effect('w2', 0, 0);

    expect(repeatsOf(history)).toEqual({ admitted: 1, twice: 0, causes: ['crash'] });
  });

  test('a stalled worker: its effect landed behind the claim of the next one', () => {
    const history = new History()
      .claim('w1', 'a')
      .pass(LEASE_MS)
      .claim('w2', 'a')
      .effect('w1', 0, 0)
      .effect('w2', 0, 0);

    expect(repeatsOf(history)).toEqual({ admitted: 1, twice: 0, causes: ['lease lost'] });
  });

  test('a stalled worker: its effect landed behind effect and mark of the next one', () => {
    const history = new History()
      .claim('w1', 'a')
      .pass(LEASE_MS)
      .claim('w2', 'a')
      .effect('w2', 0, 0)
      .mark('w2', 'a')
      .effect('w1', 0, 0);

    expect(repeatsOf(history)).toEqual({ admitted: 1, twice: 0, causes: ['lease lost'] });
  });

  test('a dead worker: its effect landed behind effect and mark of the next one', () => {
    const history = new History().claim('w1', 'a').kill('w1').pass(LEASE_MS).claim('w2', 'a');
    history.effect('w2', 0, 0).mark('w2', 'a').effect('w1', 0, 0);

    expect(repeatsOf(history)).toEqual({ admitted: 1, twice: 0, causes: ['crash'] });
  });

  test('two crashes, each with a repeat of its own', () => {
    const history = unmarked()
      .kill('w1', 'crash')
      .pass(LEASE_MS)
      .claim('w2', 'a')
      .effect('w2', 0, 0)
      .kill('w2', 'time-out')
      .pass(LEASE_MS)
      .claim('w3', 'a')
      .effect('w3', 0, 0)
      .mark('w3', 'a');

    expect(repeatsOf(history)).toEqual({ admitted: 2, twice: 0, causes: ['crash', 'time-out'] });
  });
});

describe('twice: every other repeat', () => {
  test('without a kill, by the same worker', () => {
    expect(repeatsOf(unmarked().effect('w1', 0, 0))).toEqual({ admitted: 0, twice: 1, causes: [undefined] });
  });

  test('without a kill, by another worker', () => {
    expect(repeatsOf(unmarked().effect('w2', 0, 0))).toMatchObject({ admitted: 0, twice: 1 });
  });

  test('by the same worker under a second claim of its own', () => {
    const history = unmarked().pass(LEASE_MS).claim('w1', 'a').effect('w1', 0, 0);

    expect(repeatsOf(history)).toMatchObject({ admitted: 0, twice: 1 });
  });

  test('the mark was accepted before the kill', () => {
    const history = unmarked().mark('w1', 'a').kill('w1').claim('w2', 'a').effect('w2', 0, 0);

    expect(repeatsOf(history)).toMatchObject({ admitted: 0, twice: 1 });
  });

  test('the mark was accepted after the kill, and the repeat came behind both', () => {
    const history = unmarked().kill('w1').mark('w1', 'a').claim('w2', 'a').effect('w2', 0, 0);

    expect(repeatsOf(history)).toMatchObject({ admitted: 0, twice: 1 });
  });

  test('the mark was accepted before another worker claimed', () => {
    const history = unmarked().mark('w1', 'a').pass(LEASE_MS).claim('w2', 'a').effect('w2', 0, 0);

    expect(repeatsOf(history)).toMatchObject({ admitted: 0, twice: 1 });
  });

  test('another worker was killed', () => {
    const history = unmarked().kill('w2').effect('w3', 0, 0);

    expect(repeatsOf(history)).toMatchObject({ admitted: 0, twice: 1 });
  });

  test('the worker was killed, but only behind the repeat', () => {
    const history = unmarked().effect('w2', 0, 0).kill('w1');

    expect(repeatsOf(history)).toMatchObject({ admitted: 0, twice: 1 });
  });

  test('a claim on another identity takes no lease away', () => {
    const history = unmarked().pass(LEASE_MS).claim('w2', 'b').effect('w2', 0, 0);

    expect(repeatsOf(history)).toMatchObject({ admitted: 0, twice: 1 });
  });

  test('a mark on another identity is no mark of this one, and a release by a worker that holds nothing is none', () => {
    const history = unmarked().mark('w1', 'b').release('w2', 'b').effect('w1', 0, 0);

    expect(repeatsOf(history)).toMatchObject({ admitted: 0, twice: 1 });
  });

  test('a lease that was stolen while it ran', () => {
    const history = unmarked()
      .pass(LEASE_MS - 1)
      .claim('w2', 'a')
      .effect('w2', 0, 0);

    expect(repeatsOf(history)).toMatchObject({ admitted: 0, twice: 1 });
  });

  test('a lease that was stolen after it had been renewed', () => {
    const history = unmarked()
      .pass(LEASE_MS - 1)
      .renew('w1', 'a')
      .pass(1_000)
      .claim('w2', 'a')
      .effect('w2', 0, 0);

    expect(repeatsOf(history)).toMatchObject({ admitted: 0, twice: 1 });
  });

  test('the robbed worker repeats what the thief did', () => {
    const history = new History().claim('w1', 'a').pass(1).claim('w2', 'a').effect('w2', 0, 0).effect('w1', 0, 0);

    expect(repeatsOf(history)).toMatchObject({ admitted: 0, twice: 1 });
  });

  test('a worker that never claimed, between an effect and the repeat that its lost lease admits', () => {
    const history = unmarked().effect('w3', 0, 0).pass(LEASE_MS).claim('w2', 'a').effect('w2', 0, 0).mark('w2', 'a');

    expect(repeatsOf(history)).toEqual({ admitted: 1, twice: 1, causes: [undefined, 'lease lost'] });
  });

  test('a dead worker that had never claimed cannot have sent it', () => {
    const history = unmarked().mark('w1', 'a').kill('w2').effect('w2', 0, 0);

    expect(repeatsOf(history)).toMatchObject({ admitted: 0, twice: 1 });
  });

  test('a dead worker cannot have sent it once more after its own mark', () => {
    const history = unmarked().mark('w1', 'a').kill('w1').effect('w1', 0, 0);

    expect(repeatsOf(history)).toMatchObject({ admitted: 0, twice: 1 });
  });

  test('three effects in a chain with one cause: one is admitted, one is not', () => {
    const afterTheRepeat = unmarked().kill('w1').pass(LEASE_MS).claim('w2', 'a').effect('w2', 0, 0).effect('w2', 0, 0);
    const beforeIt = unmarked().effect('w1', 0, 0).kill('w1').pass(LEASE_MS).claim('w2', 'a').effect('w2', 0, 0);

    expect(repeatsOf(afterTheRepeat)).toEqual({ admitted: 1, twice: 1, causes: ['crash', undefined] });
    expect(repeatsOf(beforeIt)).toEqual({ admitted: 1, twice: 1, causes: [undefined, 'crash'] });
  });

  test('a worker that lost its lease, claimed anew, and repeated without losing it again', () => {
    const history = new History()
      .claim('w1', 'a')
      .pass(LEASE_MS)
      .claim('w2', 'a')
      .release('w2', 'a')
      .claim('w1', 'a')
      .effect('w1', 0, 0)
      .effect('w1', 0, 0);

    expect(repeatsOf(history)).toMatchObject({ admitted: 0, twice: 1 });
  });
});

test('repeats are listed in the order of the topic, whenever they happened', () => {
  const topic = [fact(0, 5, 'a'), fact(1, 2, 'b'), fact(0, 40, 'c')];
  const crashed = (offsets: readonly (readonly [number, number])[]) => {
    const history = new History();
    for (const [partition, offset] of offsets) history.effect('w1', partition, offset);
    history.kill('w1');
    for (const [partition, offset] of offsets) history.effect('w2', partition, offset);
    return history;
  };
  const places = (history: History) =>
    judged(history, topic).repeated.map(({ partition, offset }) => [partition, offset]);

  const [one, other] = [
    places(
      crashed([
        [1, 2],
        [0, 40],
        [0, 5],
      ]),
    ),
    places(
      crashed([
        [0, 5],
        [0, 40],
        [1, 2],
      ]),
    ),
  ];

  expect(one).toEqual([
    [0, 5],
    [0, 40],
    [1, 2],
  ]);
  expect(other).toEqual(one);
});

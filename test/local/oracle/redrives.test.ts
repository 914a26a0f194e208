/** P6: what a redrive of parked records may do, and what it may say. */
import type { Observation, RedriveOutcome } from '../../../local/oracle/observation';
import type { Promised } from '../../../local/oracle/promise';
import { at, broken, fact, History, LEDGER, TRANSACTION } from './history';

const TOPIC = [fact(0, 0, 'a')];
const parks = (promised: Promised): Promised => ({ ...promised, maxAttempts: 2 });
const found = (history: History, promised = LEDGER) => broken(parks(promised), TOPIC, history);

class Redriven extends History {
  /** What is seen of a redrive's worker. */
  by(worker: string, what: (history: History) => History): this {
    const own = new History();
    own.nowMs = this.nowMs;
    for (const seen of what(own).observations) this.add({ kind: 'redrive', worker, seen });
    return this;
  }

  done(worker: string): this {
    return this.by(worker, (own) => own.add({ kind: 'redriven', worker, ...at('0@0') }));
  }

  answers(worker: string, ...outcomes: RedriveOutcome[]): this {
    return this.add({
      kind: 'redrive-answer',
      worker,
      outcomes: outcomes.map((outcome) => ({ ...at('0@0'), outcome })),
    });
  }

  /** The record begins in a redrive. */
  begins(worker: string, attempt = 2): this {
    return this.by(worker, (own) => own.deliver(worker, '0@0').start(worker, '0@0', attempt));
  }

  works(worker: string): this {
    return this.by(worker, (own) => own.effect(worker, 0, 0).end(worker, '0@0'));
  }
}

/** One record with a permanent error, parked after its first attempt. */
function parked(): Redriven {
  const rejected: Observation = { kind: 'ended', worker: 'w', ...at('0@0'), result: 'rejected', says: 'permanent' };
  return new Redriven()
    .deliver('w', '0@0')
    .claim('w', 0)
    .start('w', '0@0', 1)
    .add(rejected)
    .add({ kind: 'letter', worker: 'w', ...at('0@0'), attempts: 1 })
    .add({ kind: 'parked', worker: 'w', ...at('0@0') })
    .close('w', 0, [0, 0])
    .release('w', 0)
    .answer('w');
}

test('it works now, is done, and is said to be done', () => {
  expect(found(parked().begins('r1').works('r1').done('r1').answers('r1', 'done'))).toEqual([]);
});

test('nobody else has it done then: a second redrive is told so, and runs nothing', () => {
  const first = parked().begins('r1').works('r1').done('r1').answers('r1', 'done');

  expect(found(first.by('r2', (own) => own.deliver('r2', '0@0')).answers('r2', 'duplicate'))).toEqual([]);
});

describe('an effect that comes once more', () => {
  const twice = (between: (history: Redriven) => Redriven) =>
    between(parked().begins('r1').works('r1')).begins('r2').works('r2').done('r2').answers('r2', 'done');

  test('is admitted after a crash between effect and completion', () => {
    expect(found(twice((history) => history.by('r1', (own) => own.kill('r1'))))).toEqual([]);
  });

  test('needs a cause', () => {
    expect(found(twice((history) => history))).toEqual(['redriven-twice 0@0']);
    expect(found(twice((history) => history.done('r1').by('r1', (own) => own.kill('r1'))))).toContain(
      'redriven-twice 0@0',
    );
  });

  test('has none with transactions', () => {
    const crashed = twice((history) => history.by('r1', (own) => own.kill('r1')));

    expect(found(crashed, TRANSACTION)).toContain('redriven-twice 0@0');
  });
});

describe('an answer', () => {
  const ran = () => parked().begins('r1').works('r1');

  test.each(['done', 'duplicate'] as const)('%s: not before that is durable', (outcome) => {
    expect(found(ran().answers('r1', outcome).done('r1'))).toEqual(['redrive-answer 0@0']);
  });

  test.each(['parked', 'open'] as const)('%s: not of what it has made done', (outcome) => {
    expect(found(ran().done('r1').answers('r1', outcome))).toEqual(['redrive-answer 0@0']);
  });

  test('open: a redrive that was not answered cannot know', () => {
    const lost = ran()
      .by('r1', (own) => own.lose('r1', 0))
      .done('r1');

    expect(found(lost.answers('r1', 'open'))).toEqual([]);
  });

  test('absent: not of a record that is parked', () => {
    expect(found(ran().answers('r1', 'absent'))).toEqual(['redrive-answer 0@0']);
  });

  test('is for each letter', () => {
    expect(found(ran().answers('r1'))).toEqual(['redrive-answer r1']);
    expect(found(ran().add({ kind: 'redrive-answer', worker: 'r1' }))).toEqual(['redrive-answer r1']);
  });
});

test('what is made done has taken effect', () => {
  expect(found(parked().begins('r1').done('r1').answers('r1', 'done'))).toEqual(['redriven-lost 0@0']);
});

test('attempts go on from the letter, with one more for each redrive', () => {
  const failed = (attempt: number) =>
    parked()
      .begins('r1', 2)
      .by('r1', (own) => own.end('r1', '0@0', 'rejected'))
      .answers('r1', 'parked')
      .begins('r2', attempt);

  expect(found(failed(3))).toEqual([]);
  expect(found(failed(4))).toEqual(['attempts 0@0']);
  expect(found(parked().begins('r1', 1))).toEqual(['attempts 0@0']);
});

test.each<[string, (history: History) => History]>([
  ['a mark of the ledger', (own) => own.close('r1', 0, [1, 1])],
  ['a claim of the ledger', (own) => own.claim('r1', 0)],
  ['a letter', (own) => own.letter('r1', '0@0')],
])('%s is not for a redrive to write', (_, what) => {
  expect(found(parked().by('r1', what)).map((violation) => violation.split(' ')[0])).toEqual(['redrive-disturbs']);
});

test('a poller redrives nothing', () => {
  expect(found(parked().add({ kind: 'redriven', worker: 'w', ...at('0@0') }))).toContain('redrive-disturbs 0@0');
});

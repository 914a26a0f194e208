/** A1, A5: what an accepted answer may leave out, may list, and may leave running. */
import { broken, fact, History, IDENTITY, LEDGER } from './history';

const TOPIC = [fact(0, 0, 'a'), fact(0, 1, 'b'), fact(1, 0, 'c')];
const ALL = ['0@0', '0@1', '1@0'];

const done = (history: History, worker: string, partition: number, offset: number, identity: string) =>
  history.claim(worker, identity).effect(worker, partition, offset).mark(worker, identity);

/** Everything but 0@1 is done. */
const almost = () => {
  const history = new History().deliver('w1', ...ALL);
  done(history, 'w1', 0, 0, 'a');
  return done(history, 'w1', 1, 0, 'c');
};

describe('left out', () => {
  test('a record that no mark closes', () => {
    expect(broken(IDENTITY, TOPIC, almost().answer('w1'), '0@1')).toEqual(['left-out 0@1', 'lost b']);
  });

  test('not when it is listed', () => {
    expect(broken(IDENTITY, TOPIC, almost().answer('w1', '0@1'), '0@1')).toEqual([]);
  });

  test('a record whose effect happened and whose mark came after the answer', () => {
    const history = almost().claim('w1', 'b').effect('w1', 0, 1).answer('w1').mark('w1', 'b');

    expect(broken(IDENTITY, TOPIC, history)).toEqual(['left-out 0@1']);
  });

  test('not when another worker marked it', () => {
    const history = done(almost(), 'w2', 0, 1, 'b').answer('w1');

    expect(broken(IDENTITY, TOPIC, history)).toEqual([]);
  });

  test('not when the answer was not accepted, nor when the worker died', () => {
    expect(broken(IDENTITY, TOPIC, almost().fail('w1'), '0@1')).toEqual([]);
    expect(broken(IDENTITY, TOPIC, almost().kill('w1'), '0@1')).toEqual([]);
  });

  test('not a record that takes no effect, nor one with a letter', () => {
    const skipped = TOPIC.map((one) => (one.identity === 'b' ? { ...one, takesEffect: false } : one));

    expect(broken(IDENTITY, skipped, almost().answer('w1'))).toEqual([]);
    expect(broken(IDENTITY, TOPIC, almost().letter('w1', '0@1').answer('w1'))).toEqual([]);
  });

  test('a record in conflict: the mark of its identity is another payload', () => {
    const topic = [
      { ...fact(0, 0, 'a'), payload: 'one' },
      { ...fact(0, 1, 'a'), payload: 'two' },
    ];
    const history = () => done(new History().deliver('w1', '0@0', '0@1'), 'w1', 0, 0, 'a');

    expect(broken(IDENTITY, topic, history().answer('w1'), '0@1')).toEqual(['left-out 0@1', 'lost a']);
    expect(broken(IDENTITY, topic, history().answer('w1', '0@1'), '0@1')).toEqual([]);
  });

  test('with offsets it is the offset that has to be closed, and not the identity', () => {
    const twins = [fact(0, 0, 'a'), fact(0, 1, 'a')];
    const history = (last: number) =>
      new History()
        .deliver('w1', '0@0', '0@1')
        .claim('w1', 0)
        .effect('w1', 0, 0)
        .close('w1', 0, [0, last])
        .answer('w1');

    expect(broken(LEDGER, twins, history(0), '0@1')).toEqual(['left-out 0@1', 'lost 0@1']);
    expect(broken(LEDGER, twins, history(1), '0@1')).toEqual(['lost 0@1']);
    expect(broken(LEDGER, twins, history(0).mark('w1', 'a'), '0@1')).toEqual(['left-out 0@1', 'lost 0@1']);
  });
});

describe('misreported', () => {
  const answered = (...open: string[]) =>
    broken(IDENTITY, TOPIC, new History().deliver('w1', ...ALL).answer('w1', ...open), ...ALL);

  test('every open record once, and per partition in offset order', () => {
    expect(answered('1@0', '0@0', '0@1')).toEqual([]);
  });

  test.each([
    ['a record that was not delivered', [...ALL, '0@7'], 'misreported 0@7'],
    ['a record twice', ['0@0', '0@0', '0@1', '1@0'], 'misreported 0@0'],
    ['a record behind a later one', ['0@1', '0@0', '1@0'], 'misreported 0@0'],
  ])('%s', (_, open, violation) => {
    expect(answered(...open)).toEqual([violation]);
  });
});

describe('outlived', () => {
  const ran = () => new History().deliver('w1', '0@0').claim('w1', 'a').start('w1', '0@0').effect('w1', 0, 0);

  test('user code that still runs when the invocation ends, but for the end of its worker', () => {
    expect(broken(IDENTITY, TOPIC, ran().answer('w1', '0@0'), ...ALL)).toEqual(['outlived 0@0']);
    expect(broken(IDENTITY, TOPIC, ran().fail('w1'), ...ALL)).toEqual(['outlived 0@0']);
    expect(broken(IDENTITY, TOPIC, ran().kill('w1'), ...ALL)).toEqual([]);
  });

  test('not what has ended, nor what runs in another worker', () => {
    const other = new History().deliver('w2', '0@1').start('w1', '0@0').answer('w2', '0@1');

    expect(broken(IDENTITY, TOPIC, ran().end('w1', '0@0').answer('w1', '0@0'), ...ALL)).toEqual([]);
    expect(broken(IDENTITY, TOPIC, other, ...ALL)).toEqual([]);
  });
});

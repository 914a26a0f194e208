/** O1, O2: each history that passes an open record, and its neighbours that do not. */
import type { Promised } from '../../../local/oracle/promise';
import { broken, fact, History, IDENTITY, LEASE_MS } from './history';

const TOPIC = [fact(0, 0, 'a', 'k'), fact(0, 1, 'b', 'l'), fact(0, 2, 'c', 'k'), fact(0, 3, 'd', 'k')];
const ALL = ['0@0', '0@1', '0@2', '0@3'];

const order = (promised: Promised, history: History) =>
  broken(promised, TOPIC, history, ...ALL).filter((violation) => violation.startsWith('order'));
const byKey = (history: History) => order(IDENTITY, history);

const well = (history: History, worker: string, record: string, identity: string) =>
  history
    .claim(worker, identity)
    .effect(worker, 0, Number(record.split('@')[1]))
    .mark(worker, identity);

describe('where deliveries are seen', () => {
  test('a record that runs while an earlier one of its lane, delivered with it, is open', () => {
    const history = new History().deliver('w1', ...ALL);

    expect(byKey(well(history, 'w1', '0@2', 'c'))).toEqual(['order 0@2']);
  });

  test('each record that passes one counts, and the late one does not', () => {
    const history = new History().deliver('w1', ...ALL);
    well(history, 'w1', '0@2', 'c');
    well(history, 'w1', '0@3', 'd');
    well(history, 'w1', '0@0', 'a');

    expect(byKey(history)).toEqual(['order 0@2', 'order 0@3']);
  });

  test('not: an earlier record of another key', () => {
    const history = new History().deliver('w1', ...ALL);
    well(history, 'w1', '0@0', 'a');

    expect(byKey(well(history, 'w1', '0@2', 'c'))).toEqual([]);
    expect(order({ remember: 'identity', order: 'partition' }, history)).toEqual(['order 0@2']);
  });

  test('not: without lanes', () => {
    const history = new History().deliver('w1', ...ALL);
    well(history, 'w1', '0@3', 'd');

    expect(order({ remember: 'identity', order: 'none' }, history)).toEqual([]);
  });

  test('not: an earlier record that is closed without an effect of its own', () => {
    const marked = new History().deliver('w1', ...ALL).mark('w9', 'a');
    const parked = new History().deliver('w1', ...ALL).letter('w1', '0@0');

    expect(byKey(well(marked, 'w1', '0@2', 'c'))).toEqual([]);
    expect(byKey(well(parked, 'w1', '0@2', 'c'))).toEqual([]);
  });

  test('not: an earlier record that takes no effect', () => {
    const topic = [{ ...fact(0, 0, 'a', 'k'), takesEffect: false }, fact(0, 2, 'c', 'k')];
    const history = new History().deliver('w1', '0@0', '0@2');

    expect(broken(IDENTITY, topic, well(history, 'w1', '0@2', 'c'))).toEqual([]);
  });

  test('not: a rewind, a late start, and a record that came without the one before it', () => {
    const history = new History().deliver('w1', '0@2', '0@3');
    well(history, 'w1', '0@2', 'c');
    well(history, 'w1', '0@3', 'd');
    history.answer('w1').deliver('w1', '0@0', '0@2', '0@3');
    well(history, 'w1', '0@0', 'a');

    expect(byKey(history.answer('w1'))).toEqual([]);
  });

  test('not: a second worker that goes on where the first one stands still', () => {
    const history = new History()
      .deliver('w1', '0@0', '0@2')
      .claim('w1', 'a')
      .deliver('w2', '0@0', '0@2')
      .pass(LEASE_MS);
    well(history, 'w2', '0@0', 'a');
    well(history, 'w2', '0@2', 'c');

    expect(byKey(history.effect('w1', 0, 0))).toEqual([]);
  });

  test('what a worker was given last is what counts', () => {
    const history = new History()
      .deliver('w1', ...ALL)
      .answer('w1', ...ALL)
      .deliver('w1', '0@2', '0@3');

    expect(byKey(well(history, 'w1', '0@2', 'c'))).toEqual([]);
  });

  test('an effect that lands late belongs to the delivery that it came from', () => {
    const history = new History()
      .deliver('w1', ...ALL)
      .answer('w1', ...ALL)
      .deliver('w1', '0@1');

    expect(byKey(history.effect('w1', 0, 2))).toEqual(['order 0@2']);
  });

  test('the twin of the record itself is no record that it passes', () => {
    const topic = [fact(0, 0, 'a', 'k'), fact(0, 1, 'a', 'k')];
    const history = new History().deliver('w1', '0@0', '0@1').effect('w1', 0, 1);

    expect(broken(IDENTITY, topic, history)).toEqual([]);
  });
});

describe('where no delivery is seen', () => {
  test('a first effect behind that of a later record of its lane', () => {
    const history = new History();
    well(history, 'w1', '0@2', 'c');
    well(history, 'w1', '0@0', 'a');

    expect(byKey(history)).toEqual(['order 0@0']);
  });

  test('keyless records share the lane of their partition', () => {
    const topic = [
      { partition: 0, offset: 0, identity: 'a' },
      fact(0, 1, 'b', 'k'),
      { partition: 0, offset: 2, identity: 'c' },
    ];
    const history = new History().effect('w1', 0, 2).effect('w1', 0, 1).effect('w1', 0, 0);

    expect(broken(IDENTITY, topic, history)).toEqual(['order 0@0']);
  });
});

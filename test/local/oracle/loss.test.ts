/** What is closed and took no effect. */
import { broken, fact, History, IDENTITY, judgedBy, LEDGER } from './history';

const TOPIC = [fact(0, 0, 'a'), fact(0, 1, 'b'), fact(0, 2, 'a')];

test('what is committed without an effect is lost, once for each unit', () => {
  expect(broken(IDENTITY, TOPIC, new History())).toEqual(['lost a', 'lost b']);
  expect(broken(LEDGER, TOPIC, new History())).toEqual(['lost 0@0', 'lost 0@1', 'lost 0@2']);
});

test('what is open is not lost', () => {
  expect(broken(IDENTITY, TOPIC, new History(), '0@0', '0@1', '0@2')).toEqual([]);
});

test('where identities are remembered one effect serves all its records, where offsets are it does not', () => {
  const history = () => new History().effect('w1', 0, 0).effect('w1', 0, 1);

  expect(broken(IDENTITY, TOPIC, history())).toEqual([]);
  expect(broken(LEDGER, TOPIC, history())).toEqual(['lost 0@2']);
});

test('what was left out of an answer is lost, committed or not, unless it came again', () => {
  const dropped = () => new History().deliver('w1', '0@1').claim('w1', 'b').mark('w1', 'b').answer('w1');
  const open = ['0@0', '0@1', '0@2'];

  expect(broken(IDENTITY, TOPIC, dropped(), ...open)).toEqual(['lost b']);
  expect(broken(IDENTITY, TOPIC, dropped().deliver('w2', '0@1'), ...open)).toEqual([]);
});

test('a mark is no effect, a letter stands for one', () => {
  const history = new History().mark('w1', 'a').letter('w1', '0@1');

  expect(broken(IDENTITY, TOPIC, history)).toEqual(['lost a']);
  expect(judgedBy(IDENTITY, TOPIC, history.observations)).toMatchObject({ lost: 1, parked: 1 });
});

test('a record that takes no effect is not lost, and an effect of it is foreign', () => {
  const topic = [{ ...fact(0, 0, 'a'), takesEffect: false }];

  expect(broken(IDENTITY, topic, new History())).toEqual([]);
  expect(broken(IDENTITY, topic, new History().effect('w1', 0, 0))).toEqual(['foreign 0@0']);
});

test('a conflict that is committed is lost: its payload took no effect', () => {
  const topic = [
    { ...fact(0, 0, 'a'), payload: 'one' },
    { ...fact(0, 1, 'a'), payload: 'two' },
  ];
  const history = new History().effect('w1', 0, 0);

  expect(broken(IDENTITY, topic, history)).toEqual(['lost a']);
  expect(broken(IDENTITY, topic, history, '0@1')).toEqual([]);
});

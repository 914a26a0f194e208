/** What is accepted from whoever has lost its right is counted, and breaks nothing by itself. */
import { fact, History, IDENTITY, judgedBy, LEASE_MS } from './history';

const TOPIC = [fact(0, 0, 'a'), fact(0, 1, 'b')];

function zombies(history: History) {
  const { zombieEffects, zombieWrites, violations } = judgedBy(IDENTITY, TOPIC, history.observations, ['0@0', '0@1']);
  return { zombieEffects, zombieWrites, rules: violations.map(({ rule }) => rule) };
}

test('an effect and a mark of a dead worker', () => {
  expect(zombies(new History().claim('w1', 'a').kill('w1').effect('w1', 0, 0).mark('w1', 'a'))).toEqual({
    zombieEffects: 1,
    zombieWrites: 1,
    rules: [],
  });
});

test('an effect of a worker whose claim, or whose partition, went to another one', () => {
  const claim = new History().claim('w1', 'a').pass(LEASE_MS).claim('w2', 'a').effect('w1', 0, 0);
  const partition = new History().deliver('w1', '0@0').deliver('w2', '0@0').effect('w1', 0, 0);

  for (const history of [claim, partition]) {
    expect(zombies(history)).toEqual({ zombieEffects: 1, zombieWrites: 0, rules: [] });
  }
});

test('not those of the worker that holds it', () => {
  const history = new History()
    .deliver('w1', '0@0')
    .deliver('w2', '0@0')
    .claim('w2', 'a')
    .effect('w2', 0, 0)
    .mark('w2', 'a');

  expect(zombies(history)).toEqual({ zombieEffects: 0, zombieWrites: 0, rules: [] });
});

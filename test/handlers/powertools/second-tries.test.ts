import { SecondTries } from '../../../handlers/powertools/second-tries';

const call = (payload: string, name: string) => ({ payload, name });
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('one call of a payload at a time is sent to ask again, in the order in which they came', async () => {
  const tries = new SecondTries<{ payload: string; name: string }>();
  const sent: string[] = [];
  for (const name of ['first', 'second', 'third']) void tries.turn(call('p', name)).then(() => sent.push(name));

  const taken: (string | undefined)[] = [];
  for (let tried = 0; tried < 3; tried += 1) {
    await Promise.resolve().then(() => undefined);
    expect(sent).toHaveLength(tried + 1);
    expect(tries.isExpected('p')).toBe(true);
    taken.push(tries.take('p')?.name);
    await Promise.resolve().then(() => undefined);
  }

  expect(sent).toEqual(['first', 'second', 'third']);
  expect(taken).toEqual(sent);
  expect(tries.isExpected('p')).toBe(false);
  expect(tries.take('p')).toBeUndefined();
});

test('calls of other payloads do not wait', async () => {
  const tries = new SecondTries<{ payload: string; name: string }>();

  await Promise.all([tries.turn(call('p', 'one')), tries.turn(call('q', 'other'))]);

  expect([tries.take('q')?.name, tries.take('p')?.name]).toEqual(['other', 'one']);
});

test('a call that never asks again keeps nobody waiting', async () => {
  const tries = new SecondTries<{ payload: string; name: string }>();
  const sent: string[] = [];
  await tries.turn(call('p', 'gone'));
  void tries.turn(call('p', 'next')).then(() => sent.push('next'));
  await Promise.resolve();
  expect(sent).toEqual([]);

  await turn();

  expect(sent).toEqual(['next']);
  expect(tries.take('p')?.name).toBe('next');
});

import { Gate } from '../../../handlers/dynamodb/gate';

/** Pieces of work that end when they are told to. */
function work() {
  const started: number[] = [];
  const ends: (() => void)[] = [];
  const piece = (index: number) => () => {
    started.push(index);
    return new Promise<number>((resolve) => {
      ends[index] = () => resolve(index);
    });
  };
  return { started, ends, piece };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('at most as many run at once as it is wide, and the others follow in order', async () => {
  const { started, ends, piece } = work();
  const gate = new Gate(2);
  const results = [0, 1, 2, 3].map((index) => gate.run(piece(index)));
  await settled();
  expect(started).toEqual([0, 1]);

  ends[1]?.();
  await settled();
  expect(started).toEqual([0, 1, 2]);

  ends[0]?.();
  ends[2]?.();
  await settled();
  ends[3]?.();
  expect(await Promise.all(results)).toEqual([0, 1, 2, 3]);
});

test('a piece that fails hands its place on', async () => {
  const gate = new Gate(1);

  const results = await Promise.allSettled([
    gate.run(() => Promise.reject(new Error('no'))),
    gate.run(async () => 'ran'),
  ]);

  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  expect(await gate.run(async () => 'again')).toBe('again');
});

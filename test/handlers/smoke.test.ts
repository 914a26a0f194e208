import { json } from '../../handlers';
import { event, failures, world } from '../support/virtual-world';

const order = json() as ReturnType<typeof json>;
type Order = { id: string };

test('runs each record once, in order, and skips what is done', async () => {
  const w = world();
  const ran: string[] = [];
  const handler = w.handler({
    value: order,
    identity: ({ value }) => (value as Order).id,
    process: ({ value }) => {
      ran.push((value as Order).id);
    },
  });
  const batch = event({
    0: [{ value: { id: 'a' } }, { value: { id: 'b' } }, { value: { id: 'a' } }],
    1: [{ value: { id: 'c' } }],
  });
  expect(failures(await handler(batch, w.context()))).toEqual([]);
  expect(failures(await handler(batch, w.context()))).toEqual([]);
  expect(ran.sort()).toEqual(['a', 'b', 'c']);
});

test('a failing record stops its partition and nothing else', async () => {
  const w = world();
  const ran: string[] = [];
  const handler = w.handler({
    value: order,
    identity: ({ value }) => (value as Order).id,
    process: ({ value, attempt }) => {
      ran.push(`${(value as Order).id}${attempt}`);
      if ((value as Order).id === 'b' && attempt < 3) throw new Error('no');
    },
  });
  const batch = event({
    0: [{ value: { id: 'a' } }, { value: { id: 'b' } }, { value: { id: 'x' } }],
    1: [{ value: { id: 'c' } }],
  });
  expect(failures(await handler(batch, w.context()))).toEqual(['orders-0@1', 'orders-0@2']);
  expect(failures(await handler(batch, w.context()))).toEqual(['orders-0@1', 'orders-0@2']);
  await expect(handler(batch, w.context(60_000, 'Orders-throw'))).resolves.toBeUndefined();
  expect(ran.sort()).toEqual(['a1', 'b1', 'b2', 'b3', 'c1', 'x1']);
});

test('waits for a crashed worker and takes over', async () => {
  const w = world();
  const dead = w.handler({
    value: order,
    identity: ({ value }) => (value as Order).id,
    process: () => new Promise(() => {}),
  });
  const batch = event({ 0: [{ value: { id: 'a' } }] });
  const started = w.time.nowMs;
  await expect(dead(batch, w.context(10_000))).rejects.toThrow();
  const ran: number[] = [];
  const alive = w.handler({
    value: order,
    identity: ({ value }) => (value as Order).id,
    process: () => void ran.push(w.time.nowMs),
  });
  expect(failures(await alive(batch, w.context(60_000)))).toEqual([]);
  expect(ran[0]! - started).toBeGreaterThan(32_000);
  expect(ran[0]! - started).toBeLessThan(50_000);
});

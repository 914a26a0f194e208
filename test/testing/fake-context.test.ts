import { callerOf } from '../../handlers/core/mapping';
import { fakeContext, TestClock } from '../../testing';

test('the time that remains runs down on the clock, to nothing and not below', () => {
  let nowMs = 1_000;
  const context = fakeContext({ remainingMs: 30, clock: { now: () => nowMs } });

  const seen = [1_000, 1_010, 1_030, 1_031].map((at) => {
    nowMs = at;
    return context.getRemainingTimeInMillis();
  });

  expect(seen).toEqual([30, 20, 0, 0]);
});

test('on a TestClock it runs down when the clock is turned', async () => {
  const clock = new TestClock();
  const context = fakeContext({ clock, remainingMs: 500 });

  await clock.advance(200);

  expect(context.getRemainingTimeInMillis()).toBe(300);
});

test('without a clock it is the real time: it never grows', () => {
  const context = fakeContext({ remainingMs: 60_000 });

  const seen = [context.getRemainingTimeInMillis(), context.getRemainingTimeInMillis()];

  expect(seen[0]).toBeGreaterThan(0);
  expect(seen[0]).toBeLessThanOrEqual(60_000);
  expect(seen[1]).toBeLessThanOrEqual(seen[0] ?? 0);
});

test.each(['partial', 'throw'] as const)('the runtime reads mapping and mode %s from its alias (A2)', (mode) => {
  const mapping = { consumer: 'shop-orders', source: 'u-1', generation: 2 };
  const { invokedFunctionArn } = fakeContext({ mapping: 'Shop-Orders', mode, functionName: 'orders' });

  expect(invokedFunctionArn).toBe(`arn:aws:lambda:eu-west-1:111122223333:function:orders:Shop-Orders-${mode}`);
  expect(callerOf(invokedFunctionArn, { 'Shop-Orders': mapping })).toEqual({
    ...mapping,
    mapping: 'Shop-Orders',
    mode,
  });
});

test('another alias or none may be asked for', () => {
  const arn = 'arn:aws:lambda:eu-west-1:111122223333:function:test-function';

  expect(fakeContext({ alias: null }).invokedFunctionArn).toBe(arn);
  expect(fakeContext({ alias: 'live' }).invokedFunctionArn).toBe(`${arn}:live`);
});

test('a name that no mapping can have is refused', () => {
  expect(() => fakeContext({ mapping: 'a b' })).toThrow('the mapping is "a b"');
});

import { type Bench, freshId, idempotent, moveClock, openBench } from './support';

interface Order {
  id: string;
}

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());
beforeEach(() => {
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(() => jest.restoreAllMocks());

test('C12: a record that expires while it is looked at is run again under the key of its own function', async () => {
  const [charges, mails] = [freshId('charge'), freshId('mail')];
  const { client } = bench.counting();
  const layer = bench.once({ awsSdkV3Client: client });
  const run = jest.fn(async (_order: Order) => 'charged');
  const charge = idempotent(layer, run, { keyPrefix: charges, config: { expiresAfterSeconds: 60 } });
  const mail = idempotent(layer, async (_order: Order) => 'mailed', { keyPrefix: mails });
  await charge({ id: 'a' });
  // The claim meets the completed record; before its result is read, the record expires and another function is called.
  let reads = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const isSecondRead = context.commandName === 'BatchGetItemCommand' && ++reads === 2;
      if (isSecondRead) moveClock(120_000);
      const answer = await next(args);
      if (isSecondRead) void mail({ id: 'b' });
      return answer;
    },
    { step: 'initialize' },
  );

  expect(await charge({ id: 'a' })).toBe('charged');

  expect(run).toHaveBeenCalledTimes(2);
  const ids = (await bench.items()).map(({ id }) => `${id?.S?.split('#')[0]}`).sort();
  expect(ids.filter((id) => id === charges)).toHaveLength(1);
  expect(ids.filter((id) => id === mails)).toHaveLength(1);
});

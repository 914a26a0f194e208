import { PermanentError } from '../../handlers';
import type { DeadLetters, LetterAnswer } from '../../handlers/dead-letters/dead-letters';
import { GUARANTEES } from '../support/guarantees';
import { type Fate, type SentCommand, TableWorld, WAYS, type Worker, type WorkerOptions } from '../support/table-world';
import { event } from '../support/virtual-world';

// Each test is one line of docs/guarantees.md: the schedule is here, how often the letter is written is said there.

const ROWS = GUARANTEES.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
const said = (point: string) => ROWS.find(([, first]) => first === point)?.[2];

/** `a` can never work, `b` is behind it, `c` in another partition. */
const BATCH = event({ 0: [at(1, 'a'), at(2, 'b')], 1: [at(1, 'c')] });
const LEASE_MS = 30_000;

function at(offset: number, id: string) {
  return { offset, value: { id }, timestamp: 1_789_999_000_000 + offset };
}

const poison: NonNullable<WorkerOptions['before']> = ({ value }) => {
  if (value.id === 'a') throw new PermanentError('never');
};
const isPark = (name: string, { input }: SentCommand) =>
  name === 'TransactWriteItemsCommand' && JSON.stringify(input).includes('parked#');
/** What becomes of the first request that parks. */
const park = (fate: Fate): NonNullable<WorkerOptions['fateOf']> => {
  let isFirst = true;
  return (name, _, command) => {
    if (!isFirst || !isPark(name, command)) return 'arrives';
    isFirst = false;
    return fate;
  };
};

const RUNS = [
  ...WAYS.map((way) => ({ name: way, way, independent: false })),
  { name: 'transaction, independent', way: 'transaction' as const, independent: true },
];

describe.each(RUNS)('parking, $name', ({ way, independent }) => {
  let w: TableWorld;
  let letters: string[];
  beforeEach(async () => {
    w = await TableWorld.start(way, independent);
    letters = [];
  });

  /** The dead letters as one worker meets them. */
  const deadLetters =
    (fateOf: (worker: Worker) => Promise<LetterAnswer> | LetterAnswer = () => ({ kind: 'written' })) =>
    (worker: Worker): DeadLetters => ({
      put: (given) =>
        Promise.all(
          given.map(async ({ id }): Promise<LetterAnswer> => {
            await worker.alive();
            letters.push(id);
            return fateOf(worker);
          }),
        ),
    });
  const lost = (): LetterAnswer => ({ kind: 'unknown', reason: 'failed', error: new Error('no answer') });
  const refusing = () => ({ put: async (given: readonly unknown[]) => given.map(lost) });
  const options: WorkerOptions = { before: poison, deadLetters: deadLetters() };

  /** Delivers until all is done, once more for good measure, and holds the line of the document to it. */
  async function expectSaid(point: string) {
    expect(await w.untilDone(BATCH, options)).toEqual([]);
    expect(await w.untilDone(BATCH, options)).toEqual([]);
    expect([point, letters.length === 1 ? 'once' : letters.length === 2 ? 'again' : letters.length]).toEqual([
      point,
      said(point),
    ]);
    // Under one id, so that a bucket and a FIFO queue hold it once; and parked once.
    expect(new Set(letters).size).toBe(1);
    const parked = (await w.items()).filter(({ id }) => id?.S?.startsWith('parked#'));
    expect(parked.map(({ id, attempts }) => [id?.S, attempts?.N])).toEqual([[letters[0], '1']]);
    expect(await w.effects('a')).toBe(0);
    // Behind it nothing ran before its closing mark was durable; beside it nothing is lost.
    expect(await w.effects('b')).toBe(1);
    expect(await w.effects('c')).toBeGreaterThanOrEqual(1);
  }

  const dying = async (more: WorkerOptions) => expect(await w.deliver(BATCH, { ...options, ...more })).toBe('died');

  test('before the letter', async () => {
    await dying({ deadLetters: (worker) => ({ put: () => worker.die() }) });

    await expectSaid('before the letter');
  });

  test('letter written, no answer', async () => {
    await dying({ deadLetters: deadLetters((worker) => worker.die()) });

    expect(letters).toHaveLength(1);
    await expectSaid('letter written, no answer');
  });

  test('letter written, its answer lost, and the worker lives', async () => {
    let isFirst = true;
    const fateOf = (): LetterAnswer => {
      if (!isFirst) return { kind: 'written' };
      isFirst = false;
      return lost();
    };

    expect(await w.deliver(BATCH, { ...options, deadLetters: deadLetters(fateOf) })).toEqual([]);
    await expectSaid('letter written, its answer lost, and the worker lives');
  });

  test('letter written, before the closing mark', async () => {
    await dying({ fateOf: park('dead before') });

    await expectSaid('letter written, before the closing mark');
  });

  test('closing mark sent, no answer', async () => {
    await dying({ fateOf: park('dead after') });

    await expectSaid('closing mark sent, no answer');
  });

  test('closing mark sent, its answer lost, and the worker lives', async () => {
    expect(await w.deliver(BATCH, { ...options, fateOf: park('answer lost') })).toEqual([]);

    await expectSaid('closing mark sent, its answer lost, and the worker lives');
  });

  test('frozen between letter and closing mark, and thawed past its lease', async () => {
    const { worker, handler } = w.worker({
      ...options,
      deadLetters: deadLetters(async (self) => {
        self.freeze();
        await self.alive();
        return { kind: 'written' };
      }),
    });
    const frozen = w.invoke(worker, handler, BATCH, 600_000);
    await w.time.sleep(2 * LEASE_MS);
    expect(await w.untilDone(BATCH, options)).toEqual([]);

    worker.thaw();
    // Its closing mark is refused: another worker has parked the record.
    await frozen;
    await expectSaid('frozen between letter and closing mark, and thawed past its lease');
  });

  test('late copy of a closing mark', async () => {
    const { worker, handler } = w.worker(options);
    expect(await w.invoke(worker, handler, BATCH)).toEqual([]);
    // Longer than the service knows a request by its token.
    await w.time.sleep(11 * 60_000);
    const stood = JSON.stringify(await w.items());

    for (const command of worker.sent) await w.client.send(command as never).catch(() => undefined);

    expect(JSON.stringify(await w.items())).toBe(stood);
    await expectSaid('late copy of a closing mark');
  });

  test('dead letters down', async () => {
    const open = await w.deliver(BATCH, { ...options, deadLetters: refusing });

    expect(open).toEqual(expect.arrayContaining(['orders-0@1', 'orders-0@2']));
    expect(letters).toEqual([]);
    await expectSaid('dead letters down');
  });

  test('table down behind the letter', async () => {
    const open = await w.deliver(BATCH, {
      ...options,
      fateOf: () => (letters.length > 0 ? 'lost' : 'arrives'),
    });

    expect(open).toEqual(expect.arrayContaining(['orders-0@1', 'orders-0@2']));
    await expectSaid('table down behind the letter');
  });
});

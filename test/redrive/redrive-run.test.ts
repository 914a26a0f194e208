/** A run over letters that a function answers for, in virtual time (protocol P6). */

import fc from 'fast-check';
import { type Filter, parseFilter } from '../../bin/redrive/filter';
import type { InvokeAnswer } from '../../bin/redrive/invocation';
import type { Copy, LetterStore, Page, StoredLetter } from '../../bin/redrive/letter-store';
import { QueueLetters } from '../../bin/redrive/queue-letters';
import { Rate } from '../../bin/redrive/rate';
import { RedriveRun } from '../../bin/redrive/redrive-run';
import { Redriver } from '../../bin/redrive/redriver';
import type { Letter } from '../../contract/letter';
import type { RedriveEvent, RedriveOutcome } from '../../contract/redrive';
import { Queue } from '../../local/aws/sqs/queue';
import { queueSettings } from '../../local/aws/sqs/queue-settings';
import { letter, lettersAt, RECORD } from '../handlers/dead-letters/letters';
import { messagesOf } from './messages-of';
import { QuickTime } from './quick-time';

interface Answered {
  readonly outcome: RedriveOutcome;
  readonly error?: { readonly name: string; readonly message: string };
}

const DONE: Answered = { outcome: 'done' };
const OPEN: Answered = { outcome: 'open', error: { name: 'OnceError', message: 'busy' } };

class World implements LetterStore {
  readonly name = 'the store';
  readonly expected = undefined;
  readonly hasMore = false;
  readonly time = new QuickTime();
  readonly stopping = new AbortController();
  readonly told: string[] = [];
  /** Offsets of each invocation with letters, and when it was. */
  readonly invocations: { readonly offsets: number[]; readonly atMs: number }[] = [];
  probes = 0;
  filter: Filter = () => true;
  rate: number | undefined;
  /** What the function says of the record at an offset, at its n-th time. */
  answer: (offset: number, nth: number) => Answered = () => DONE;
  /** What happens to the n-th invocation with letters, instead. */
  instead: (offsets: readonly number[], nth: number) => InvokeAnswer | Error | undefined = () => undefined;
  insteadOfProbe: InvokeAnswer | Error | undefined;
  #copies: StoredLetter[] = [];
  #unread: StoredLetter[] = [];
  readonly #asked = new Map<number, number>();

  constructor(letters: readonly Letter[]) {
    this.add(...letters);
  }

  add(...letters: readonly Letter[]): void {
    const stored = letters.map(
      (one, index): StoredLetter => ({ letter: one, copy: { at: `${this.#copies.length + index}` } }),
    );
    this.#copies.push(...stored);
    this.#unread.push(...stored);
  }

  /** Offsets of the letters that lie there. */
  get there(): number[] {
    return this.#copies.map(({ letter: { record } }) => record.offset);
  }

  async next(): Promise<Page | undefined> {
    const letters = this.#unread.splice(0, 10);
    return letters.length === 0 ? undefined : { letters, unreadable: [] };
  }

  async remove(copies: readonly Copy[]) {
    this.#copies = this.#copies.filter(({ copy }) => !copies.includes(copy));
    return [];
  }

  async close() {
    return [];
  }

  async run() {
    const run = new RedriveRun({
      store: this,
      filter: this.filter,
      redriver: new Redriver('orders:Orders-partial', (payload) => this.#invoke(JSON.parse(payload))),
      rate: new Rate(this.rate),
      time: this.time,
      fraction: () => 0.5,
      stopping: this.stopping.signal,
      onProgress: () => {},
      onLeft: (id, outcome) => this.told.push(`${id.split('#').at(-1)} ${outcome}`),
    });
    const end = await run.run();
    return { end, tally: run.tally };
  }

  async #invoke(event: RedriveEvent): Promise<InvokeAnswer> {
    const records = Object.values(event.records).flat();
    const offsets = records.map(({ offset }) => offset);
    if (records.length === 0) {
      this.probes += 1;
      if (this.insteadOfProbe instanceof Error) throw this.insteadOfProbe;
      return this.insteadOfProbe ?? answered([]);
    }
    this.invocations.push({ offsets, atMs: this.time.now() });
    const other = this.instead(offsets, this.invocations.length);
    if (other instanceof Error) throw other;
    if (other) return other;
    return answered(
      event.mskOnce.redrive.letters.map((id, index) => {
        const offset = offsets[index] as number;
        const nth = (this.#asked.get(offset) ?? 0) + 1;
        this.#asked.set(offset, nth);
        return { id, ...this.answer(offset, nth) };
      }),
    );
  }
}

const answered = (redriven: readonly object[]): InvokeAnswer => ({
  functionError: undefined,
  payload: JSON.stringify({ mskOnce: { redriven } }),
});
const failed = (errorType: string, errorMessage: string): InvokeAnswer => ({
  functionError: 'Unhandled',
  payload: JSON.stringify({ errorType, errorMessage }),
});
const awsError = (name: string, httpStatusCode: number) =>
  Object.assign(new Error('why'), { name, $metadata: { httpStatusCode } });

const upTo = (count: number) => Array.from({ length: count }, (_, offset) => offset);

test('a FIFO queue, which gives ten of a group at most as long as they are there, is read to its end', async () => {
  const time = new QuickTime();
  const queue = new Queue('q.fifo', queueSettings('q.fifo', { FifoQueue: 'true' }), time);
  for (const one of lettersAt(...upTo(35))) {
    queue.send({ body: JSON.stringify(one), groupId: 'orders-2', deduplicationId: one.id });
  }
  const stopping = new AbortController().signal;
  const store = new QueueLetters({
    url: 'http://sqs/q.fifo',
    messages: messagesOf(queue),
    objects: undefined as never,
    holdS: 60,
    time,
    waitsForOthers: true,
    onWaiting: () => {},
    stopping,
  });
  const failing = letter({ record: { ...RECORD, offset: 27 } }).id;
  const invoke = async (text: string) =>
    answered(
      (JSON.parse(text) as RedriveEvent).mskOnce.redrive.letters.map((id) => ({
        id,
        outcome: id === failing ? 'parked' : 'done',
      })),
    );
  const run = new RedriveRun({
    store,
    filter: () => true,
    redriver: new Redriver('orders:Orders-partial', invoke),
    rate: new Rate(undefined),
    time,
    fraction: () => 0.5,
    stopping,
    onProgress: () => {},
    onLeft: () => {},
  });

  const end = await run.run();
  const notes = await store.close();

  // What lies behind the one that stays cannot be reached, and that is told.
  expect([end.kind, run.tally.outcomes.done, run.tally.outcomes.parked]).toEqual(['finished', 29, 1]);
  expect([queue.bodies.length, store.hasMore, notes]).toEqual([6, true, [expect.stringContaining('FIFO')]]);
});

test('letters go by hundreds, each once, and what is done or was done before is deleted', async () => {
  const w = new World(lettersAt(...upTo(250)));
  w.answer = (offset) => ({ outcome: offset % 2 === 0 ? 'done' : 'duplicate' });

  const { end, tally } = await w.run();

  expect(end).toEqual({ kind: 'finished' });
  expect(w.invocations.map(({ offsets }) => offsets.length)).toEqual([100, 100, 50]);
  expect(w.invocations.flatMap(({ offsets }) => offsets)).toEqual(upTo(250));
  expect([tally.outcomes.done, tally.outcomes.duplicate, tally.deletedCopies, w.there]).toEqual([125, 125, 250, []]);
});

test('copies of a letter are redriven once and all deleted, one that comes later and one that the filter passes over too', async () => {
  const again = letter({ record: { ...RECORD, offset: 1 }, attempts: 6 });
  const w = new World([...lettersAt(1, 1), again, ...lettersAt(...upTo(200).map((offset) => offset + 10), 1)]);
  w.filter = parseFilter(['attempts=6']) as Filter;

  const { tally } = await w.run();

  expect(w.invocations.map(({ offsets }) => offsets)).toEqual([[1]]);
  expect([tally.letters, tally.copies, tally.matching, tally.deletedCopies]).toEqual([201, 204, 1, 4]);
  expect(w.there).toHaveLength(200);
});

test('no letter that does not fit the filter is sent or deleted', async () => {
  const w = new World(lettersAt(1, 2, 3));
  w.filter = parseFilter(['offset=2']) as Filter;

  await w.run();

  expect([w.invocations.map(({ offsets }) => offsets), w.there]).toEqual([[[2]], [1, 3]]);
});

test('nothing to redrive: nothing is invoked', async () => {
  const w = new World(lettersAt(1));
  w.filter = () => false;

  expect((await w.run()).end).toEqual({ kind: 'finished' });
  expect(w.probes).toBe(0);
});

test('a record that fails again, or that is not parked, keeps its letter and is told', async () => {
  const w = new World(lettersAt(1, 2, 3));
  w.answer = (offset) =>
    [DONE, { outcome: 'parked' as const, error: { name: 'Error', message: 'no' } }, { outcome: 'absent' as const }][
      offset - 1
    ] ?? DONE;

  const { tally } = await w.run();

  expect([w.there, w.told]).toEqual([
    [2, 3],
    ['2 parked', '3 absent'],
  ]);
  expect(tally.left).toEqual([
    { id: letter({ record: { ...RECORD, offset: 2 } }).id, outcome: 'parked', error: { name: 'Error', message: 'no' } },
    { id: letter({ record: { ...RECORD, offset: 3 } }).id, outcome: 'absent' },
  ]);
});

describe('what is open', () => {
  test('is asked for again, with pauses in which the lease of a redrive that died runs out', async () => {
    const w = new World(lettersAt(1, 2));
    const startMs = w.time.now();
    w.answer = (offset) => (offset === 1 && w.time.now() - startMs < 34_000 ? OPEN : DONE);

    const { end, tally } = await w.run();

    expect([end.kind, tally.outcomes.done, w.there]).toEqual(['finished', 2, []]);
  });

  test('is left after a bounded number of answers, and the others are not', async () => {
    const w = new World(lettersAt(1, 2));
    w.answer = (offset) => (offset === 1 ? OPEN : DONE);

    const { end, tally } = await w.run();

    expect(end.kind).toBe('finished');
    expect([w.there, w.told]).toEqual([[1], ['1 open']]);
    expect(tally.left[0]?.error).toEqual(OPEN.error);
    expect(w.invocations.length).toBeLessThan(12);
  });

  test('goes on at once while each invocation decides something: a batch that needs ten of them', async () => {
    const w = new World(lettersAt(...upTo(100)));
    w.answer = (offset, nth) => (offset < nth * 10 ? DONE : OPEN);

    const { tally } = await w.run();

    expect([tally.outcomes.done, w.invocations.length, w.time.slept]).toEqual([100, 10, []]);
  });
});

describe('what Lambda says', () => {
  test('throttling is waited out, and the same letters are sent again', async () => {
    const w = new World(lettersAt(1, 2));
    w.instead = (_, nth) => (nth <= 3 ? awsError('TooManyRequestsException', 429) : undefined);

    const { tally } = await w.run();

    expect(w.invocations.map(({ offsets }) => offsets)).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
    expect([tally.outcomes.done, w.time.slept.length]).toEqual([2, 3]);
    expect(w.time.slept).toEqual(w.time.slept.toSorted((a, b) => a - b));
  });

  test('a function that always fails is given up, and no letter is deleted', async () => {
    const w = new World(lettersAt(...upTo(500)));
    w.instead = () => failed('Sandbox.Timedout', 'Task timed out');

    const { end, tally } = await w.run();

    expect(end).toMatchObject({ kind: 'stopped', error: { exitCode: 5 } });
    expect(w.invocations.length).toBeLessThanOrEqual(12);
    expect([tally.redriven, w.there.length]).toEqual([0, 500]);
  });

  test('a Lambda that cannot be reached is given up with its own exit code', async () => {
    const w = new World(lettersAt(1));
    w.insteadOfProbe = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });

    expect((await w.run()).end).toMatchObject({ kind: 'stopped', error: { exitCode: 7 } });
    expect([w.invocations, w.there]).toEqual([[], [1]]);
  });

  test('one record that ends the function keeps its letter, and no other one with it', async () => {
    const w = new World(lettersAt(...upTo(100)));
    w.instead = (offsets) => (offsets.includes(41) ? failed('Runtime.ExitError', 'exit status 1') : undefined);

    const { end, tally } = await w.run();

    expect([end.kind, w.there, w.told]).toEqual(['finished', [41], ['41 failed']]);
    expect([tally.outcomes.done, tally.outcomes.failed]).toEqual([99, 1]);
  });

  test('a request that is too large is divided', async () => {
    const w = new World(lettersAt(...upTo(8)));
    w.instead = (offsets) => (offsets.length > 3 ? awsError('RequestTooLargeException', 413) : undefined);

    expect((await w.run()).tally.outcomes.done).toBe(8);
    expect(w.there).toEqual([]);
  });

  test('letters that the function refuses are left with all others of their mapping, and those of another one go on', async () => {
    const foreign = upTo(150).map((offset) => {
      const consumer = 'another';
      return letter({ consumer, id: `parked#another#u-1#1#orders#2#${offset}`, record: { ...RECORD, offset } });
    });
    const w = new World([...foreign, letter({ record: { ...RECORD, offset: 999 } })]);
    w.instead = (offsets) =>
      offsets.includes(999) ? undefined : failed('OnceError', 'Not ours. (MSK_ONCE_REDRIVE_INVALID)');

    const { end, tally } = await w.run();

    expect([end.kind, tally.outcomes.refused, tally.outcomes.done, w.invocations.length]).toEqual([
      'finished',
      150,
      1,
      2,
    ]);
  });

  test('no such function, and no permission: the run ends before any letter is sent', async () => {
    const w = new World(lettersAt(1));
    w.insteadOfProbe = awsError('ResourceNotFoundException', 404);

    expect((await w.run()).end).toMatchObject({ kind: 'stopped', error: { exitCode: 1 } });
    expect([w.invocations, w.probes, w.there]).toEqual([[], 1, [1]]);
  });

  test('a function that does not redrive is found by an event without records', async () => {
    const w = new World(lettersAt(1));
    w.insteadOfProbe = { functionError: undefined, payload: '{"batchItemFailures":[]}' };

    expect((await w.run()).end).toMatchObject({ kind: 'stopped', error: { exitCode: 3 } });
    expect([w.invocations, w.there]).toEqual([[], [1]]);
  });
});

test('the rate holds over the whole run: 10 records in a second', async () => {
  const w = new World(lettersAt(...upTo(45)));
  w.rate = 10;

  await w.run();

  const [firstMs = 0] = w.invocations.map(({ atMs }) => atMs);
  expect(w.invocations.map(({ offsets, atMs }) => [offsets.length, atMs - firstMs])).toEqual([
    [10, 0],
    [10, 1_000],
    [10, 2_000],
    [10, 3_000],
    [5, 4_000],
  ]);
});

test('an interrupt ends the run behind the invocation that is under way, whose letters are deleted', async () => {
  const w = new World(lettersAt(...upTo(250)));
  w.instead = (_, nth) => {
    if (nth === 2) w.stopping.abort();
    return undefined;
  };

  const { end, tally } = await w.run();

  expect(end).toEqual({ kind: 'interrupted' });
  expect([w.invocations.length, tally.outcomes.done, w.there.length]).toEqual([2, 200, 50]);
});

/** What one invocation does: how many of its records it gets to, and what becomes of its answer. */
const deed = fc.record({
  reached: fc.nat({ max: 12 }),
  end: fc.constantFrom('answers', 'answers', 'answers', 'dies', 'no answer', 'throttled', 'interrupts'),
});

test('P6: whatever becomes of invocations and runs, each effect happens once, and a letter is deleted only when it is done', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { maxLength: 40 }), fc.integer({ min: 1, max: 12 }), async (deeds, count) => {
      const effects = new Map<number, number>();
      const plan = [...deeds];
      let there = upTo(count);
      for (let runs = 0; there.length > 0; runs += 1) {
        // A run that is given up at failures of the whole function is followed by another one.
        expect(runs).toBeLessThan(50);
        const w = new World(lettersAt(...there));
        w.rate = 5;
        w.instead = (offsets) => {
          const { reached, end } = plan.shift() ?? { reached: 12, end: 'answers' };
          if (end === 'throttled') return awsError('TooManyRequestsException', 429);
          const redriven = offsets.map((offset, index) => {
            const id = letter({ record: { ...RECORD, offset } }).id;
            if (effects.has(offset)) return { id, outcome: 'duplicate' };
            if (index >= reached) return { id, outcome: 'open' };
            effects.set(offset, (effects.get(offset) ?? 0) + 1);
            return { id, outcome: 'done' };
          });
          if (end === 'dies') return failed('Runtime.ExitError', 'exit status 1');
          if (end === 'no answer') return Object.assign(new Error('reset'), { code: 'ECONNRESET' });
          if (end === 'interrupts') w.stopping.abort();
          return answered(redriven);
        };
        await w.run();
        for (const offset of there) if (!w.there.includes(offset)) expect(effects.get(offset)).toBe(1);
        there = w.there;
      }
      expect([...effects.values()]).toEqual(upTo(count).map(() => 1));
    }),
  );
});

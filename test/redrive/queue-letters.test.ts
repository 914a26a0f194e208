/** Reading a queue through once: what is hidden from whom, for how long, and what is deleted. */
import type { Objects } from '../../bin/redrive/objects';
import { QueueLetters, type QueueLettersOptions } from '../../bin/redrive/queue-letters';
import type { LetterPointer } from '../../contract/letter';
import { Queue } from '../../local/aws/sqs/queue';
import { queueSettings } from '../../local/aws/sqs/queue-settings';
import { letter, lettersAt, RECORD } from '../handlers/dead-letters/letters';
import { messagesOf } from './messages-of';
import { QuickTime } from './quick-time';

const HOLD_S = 60;

class World {
  readonly time = new QuickTime();
  readonly queue: Queue;
  readonly objects = new Map<string, string>();
  readonly waited: [number, number][] = [];
  /** Ids of messages whose deletion is refused. */
  readonly kept = new Set<string>();

  constructor(attributes: Record<string, string> = {}) {
    this.queue = new Queue('q', queueSettings(attributes.FifoQueue ? 'q.fifo' : 'q', attributes), this.time);
  }

  get #objects(): Objects {
    return {
      list: () => Promise.reject(new Error('nobody lists')),
      get: async (bucket, key) => this.objects.get(`${bucket}/${key}`),
      remove: async (bucket, key) => void this.objects.delete(`${bucket}/${key}`),
    };
  }

  open(options: Partial<QueueLettersOptions> = {}): QueueLetters {
    return new QueueLetters({
      url: 'http://sqs/q',
      messages: messagesOf(this.queue, this.kept),
      objects: this.#objects,
      holdS: HOLD_S,
      time: this.time,
      waitsForOthers: true,
      onWaiting: (...waiting) => this.waited.push(waiting),
      stopping: new AbortController().signal,
      ...options,
    });
  }

  send(...documents: readonly object[]): void {
    for (const document of documents) this.queue.send({ body: JSON.stringify(document) });
  }
}

async function all(store: QueueLetters) {
  const found = { letters: [] as { letter: { id: string }; copy: { at: string } }[], unreadable: [] as object[] };
  for (;;) {
    const page = await store.next();
    if (page === undefined) return found;
    found.letters.push(...page.letters);
    found.unreadable.push(...page.unreadable);
  }
}

const offsets = (count: number) => Array.from({ length: count }, (_, offset) => offset);

test('every message comes once, and is visible again when the store is closed', async () => {
  const w = new World();
  w.send(...lettersAt(...offsets(25)));
  const store = w.open();

  const { letters } = await all(store);
  const during = w.queue.counts;
  await store.close();

  expect(new Set(letters.map(({ letter: { id } }) => id)).size).toBe(25);
  expect(letters).toHaveLength(25);
  expect([during, w.queue.counts]).toEqual([
    { visible: 0, inFlight: 25 },
    { visible: 25, inFlight: 0 },
  ]);
});

test('what is removed is gone, and what is not is there for the next run', async () => {
  const w = new World();
  w.send(...lettersAt(1, 2, 3));
  const store = w.open();
  const [first, second] = (await all(store)).letters;

  const left = await store.remove([first?.copy as never, second?.copy as never]);
  await store.close();

  expect(left).toEqual([]);
  expect((await all(w.open())).letters).toHaveLength(1);
});

test('one whose deletion is refused is told, and stays', async () => {
  const w = new World();
  w.send(...lettersAt(1));
  const store = w.open();
  const [found] = (await all(store)).letters;
  w.kept.add(found?.copy.at.replace('message ', '') ?? '');

  const left = await store.remove([found?.copy as never]);
  await store.close();

  expect(left).toEqual([{ copy: found?.copy, reason: 'the service says no' }]);
  expect(w.queue.counts).toEqual({ visible: 1, inFlight: 0 });
});

describe('a message that somebody else holds', () => {
  /** A run that died has received it, and renews it no more. */
  async function died(w: World, aheadMs = 0): Promise<void> {
    w.send(...lettersAt(1));
    await w.queue.receive(1, HOLD_S * 1_000, 0);
    w.time.pass(aheadMs);
    w.send(...lettersAt(2));
  }

  test('comes in the same run, once its time has run out', async () => {
    const w = new World();
    await died(w, 20_000);

    const { letters } = await all(w.open());

    expect(letters.map(({ letter: { id } }) => id.slice(-2))).toEqual(['#2', '#1']);
    expect(w.waited).toEqual([[1, expect.any(Number)]]);
  });

  test('is not waited for in a dry run, and it is told', async () => {
    const w = new World();
    await died(w);
    const store = w.open({ waitsForOthers: false });

    const { letters } = await all(store);
    const notes = await store.close();

    expect([letters.length, w.waited, w.time.slept]).toEqual([1, [], []]);
    expect(notes).toEqual([expect.stringContaining('About 1 messages')]);
  });

  test('for longer than we would hold it is told, and the run ends', async () => {
    const w = new World();
    w.send(...lettersAt(1));
    await w.queue.receive(1, 3_600_000, 0);
    const store = w.open();

    const { letters } = await all(store);

    expect(letters).toEqual([]);
    expect(await store.close()).toEqual([expect.stringContaining('run this again later')]);
  });

  test('is not waited for by somebody who is told to stop', async () => {
    const w = new World();
    await died(w);
    const stopping = new AbortController();
    const store = w.open({ stopping: stopping.signal, onWaiting: () => stopping.abort() });

    expect((await all(store)).letters).toHaveLength(1);
    expect(w.queue.counts.inFlight).toBe(2);
  });
});

test('a message whose time runs out while it is at work is kept hidden', async () => {
  jest.useFakeTimers();
  try {
    const w = new World();
    w.send(...lettersAt(1));
    const store = w.open();
    await store.next();
    for (let round = 0; round < 10; round += 1) {
      w.time.pass(20_000);
      await jest.advanceTimersByTimeAsync(20_000);
    }

    expect(w.queue.counts).toEqual({ visible: 0, inFlight: 1 });
    await store.close();
    expect(w.queue.counts).toEqual({ visible: 1, inFlight: 0 });
  } finally {
    jest.useRealTimers();
  }
});

describe('a pointer', () => {
  const large = letter({ record: { ...RECORD, offset: 7 } });
  const pointer: LetterPointer = {
    mskOnce: 'letter-pointer/1',
    id: large.id,
    consumer: large.consumer,
    s3: { bucket: 'b', key: 'k' },
    bytes: 1,
  };

  test('gives the letter in the bucket; message and object are deleted together, however many pointers there are', async () => {
    const w = new World();
    w.objects.set('b/k', JSON.stringify(large));
    w.send(pointer, pointer);
    const store = w.open();

    const { letters } = await all(store);
    await store.remove(letters.map(({ copy }) => copy));

    expect(letters.map(({ letter: found }) => found)).toEqual([large, large]);
    expect([w.queue.bodies, [...w.objects]]).toEqual([[], []]);
  });

  test('whose message cannot be deleted keeps its object', async () => {
    const w = new World();
    w.objects.set('b/k', JSON.stringify(large));
    w.send(pointer, pointer);
    const store = w.open();
    const { letters } = await all(store);
    w.kept.add(letters[1]?.copy.at.replace('message ', '') ?? '');

    expect(await store.remove(letters.map(({ copy }) => copy))).toHaveLength(1);
    expect([w.queue.bodies.length, w.objects.size]).toEqual([1, 1]);
  });

  test('that leads nowhere is told, with the id of its letter, and left', async () => {
    const w = new World();
    w.send(pointer);
    const store = w.open();

    const { letters, unreadable } = await all(store);
    await store.close();

    expect(letters).toEqual([]);
    expect(unreadable).toEqual([
      expect.objectContaining({ id: large.id, reason: expect.stringContaining('s3://b/k') }),
    ]);
    expect(w.queue.counts.visible).toBe(1);
  });
});

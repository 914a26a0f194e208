/** Histories as JSON: what is read is what stands there, and everything else is an error that names its place. */
import { judgeHistory } from '../../../local/oracle/history';
import { readHistory } from '../../../local/oracle/read-history';

type Json = Record<string, unknown>;

const LEASE = { atMs: 100, leaseUntilMs: 5_100 };

/** One record that goes well, with one observation of each kind that fits. */
const WELL: readonly Json[] = [
  { kind: 'delivered', worker: 'w1', atMs: 100, records: [{ partition: 0, offset: 4 }] },
  { kind: 'write-lost', worker: 'w1', identity: 'a', write: 'claim' },
  { kind: 'claim', worker: 'w1', identity: 'a', sentAtMs: 90, ...LEASE },
  { kind: 'frozen', worker: 'w1' },
  { kind: 'thawed', worker: 'w1' },
  { kind: 'started', worker: 'w1', partition: 0, offset: 4, run: 1, attempt: 1 },
  { kind: 'lease', worker: 'w1', identity: 'a', leaseUntilMs: 6_000 },
  { kind: 'effect', worker: 'w1', partition: 0, offset: 4, run: 1, isCopy: false, atMs: 200 },
  { kind: 'ended', worker: 'w1', partition: 0, offset: 4, run: 1, result: 'resolved' },
  { kind: 'mark', worker: 'w1', identity: 'a', rememberedUntilMs: 9_000 },
  { kind: 'answered', worker: 'w1', open: [] },
  { kind: 'killed', worker: 'w1', cause: 'crash', atMs: 300 },
];

const LEDGER: readonly Json[] = [
  { kind: 'delivered', worker: 'w1', records: [{ partition: 0, offset: 4 }] },
  { kind: 'failed', worker: 'w1' },
  { kind: 'claim', worker: 'w1', partition: 0, ...LEASE },
  { kind: 'started', worker: 'w1', partition: 0, offset: 4 },
  { kind: 'ended', worker: 'w1', partition: 0, offset: 4, result: 'rejected', says: 'permanent' },
  { kind: 'letter-lost', worker: 'w1', partition: 0, offset: 4 },
  { kind: 'letter', worker: 'w1', partition: 0, offset: 4 },
  { kind: 'letter', worker: 'w1', partition: 0, offset: 4, attempts: 1, error: 'PermanentError' },
  { kind: 'parked', worker: 'w1', partition: 0, offset: 4, sentAtMs: 90, atMs: 110 },
  { kind: 'mark', worker: 'w1', partition: 0, closes: [[0, 4]], leaseUntilMs: 7_000 },
];

const history = (changes: Json = {}): Json => ({
  remember: 'identity',
  order: 'key',
  topic: [{ partition: 0, offset: 4, key: 'k', identity: 'a', payload: 'p', takesEffect: true }],
  observations: WELL,
  committed: { 0: 5 },
  ...changes,
});

const read = (changes: Json = {}) => readHistory(JSON.stringify(history(changes)));

test('observations of every kind are read as they stand', () => {
  expect(read().observations).toEqual(WELL);
  expect(read({ remember: 'ledger', observations: LEDGER }).observations).toEqual(LEDGER);
});

test('promise, topic and commits are read as they stand', () => {
  const { promised, topic, committed } = read({
    remember: 'transaction',
    identity: true,
    checkpointMs: 250,
    seesLostWrites: true,
    clockAheadMs: { w1: -20 },
  });

  expect(promised).toEqual({
    remember: 'transaction',
    order: 'key',
    identity: true,
    checkpointMs: 250,
    seesLostWrites: true,
    clockAheadMs: { w1: -20 },
  });
  expect(topic).toEqual(history().topic);
  expect([...committed]).toEqual([[0, 5]]);
});

test('a history that was read is judged', () => {
  expect(judgeHistory(read())).toMatchObject({ records: 1, effects: 1, open: 0, violations: [] });
  expect(judgeHistory(read({ observations: [] })).violations).toMatchObject([{ rule: 'lost', unit: 'a' }]);
  expect(judgeHistory(read({ observations: [], committed: {} }))).toMatchObject({ open: 1, violations: [] });
});

const observed = (...observations: Json[]) => ({ observations });

test.each<[string, Json, string]>([
  [
    'another way of remembering',
    { remember: 'log' },
    'remember of the history is "log"; accepted is ledger, identity, transaction',
  ],
  ['no order', { order: undefined }, 'order of the history is left out; accepted is partition, key, none'],
  ['an identity without a transaction', { identity: true }, 'identity of the history is true; accepted is none'],
  ['an unknown property', { topics: [] }, 'topics of the history is []; accepted is none: the properties are remember'],
  ['no topic', { topic: undefined }, 'topic of the history is left out; accepted is a list'],
  [
    'a record twice',
    {
      topic: [
        { partition: 0, offset: 4 },
        { partition: 0, offset: 4 },
      ],
    },
    'topic[1] of the history is {"partition":0,"offset":4}; accepted is each partition and offset once',
  ],
  [
    'half an offset',
    { topic: [{ partition: 0, offset: 0.5 }] },
    'topic[0].offset of the history is 0.5; accepted is a whole number from 0 on',
  ],
  [
    'an empty identity',
    { topic: [{ partition: 0, offset: 0, identity: '' }] },
    'topic[0].identity of the history is ""; accepted is a text that is not empty',
  ],
  ['no commits', { committed: undefined }, 'committed of the history is left out; accepted is an object'],
  [
    'a commit of no partition',
    { committed: { first: 1 } },
    'committed.first of the history is 1; accepted is a property named by its partition',
  ],
  [
    'a clock that is no number',
    { clockAheadMs: { w1: '1' } },
    'clockAheadMs.w1 of the history is "1"; accepted is a number',
  ],
  [
    'an unknown kind',
    observed({ kind: 'commit', worker: 'w1' }),
    'observations[0].kind of the history is "commit"; accepted is delivered, answered',
  ],
  [
    'no worker',
    observed({ kind: 'failed' }),
    'observations[0].worker of the history is left out; accepted is a text that is not empty',
  ],
  [
    'a claim on nothing',
    observed({ kind: 'claim', worker: 'w1', ...LEASE }),
    'observations[0] of the history is {"kind":"claim"',
  ],
  [
    'a claim on two things',
    observed({ kind: 'claim', worker: 'w1', identity: 'a', partition: 0, ...LEASE }),
    'accepted is one with either an identity or a partition',
  ],
  [
    'a claim without a time',
    observed({ kind: 'claim', worker: 'w1', identity: 'a', leaseUntilMs: 1 }),
    'observations[0].atMs of the history is left out; accepted is a number',
  ],
  [
    'a property of another kind',
    observed({ kind: 'mark', worker: 'w1', identity: 'a', cause: 'x' }),
    'observations[0].cause of the history is "x"; accepted is none: the properties are kind, worker',
  ],
  [
    'a mark of a partition without runs',
    observed({ kind: 'mark', worker: 'w1', partition: 0 }),
    'observations[0].closes of the history is left out; accepted is a list',
  ],
  [
    'a run that ends before it begins',
    observed({ kind: 'mark', worker: 'w1', partition: 0, closes: [[3, 2]] }),
    'observations[0].closes[0] of the history is [3,2]; accepted is the first and the last offset of a run',
  ],
  [
    'runs of an identity',
    observed({ kind: 'mark', worker: 'w1', identity: 'a', closes: [] }),
    'observations[0].closes of the history is []; accepted is none',
  ],
  [
    'a memory of offsets that ends',
    observed({ kind: 'mark', worker: 'w1', partition: 0, closes: [], rememberedUntilMs: 1 }),
    'observations[0].rememberedUntilMs of the history is 1; accepted is none',
  ],
  [
    'an unknown result',
    observed({ kind: 'ended', worker: 'w1', partition: 0, offset: 0, result: 'ok' }),
    'accepted is resolved, rejected, aborted',
  ],
  [
    'a time that falls',
    observed(
      { kind: 'killed', worker: 'w1', cause: 'x', atMs: 5 },
      { kind: 'killed', worker: 'w2', cause: 'x', atMs: 4 },
    ),
    'observations[1].atMs of the history is 4; accepted is a time not before 5',
  ],
  [
    'an answer to nothing',
    observed({ kind: 'answered', worker: 'w1', open: [] }),
    'observations[0] of the history is {"kind":"answered","worker":"w1","open":[]}; accepted is one after a delivery to w1',
  ],
  ['a second answer', observed(WELL[0] as Json, WELL[10] as Json, WELL[10] as Json), 'observations[2] of the history'],
  [
    'a delivery to the dead',
    observed(WELL[11] as Json, { ...WELL[0], atMs: 300 }),
    'accepted is none of w1, which was killed above',
  ],
])('%s', (_, changes, words) => {
  expect(() => read(changes)).toThrow(words);
  expect(() => read(changes)).toThrow('MSK_ONCE_HISTORY_INVALID');
});

test('a text that is no JSON, and JSON that is no object', () => {
  expect(() => readHistory('{')).toThrow(/^The text of the history is .*; accepted is JSON/);
  expect(() => readHistory('[]')).toThrow('The history is []; accepted is an object');
});

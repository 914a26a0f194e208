import { judgeLetters, type LetterRun } from '../../../local/oracle/letters/judge-letters';
import type { RecordOnTopic } from '../../../local/oracle/letters/read-letter';
import type { Observation } from '../../../local/oracle/observation';
import type { Promised } from '../../../local/oracle/promise';

const RECORD: RecordOnTopic = {
  topic: 'orders',
  partition: 0,
  offset: 1,
  timestamp: 1_793_610_903_120,
  timestampType: 'CREATE_TIME',
  key: Buffer.from('ATL'),
  value: Buffer.from([0x7b, 0xff, 0x00]),
  headers: [
    ['clerk', Buffer.from([90, 111, 0xc3, 0xab])],
    ['clerk', null],
  ],
};
/** The same in the words of docs/dead-letters.md, by hand. */
const LETTER = {
  mskOnce: 'letter/1',
  id: 'parked#shop#u#1#orders#0#1',
  consumer: 'shop',
  source: 'u',
  record: {
    topic: 'orders',
    partition: 0,
    offset: 1,
    timestamp: 1_793_610_903_120,
    timestampType: 'CREATE_TIME',
    key: 'QVRM',
    value: 'e/8A',
    headers: [{ clerk: [90, 111, -61, -85] }, { clerk: [] }],
  },
  error: { code: 'MSK_ONCE_VALUE_UNDECODABLE', name: 'OnceError', message: 'not JSON' },
  attempts: 1,
  firstFailure: '2026-11-02T09:15:04.002Z',
  lastFailure: '2026-11-02T09:15:04.002Z',
  functionVersion: '1',
};

const LEDGER: Promised = { remember: 'ledger', order: 'key' };
const IDENTITY: Promised = { remember: 'identity', order: 'key' };
const written: Observation = { kind: 'letter', worker: 'w1', partition: 0, offset: 1 };
const closed: Observation = { kind: 'mark', worker: 'w1', partition: 0, closes: [[0, 1]] };
const parked = (at: number) => ({ at, worker: 'w1', partition: 0, offset: 1 });
const effect = (offset: number): Observation => ({ kind: 'effect', worker: 'w1', partition: 0, offset });

function judge(changes: Partial<LetterRun> = {}) {
  const { letters, violations } = judgeLetters({
    promised: LEDGER,
    topic: [
      { partition: 0, offset: 0, key: 'ATL', identity: 'a' },
      { partition: 0, offset: 1, key: 'ATL', takesEffect: false },
      { partition: 0, offset: 2, key: 'ATL', identity: 'b' },
    ],
    doomed: [{ record: RECORD, attempts: 1 }],
    consumer: 'shop',
    idOf: ({ partition, offset }) => `parked#shop#u#1#orders#${partition}#${offset}`,
    texts: [JSON.stringify(LETTER)],
    observations: [effect(0), written, closed, effect(2)],
    parkedItems: [parked(2)],
    unheard: new Set(),
    ...changes,
  });
  return { letters, rules: violations.map(({ rule, unit }) => `${rule} ${unit}`) };
}

test('P5: a letter, then its parked item and its mark: nothing is wrong', () => {
  expect(judge()).toEqual({
    letters: [{ partition: 0, offset: 1, attempts: 1, error: 'MSK_ONCE_VALUE_UNDECODABLE', copies: [] }],
    rules: [],
  });
});

test('a record without an identity is closed by its parked item where identities are remembered', () => {
  expect(judge({ promised: IDENTITY, observations: [effect(0), written, effect(2)] }).rules).toEqual([]);
});

describe('is seen to fail', () => {
  const letterWith = (changes: object) => [JSON.stringify({ ...LETTER, ...changes })];
  const recordWith = (changes: object) => letterWith({ record: { ...LETTER.record, ...changes } });

  test.each<[string, Partial<LetterRun>, string[]]>([
    ['a record without its letter', { texts: [] }, ['letter-missing 0@1']],
    [
      'a letter of an innocent',
      { texts: [JSON.stringify(LETTER), ...letterWith({ id: 'parked#shop#u#1#orders#0#2' })] },
      ['letter-foreign parked#shop#u#1#orders#0#2'],
    ],
    ['an innocent that was parked', { parkedItems: [parked(2), { ...parked(3), offset: 2 }] }, ['letter-foreign 0@2']],
    ['what is no letter', { texts: [JSON.stringify(LETTER), '{}'] }, ['letter-foreign none']],
    ['a value with another byte', { texts: recordWith({ value: 'e/8B' }) }, ['letter-altered 0@1']],
    ['a key that is gone', { texts: recordWith({ key: undefined }) }, ['letter-altered 0@1']],
    ['a header less', { texts: recordWith({ headers: LETTER.record.headers.slice(1) }) }, ['letter-altered 0@1']],
    ['another time', { texts: recordWith({ timestamp: 1 }) }, ['letter-altered 0@1']],
    ['another consumer', { texts: letterWith({ consumer: 'other' }) }, ['letter-altered 0@1']],
    ['another count of attempts', { texts: letterWith({ attempts: 2 }) }, ['letter-attempts 0@1']],
    ['no mark', { observations: [effect(0), written] }, ['not-closed 0@1']],
    ['no parked item', { parkedItems: [] }, ['not-closed 0@1']],
    ['closed before the letter', { observations: [closed, written], parkedItems: [parked(2)] }, ['letter-late 0@1']],
    ['parked before the letter', { parkedItems: [parked(1)] }, ['letter-late 0@1']],
    [
      'a later record of the key that went before',
      { observations: [effect(0), written, effect(2), closed], parkedItems: [parked(3)] },
      ['passed 0@1'],
    ],
  ])('%s', (_, changes, rules) => {
    expect(judge(changes).rules).toEqual(rules);
  });
});

describe('a letter that is there twice', () => {
  const again: Observation = { ...written, worker: 'w2' };
  const twice = (observations: Observation[], changes: Partial<LetterRun> = {}) =>
    judge({
      texts: [JSON.stringify(LETTER), JSON.stringify(LETTER)],
      observations,
      parkedItems: [parked(observations.indexOf(closed))],
      ...changes,
    });
  const copies = (found: ReturnType<typeof twice>) => [found.rules, found.letters[0]?.copies];

  test('P5: is admitted where its worker died before the mark', () => {
    const killed: Observation = { kind: 'killed', worker: 'w1', cause: 'crash' };

    expect(copies(twice([written, killed, again, closed]))).toEqual([[], ['crash']]);
  });

  test('or where the answer never came', () => {
    expect(copies(twice([written, written, closed], { unheard: new Set([0]) }))).toEqual([[], ['answer lost']]);
  });

  test('or where another worker came by the partition', () => {
    const claim: Observation = { kind: 'claim', worker: 'w2', partition: 0, atMs: 9, leaseUntilMs: 20 };

    expect(copies(twice([written, claim, again, closed]))).toEqual([[], ['lease lost']]);
  });

  test('and else is not', () => {
    expect(copies(twice([written, again, closed]))).toEqual([['letter-twice 0@1'], [undefined]]);
  });

  test('nor behind the mark, though its worker died then', () => {
    const killed: Observation = { kind: 'killed', worker: 'w1', cause: 'crash' };

    expect(copies(twice([written, closed, killed, again]))).toEqual([['letter-twice 0@1'], [undefined]]);
  });

  test('nor where nobody was seen to write it', () => {
    expect(copies(twice([written, closed]))).toEqual([['letter-twice 0@1'], [undefined]]);
  });
});

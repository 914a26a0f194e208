import { EMPTY_LEDGER } from '../../../handlers/ledger/ledger-state';
import { type Blame, blame } from '../../../handlers/transaction/blame';
import type { Waiting } from '../../../handlers/transaction/group';
import { prepareWrites } from '../../../handlers/transaction/prepare-writes';
import { worstOf } from '../../../handlers/transaction/refusals';
import type { MemberRefusal, TransactionAnswer } from '../../../handlers/transaction/transaction-store';
import type { ConditionMeaning } from '../../../handlers/transaction/transaction-write';

interface Member extends Waiting {
  readonly name: string;
  readonly lane: string;
}

const member = (name: string, onConditionFailed?: ConditionMeaning, lane = name): Member => ({
  name,
  lane,
  identityId: `identity of ${name}`,
  writes: prepareWrites([
    { Put: { TableName: 'Orders', Item: { id: name } } },
    { Delete: { TableName: 'Stock', Key: { id: name } }, ...(onConditionFailed && { onConditionFailed }) },
  ]),
});

/** One letter for each: the verdict in short. */
function told(group: readonly Member[], answer: TransactionAnswer) {
  const found = blame(group, answer, ({ lane }) => lane);
  if (found.kind !== 'refused') throw new Error(found.kind);
  const names = (members: readonly Member[]) => members.map(({ name }) => name).join('');
  const settled = found.settled.map(({ record, verdict }) => {
    if (verdict.kind === 'close') return `${record.name}: ${verdict.outcome}`;
    return `${record.name}: ${verdict.kind === 'busy' ? 'busy' : verdict.error.errorClass} ${verdict.error.message}`;
  });
  return { settled, stay: names(found.stay), held: names(found.held) };
}

const refused = (...refusals: (MemberRefusal | undefined)[]): TransactionAnswer => ({ kind: 'refused', refusals });
const FAILED: MemberRefusal = { kind: 'condition', write: 1 };

describe('T4: what a refusal means for the records of its group', () => {
  test('one condition failed: that record is told, the others stay together', () => {
    const group = ['a', 'b', 'c'].map((name) => member(name));

    expect(told(group, refused(undefined, FAILED, undefined))).toEqual({
      settled: [
        expect.stringMatching(
          /^b: transient The condition of write 2 \(Delete on Stock\) that process\(\) returned does not hold/,
        ),
      ],
      stay: 'ac',
      held: '',
    });
  });

  test('it is the error that the user has declared', () => {
    const group = [member('p', 'permanent'), member('t', 'transient'), member('d', 'done')];

    expect(told(group, refused(FAILED, FAILED, FAILED)).settled).toEqual([
      expect.stringMatching(/^p: permanent .*MSK_ONCE_CONDITION_FAILED/),
      expect.stringMatching(/^t: transient .*MSK_ONCE_CONDITION_FAILED/),
      'd: done',
    ]);
  });

  test('what its identity says: closed, parked, in conflict, busy', () => {
    const group = ['a', 'b', 'c', 'd'].map((name) => member(name));
    const answer = refused(
      { kind: 'closed', outcome: 'done' },
      { kind: 'closed', outcome: 'parked' },
      { kind: 'conflict' },
      { kind: 'busy', leaseUntilMs: 1_790_000_000_000 },
    );

    expect(told(group, answer)).toEqual({
      settled: [
        'a: duplicate',
        'b: parked',
        expect.stringMatching(/^c: permanent .*identity of c.*MSK_ONCE_IDENTITY_CONFLICT/),
        expect.stringMatching(/^d: busy .*identity of d until 2026-09-2\dT/),
      ],
      stay: '',
      held: '',
    });
  });

  test('a write that the service does not accept is a permanent error with the reason of the service', () => {
    const error = Object.assign(new Error('Item size has exceeded the maximum allowed size'), {
      name: 'ValidationError',
    });

    expect(told([member('a'), member('b')], refused({ kind: 'invalid', write: 0, error }, undefined))).toEqual({
      settled: [
        expect.stringMatching(/^a: permanent DynamoDB does not accept write 1 \(Put on Orders\).*Item size has/),
      ],
      stay: 'b',
      held: '',
    });
  });

  test('O1: behind a record that is not closed its lane waits; behind one that is, it goes on', () => {
    const group = [
      member('a', 'transient', 'one'),
      member('b', 'done', 'two'),
      member('c', 'done', 'one'),
      member('d', 'done', 'two'),
      member('e', 'done', 'one'),
    ];

    expect(told(group, refused(FAILED, FAILED, FAILED, undefined, undefined))).toMatchObject({
      settled: [expect.stringContaining('a: transient'), 'b: done'],
      stay: 'd',
      held: 'ce',
    });
  });
});

describe('T4: a request that is not valid is split down to the record to blame', () => {
  const invalid: TransactionAnswer = {
    kind: 'invalid',
    error: Object.assign(new Error('Two document paths overlap'), { name: 'ValidationException' }),
  };
  const halves = (found: Blame<Member>) =>
    found.kind === 'split' ? found.halves.map((half) => half.map(({ name }) => name).join('')) : found.kind;

  test.each([
    ['ab', ['a', 'b']],
    ['abc', ['ab', 'c']],
    ['abcdefgh', ['abcd', 'efgh']],
  ])('%s', (names, expected) => {
    const group = [...names].map((name) => member(name));

    expect(halves(blame(group, invalid, ({ lane }) => lane))).toEqual(expected);
  });

  test('alone it is a permanent error with the reason of the service', () => {
    expect(told([member('a')], invalid).settled).toEqual([
      expect.stringMatching(/^a: permanent DynamoDB does not accept one of the 2 writes.*Two document paths overlap/),
    ]);
  });

  test.each([1, 2, 3, 50, 99])('of %i records the culprit is found, and every other one is committed once', (size) => {
    const culprit = Math.floor(size / 3);
    const committed: string[] = [];
    const blamed: string[] = [];
    const send = (group: readonly Member[]): void => {
      const isInvalid = group.some(({ name }) => name === `r${culprit}`);
      const found = blame(group, isInvalid ? invalid : { kind: 'committed' }, ({ lane }) => lane);
      if (found.kind === 'split') found.halves.forEach(send);
      else if (found.kind === 'committed') committed.push(...group.map(({ name }) => name));
      else if (found.kind === 'refused') blamed.push(...found.settled.map(({ record }) => record.name));
    };
    const group = Array.from({ length: size }, (_, index) => member(`r${index}`));

    send(group);

    expect(blamed).toEqual([`r${culprit}`]);
    expect(committed).toEqual(group.map(({ name }) => name).filter((name) => name !== `r${culprit}`));
  });
});

describe('what is not about the records is passed on', () => {
  test.each<[TransactionAnswer, Blame<Member>]>([
    [{ kind: 'committed' }, { kind: 'committed' }],
    [{ kind: 'lost' }, { kind: 'lost' }],
    [
      { kind: 'overtaken', seq: 8, state: EMPTY_LEDGER },
      { kind: 'overtaken', seq: 8, state: EMPTY_LEDGER },
    ],
    [
      { kind: 'unknown', reason: 'throttled', error: 1 },
      { kind: 'again', unknown: { kind: 'unknown', reason: 'throttled', error: 1 } },
    ],
  ])('%j', (answer, expected) => {
    expect(blame([member('a')], answer, ({ lane }) => lane)).toEqual(expected);
  });
});

describe('T4: where several things speak against a record', () => {
  const writes = (['done', 'transient', 'permanent', 'transient'] as const).map((onConditionFailed) => ({
    onConditionFailed,
  }));
  const failed = (write: number): MemberRefusal => ({ kind: 'condition', write });
  const invalid: MemberRefusal = { kind: 'invalid', write: 3, error: undefined };
  const closed: MemberRefusal = { kind: 'closed', outcome: 'done' };

  test.each<[string, MemberRefusal[], MemberRefusal | undefined]>([
    ['nothing', [], undefined],
    ['done alone', [failed(0)], failed(0)],
    ['done does not hold where another condition fails', [failed(0), failed(1)], failed(1)],
    ['what will never do before what may', [failed(1), failed(2), failed(3)], failed(2)],
    ['what is no write before a condition', [failed(2), invalid], invalid],
    ['the identity before all: a duplicate meets its own effect', [invalid, failed(2), closed], closed],
    ['the first of equals', [failed(1), failed(3)], failed(1)],
  ])('%s', (_, refusals, expected) => {
    expect(worstOf(refusals, writes)).toEqual(expected);
  });
});

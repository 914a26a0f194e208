import fc from 'fast-check';
import { ERROR_CODES, ERROR_SYMBOL } from '../../../contract/error-codes';
import { fromParkedItem, parkedItem, parkUpdate } from '../../../handlers/parking/parked-item';

const WHOLE = {
  id: { S: 'parked#1' },
  outcome: { S: 'redriving' },
  attempts: { N: '5' },
  first_failure_ms: { N: '1790000000000' },
  last_failure_ms: { N: '1790000000500' },
  owner: { S: 'token' },
  lease_until_ms: { N: '1790000030000' },
};

test('P5: an item has the settled names and no other, above all no status and no expiration', () => {
  expect(parkedItem({ id: 'parked#1', attempts: 5, firstFailureMs: 1, lastFailureMs: 2 })).toEqual({
    id: { S: 'parked#1' },
    outcome: { S: 'parked' },
    attempts: { N: '5' },
    first_failure_ms: { N: '1' },
    last_failure_ms: { N: '2' },
  });
});

test('P5: parking beside a mark has no condition, and sets each attribute only where it is absent', () => {
  const { Update } = parkUpdate({ id: 'parked#1', attempts: 5, firstFailureMs: 1, lastFailureMs: 2 }, 'Table');

  expect(Update.ConditionExpression).toBeUndefined();
  const assignments = (Update.UpdateExpression ?? '').replace(/^SET /, '').split(/, (?=#)/);
  expect(assignments).toHaveLength(4);
  for (const each of assignments) expect(each).toMatch(/^(#\d) = if_not_exists\(\1, :\d\)$/);
});

test('what is written is read again', () => {
  const number = fc.nat(Number.MAX_SAFE_INTEGER);
  fc.assert(
    fc.property(fc.string(), number, number, number, (id, attempts, firstFailureMs, lastFailureMs) => {
      expect(fromParkedItem(id, parkedItem({ id, attempts, firstFailureMs, lastFailureMs }))).toEqual({
        outcome: 'parked',
        attempts,
        firstFailureMs,
        lastFailureMs,
        owner: undefined,
        leaseUntilMs: undefined,
        expiration: undefined,
      });
    }),
  );
});

test('an item that is being redriven is read with its owner and lease', () => {
  expect(fromParkedItem('parked#1', WHOLE)).toMatchObject({ owner: 'token', leaseUntilMs: 1_790_000_030_000 });
});

test.each<[string, object, string]>([
  ['outcome', { outcome: { S: 'lost' } }, 'the string "lost"'],
  ['outcome', { outcome: undefined }, 'not there'],
  ['attempts', { attempts: { S: '5' } }, 'the string "5"'],
  ['attempts', { attempts: { N: '-1' } }, 'the number -1'],
  ['first_failure_ms', { first_failure_ms: undefined }, 'not there'],
  ['last_failure_ms', { last_failure_ms: { N: '1.5' } }, 'the number 1.5'],
  ['owner', { owner: undefined }, 'not there'],
  ['owner', { outcome: { S: 'parked' }, owner: { BOOL: true } }, 'of the type BOOL'],
  ['lease_until_ms', { lease_until_ms: undefined }, 'not there'],
  ['expiration', { expiration: { S: 'soon' } }, 'the string "soon"'],
])('an item whose %s somebody else wrote is refused with its name and what it is', (attribute, changes, received) => {
  let thrown: unknown;
  try {
    fromParkedItem('parked#1', { ...WHOLE, ...changes } as never);
  } catch (error) {
    thrown = error;
  }

  expect((thrown as Record<symbol, unknown>)[ERROR_SYMBOL]).toBe(ERROR_CODES.parkedUnreadable);
  expect((thrown as Error).message).toContain(`its ${attribute} is ${received}`);
  expect((thrown as Error).message).toContain('parked#1');
});

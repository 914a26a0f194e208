import { unknownOf } from '../../../handlers/dynamodb/statements';
import { isOnceError } from '../../../handlers/errors';
import { statements, templateOf } from '../../lib/fixture/stack';

const failure = (name: string, message: string) => Object.assign(new Error(message), { name });

const deniedOn = (table: string) =>
  `User: arn:aws:sts::111122223333:assumed-role/Orders/fn is not authorized to perform: dynamodb:PartiQLInsert on resource: arn:aws:dynamodb:eu-west-1:111122223333:table/${table} because no identity-based policy allows the dynamodb:PartiQLInsert action`;

function explained(name: string, message: string, table = 'Memory') {
  const { reason, error } = unknownOf(failure(name, message), table);
  expect(reason).toBe('refused');
  if (!isOnceError(error)) throw new Error(`not explained: ${String(error)}`);
  expect(error.errorClass).toBe('outage');
  expect(error.cause).toMatchObject({ name, message });
  return error;
}

test.each(['AccessDeniedException', 'AccessDenied'])(
  '%s names the action that is missing, and where the construct grants it',
  (name) => {
    const { code, message } = explained(name, deniedOn('Memory'));

    expect(code).toBe('MSK_ONCE_TABLE_ACCESS_DENIED');
    expect(message).toContain('may not use the idempotency table Memory: it lacks dynamodb:PartiQLInsert (User: arn:');
    expect(message).toContain('KafkaProcessor grants it in the statement ClaimRecords');
  },
);

test('a permission that is missing on the key that encrypts the table is named too', () => {
  const message =
    'User: arn:aws:sts::1:assumed-role/x is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:1:key/2';

  expect(explained('AccessDeniedException', message).message).toContain(
    'may not use the idempotency table Memory: it lacks kms:Decrypt',
  );
});

test('a refusal that names no action says so', () => {
  expect(explained('AccessDeniedException', 'no').message).toContain(
    'it lacks an action that the answer does not name',
  );
});

test.each(['ResourceNotFoundException', 'ResourceNotFound'])(
  '%s says that the table is to be in the account and region of the function',
  (name) => {
    const { code, message } = explained(name, 'Requested resource not found');

    expect(code).toBe('MSK_ONCE_TABLE_MISSING');
    expect(message).toContain("There is no idempotency table Memory in the function's account and region");
    expect(message).toContain('MSK_ONCE_TABLE');
  },
);

test.each([
  ['ValidationException', 'The provided key element does not match the schema'],
  ['ValidationException', 'Where clause does not contain a mandatory equality on all key attributes'],
  ['ValidationError', 'Key attribute should be present in the item: Key pk'],
  ['ValidationError', 'Type mismatch for key id expected: N actual: S'],
])('%s about a key (%s) says which key the table needs', (name, reason) => {
  const { code, message } = explained(name, reason);

  expect(code).toBe('MSK_ONCE_TABLE_KEY_INVALID');
  expect(message).toContain(`(${reason})`);
  expect(message).toContain('one partition key named id, a string, with no sort key');
});

test('any other refusal is passed on as it is', () => {
  const error = failure('ValidationException', 'Item size has exceeded the maximum allowed size');

  expect(unknownOf(error, 'Memory')).toEqual({ kind: 'unknown', reason: 'refused', error });
});

test.each(['a text', undefined, { name: 'AccessDeniedException' }])('%p, which is no error, failed', (error) => {
  expect(unknownOf(error)).toEqual({ kind: 'unknown', reason: 'failed', error });
});

test('the statement that the message names is the one of the construct, which grants every action that is sent', () => {
  const { ClaimRecords } = statements(templateOf()) as { ClaimRecords: { Action: string[] } };

  expect(ClaimRecords.Action).toEqual(
    expect.arrayContaining(['PartiQLInsert', 'PartiQLUpdate', 'BatchGetItem'].map((action) => `dynamodb:${action}`)),
  );
});

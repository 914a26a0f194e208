/** What the database answered decides what was written. */
import { AcceptedWrites } from '../../../../local/oracle/wire/accepted-writes';

const put = (id: string) => ({ Item: { id: { S: id } } });

function accepted(operation: string, input: object, output: unknown = {}, status = 200): (string | undefined)[] {
  return new AcceptedWrites()
    .of({ operation, input: { ...input }, status, output, atMs: 0 })
    .map(({ key }) => key.id?.S);
}

test('a refused request wrote nothing, even one that cannot be read', () => {
  expect(accepted('PutItem', { TableName: 'M', ...put('a') })).toEqual(['a']);
  expect(accepted('PutItem', { TableName: 'M', ...put('a') }, {}, 400)).toEqual([]);
  expect(accepted('ExecuteStatement', { Statement: 'nonsense' }, {}, 400)).toEqual([]);
  expect(() => accepted('ExecuteStatement', { Statement: 'nonsense' })).toThrow('A statement cannot be read');
});

test('of a batch of statements each stands on its own', () => {
  const Statements = ['a', 'b', 'c'].map((id) => ({ Statement: `DELETE FROM M WHERE id = '${id}'` }));
  const Responses = [{}, { Error: { Code: 'ConditionalCheckFailed' } }, { TableName: 'M' }];

  expect(accepted('BatchExecuteStatement', { Statements }, { Responses })).toEqual(['a', 'c']);
  expect(() => accepted('BatchExecuteStatement', { Statements }, {})).toThrow('a list of Responses');
  expect(() => accepted('BatchExecuteStatement', { Statements }, { Responses: [{}] })).toThrow(
    'one for each statement',
  );
});

test('of a batch of writes what came back unprocessed was not written', () => {
  const RequestItems = {
    M: [{ PutRequest: put('a') }, { DeleteRequest: { Key: { id: { S: 'b' } } } }],
    N: [{ PutRequest: put('a') }],
  };
  const UnprocessedItems = { M: [{ DeleteRequest: { Key: { id: { S: 'b' } } } }], N: [{ PutRequest: put('a') }] };

  expect(accepted('BatchWriteItem', { RequestItems })).toEqual(['a', 'b', 'a']);
  expect(accepted('BatchWriteItem', { RequestItems }, { UnprocessedItems })).toEqual(['a']);
});

describe('a transaction', () => {
  const TransactItems = [{ Put: { TableName: 'M', ...put('a') } }];
  const send = (writes: AcceptedWrites, token: string | undefined, atMs: number, status = 200) =>
    writes.of({
      operation: 'TransactWriteItems',
      input: { TransactItems, ...(token !== undefined && { ClientRequestToken: token }) },
      status,
      output: {},
      atMs,
    }).length;

  test('that is sent again with its token is answered and writes nothing, for ten minutes', () => {
    const writes = new AcceptedWrites();

    expect([send(writes, 't', 0), send(writes, 't', 599_999), send(writes, 't', 600_000)]).toEqual([1, 0, 1]);
  });

  test('with another token, without one, or after a refusal, writes', () => {
    const writes = new AcceptedWrites();

    expect([send(writes, 't', 0, 400), send(writes, 't', 1), send(writes, 'u', 2)]).toEqual([0, 1, 1]);
    expect([send(writes, undefined, 3), send(writes, undefined, 4)]).toEqual([1, 1]);
  });
});

import { type Statement, type StatementAnswer, Statements } from '../../../handlers/dynamodb/statements';

const TABLE = 'Memory';

type Input = Record<string, unknown>;
type Sent = { readonly name: string; readonly input: Input };

/** A client that is answered by a script. */
function scripted(answer: (sent: Sent, nth: number) => unknown) {
  const sent: Sent[] = [];
  let open = 0;
  const most = { open: 0 };
  const send = async (command: { constructor: { name: string }; input: Input }) => {
    const given = { name: command.constructor.name, input: command.input };
    sent.push(given);
    const nth = sent.length - 1;
    open += 1;
    most.open = Math.max(most.open, open);
    await new Promise((resolve) => setImmediate(resolve));
    open -= 1;
    const result = answer(given, nth);
    if (result instanceof Error) throw result;
    return result;
  };
  return { sent, most, statements: new Statements({ client: { send: send as never }, table: TABLE }) };
}

const update = (id: string): Statement => ({
  Statement: 'UPDATE "Memory" SET "n"=1 WHERE "id"=?',
  Parameters: [{ S: id }],
});
const many = (count: number) => Array.from({ length: count }, (_, index) => `id-${index}`);
const idsOf = ({ input }: Sent) => (input.Statements as Statement[]).map(({ Parameters: [id] }) => id?.S ?? '');
const keysOf = ({ input }: Sent) =>
  (input.RequestItems as Record<string, { Keys: { id: { S: string } }[] }>)[TABLE]?.Keys.map(({ id }) => id.S) ?? [];
const failure = (name: string, message = name) => Object.assign(new Error(message), { name });

describe('write', () => {
  test('sends 25 in a request, side by side, and answers in order whatever order the requests end in', async () => {
    const { sent, most, statements } = scripted((request) => ({
      Responses: idsOf(request).map((id) => (id === 'id-30' ? { Item: { seq: { N: '7' } } } : {})),
    }));

    const answers = await statements.write(many(60).map(update));

    expect(sent.map((request) => idsOf(request).length)).toEqual([25, 25, 10]);
    expect(sent.flatMap(idsOf)).toEqual(many(60));
    expect(most.open).toBe(3);
    expect(answers).toHaveLength(60);
    expect(answers[30]).toEqual({ kind: 'done', item: { seq: { N: '7' } } });
    expect(answers.filter(({ kind }) => kind === 'done')).toHaveLength(60);
  });

  test('has at most 50 requests on their way', async () => {
    const { sent, most, statements } = scripted((request) => ({ Responses: idsOf(request).map(() => ({})) }));

    await statements.write(many(25 * 70).map(update));

    expect(sent).toHaveLength(70);
    expect(most.open).toBe(50);
  });

  test.each<[string, StatementAnswer | object]>([
    ['ConditionalCheckFailed', { kind: 'refused', code: 'ConditionalCheckFailed' }],
    ['DuplicateItem', { kind: 'refused', code: 'DuplicateItem' }],
    ['ProvisionedThroughputExceeded', { kind: 'unknown', reason: 'throttled' }],
    ['RequestLimitExceeded', { kind: 'unknown', reason: 'throttled' }],
    ['ThrottlingError', { kind: 'unknown', reason: 'throttled' }],
    ['TransactionConflict', { kind: 'unknown', reason: 'throttled' }],
    ['InternalServerError', { kind: 'unknown', reason: 'failed' }],
    ['SomethingNew', { kind: 'unknown', reason: 'failed' }],
    ['ValidationError', { kind: 'unknown', reason: 'refused' }],
    ['ResourceNotFound', { kind: 'unknown', reason: 'refused' }],
    ['AccessDenied', { kind: 'unknown', reason: 'refused' }],
    ['ItemCollectionSizeLimitExceeded', { kind: 'unknown', reason: 'refused' }],
  ])('a member that is answered %s has that answer alone', async (Code, expected) => {
    const { statements } = scripted(() => ({ Responses: [{}, { Error: { Code, Message: 'why' } }, {}] }));

    const answers = await statements.write(many(3).map(update));

    expect(answers).toEqual([
      { kind: 'done', item: undefined },
      expect.objectContaining(expected),
      { kind: 'done', item: undefined },
    ]);
  });

  test.each<[string, string]>([
    ['ProvisionedThroughputExceededException', 'throttled'],
    ['ThrottlingException', 'throttled'],
    ['RequestLimitExceeded', 'throttled'],
    ['TimeoutError', 'failed'],
    ['InternalServerError', 'failed'],
    ['ECONNREFUSED', 'failed'],
    ['UnrecognizedClientException', 'refused'],
    ['ExpiredTokenException', 'refused'],
    ['ValidationException', 'refused'],
  ])('a whole request that fails with %s leaves its members unknown (%s), and no others', async (name, reason) => {
    const { statements } = scripted((request, nth) =>
      nth === 1 ? failure(name) : { Responses: idsOf(request).map(() => ({})) },
    );

    const answers = await statements.write(many(60).map(update));

    expect(answers.map((answer) => (answer.kind === 'unknown' ? answer.reason : answer.kind))).toEqual([
      ...many(25).map(() => 'done'),
      ...many(25).map(() => reason),
      ...many(10).map(() => 'done'),
    ]);
  });

  test('C8: a member without an answer is unknown', async () => {
    const { statements } = scripted(() => ({ Responses: [{}] }));

    const answers = await statements.write(many(2).map(update));

    expect(answers).toMatchObject([{ kind: 'done' }, { kind: 'unknown', reason: 'failed' }]);
  });

  test('nothing is sent for nothing', async () => {
    const { sent, statements } = scripted(() => ({}));

    expect([await statements.write([]), await statements.read([])]).toEqual([[], []]);
    expect(sent).toEqual([]);
  });
});

describe('read', () => {
  const items = (ids: readonly string[]) => ids.map((id) => ({ id: { S: id }, n: { N: '1' } }));

  test('asks for 100 keys in a request, consistently, and answers in the order of the ids', async () => {
    const { sent, statements } = scripted((request) => ({
      Responses: { [TABLE]: items(keysOf(request).filter((id) => id !== 'id-5')).reverse() },
    }));

    const read = await statements.read(many(230));

    expect(sent.map((request) => keysOf(request).length)).toEqual([100, 100, 30]);
    expect(sent[0]?.input).toMatchObject({ RequestItems: { [TABLE]: { ConsistentRead: true } } });
    expect(read.map((item) => (item as { id: { S: string } } | undefined)?.id.S)).toEqual(
      many(230).map((id) => (id === 'id-5' ? undefined : id)),
    );
  });

  test('reads the named attributes alone, the key with them, each under an alias', async () => {
    const { sent, statements } = scripted(() => ({ Responses: {} }));

    await statements.read(['a'], ['status', 'owner']);

    expect(sent[0]?.input).toMatchObject({
      RequestItems: {
        [TABLE]: {
          ProjectionExpression: '#0, #1, #2',
          ExpressionAttributeNames: { '#0': 'id', '#1': 'status', '#2': 'owner' },
        },
      },
    });
  });

  test('C8: a key that comes back unprocessed is unknown, not absent, and its neighbours have their items', async () => {
    const { statements } = scripted(() => ({
      Responses: { [TABLE]: items(['a']) },
      UnprocessedKeys: { [TABLE]: { Keys: [{ id: { S: 'b' } }] } },
    }));

    const read = await statements.read(['a', 'b', 'c']);

    expect(read).toEqual([
      items(['a'])[0],
      expect.objectContaining({ kind: 'unknown', reason: 'throttled' }),
      undefined,
    ]);
  });

  test('a request that fails leaves its keys unknown, and no others', async () => {
    const { statements } = scripted((request, nth) =>
      nth === 0 ? failure('TimeoutError') : { Responses: { [TABLE]: items(keysOf(request)) } },
    );

    const read = await statements.read(many(150));

    expect(read.slice(0, 100)).toEqual(
      many(100).map(() => expect.objectContaining({ kind: 'unknown', reason: 'failed' })),
    );
    expect(read.slice(100)).toEqual(items(many(150).slice(100)));
  });

  test('C9: an id that is asked for twice is sent once and answered twice', async () => {
    const { sent, statements } = scripted((request) => ({ Responses: { [TABLE]: items(keysOf(request)) } }));

    const read = await statements.read(['a', 'b', 'a']);

    expect(keysOf(sent[0] as Sent)).toEqual(['a', 'b']);
    expect(read).toEqual(items(['a', 'b', 'a']));
  });
});

import { DynamoDbEngine } from '../../../../local/dynamodb/engine/engine';
import { startEngineServer } from '../../../../local/dynamodb/engine/engine-http';
import { DynamoDbEngineError } from '../../../../local/dynamodb/engine/errors';
import { seededRandom } from '../../../../local/seeded-random';
import { type Difference, explain, Tally, World } from './differential';
import { StepGenerator } from './step-generator';

/** How another database differs from the engine: what it makes of an answer or an error. */
type Flaw = (operation: string, answer: () => object) => object;

async function firstDifference(flaw: Flaw, histories: number): Promise<(Difference & { text: string }) | undefined> {
  const engine = new DynamoDbEngine();
  const server = await startEngineServer({
    execute: (operation, input) => flaw(operation, () => engine.execute(operation, input)),
  });
  try {
    const world = new World(server.endpoint, 'flawed');
    await world.createTables();
    for (let index = 0; index < histories; index += 1) {
      const generator = new StepGenerator(seededRandom(index));
      const history = Array.from({ length: 60 }, () => generator.next());
      const difference = await world.run(history);
      if (!difference) continue;
      return { ...difference, text: await explain(world, history.slice(0, difference.index + 1), 'a history') };
    }
    return undefined;
  } finally {
    await server.close();
  }
}

const changed = (answer: () => object, change: (body: { Items?: object[] }) => object): object =>
  change(structuredClone(answer()));
const withError = (answer: () => object, change: (error: DynamoDbEngineError) => DynamoDbEngineError): object => {
  try {
    return answer();
  } catch (error) {
    throw error instanceof DynamoDbEngineError ? change(error) : error;
  }
};

const FLAWS: readonly (readonly [string, Flaw])[] = [
  [
    'another name for a refusal',
    (_operation, answer) =>
      withError(answer, (error) =>
        error.name === 'ConditionalCheckFailedException'
          ? new DynamoDbEngineError('ValidationException', error.message)
          : error,
      ),
  ],
  [
    'no item with a refusal',
    (_operation, answer) =>
      withError(
        answer,
        ({ name, message, details: { Item: _item, ...details } }) => new DynamoDbEngineError(name, message, details),
      ),
  ],
  [
    'reasons in another order',
    (_operation, answer) =>
      withError(answer, ({ name, message, details }) => {
        const reasons = details.CancellationReasons;
        return new DynamoDbEngineError(
          name,
          message,
          reasons ? { CancellationReasons: reasons.toReversed() } : details,
        );
      }),
  ],
  ['a delete that does nothing', (operation, answer) => (operation === 'DeleteItem' ? {} : answer())],
  [
    'another code for a duplicate of a batch',
    (operation, answer) =>
      operation === 'BatchExecuteStatement'
        ? JSON.parse(JSON.stringify(answer()).replaceAll('DuplicateItem', 'ConditionalCheckFailed'))
        : answer(),
  ],
  [
    'large numbers rounded',
    (_operation, answer) =>
      JSON.parse(JSON.stringify(answer()).replaceAll('9223372036854775807', '9223372036854775808')),
  ],
  [
    'a query in the wrong order',
    (operation, answer) =>
      operation === 'Query'
        ? changed(answer, ({ Items, ...rest }) => ({ ...rest, ...(Items && { Items: Items.reverse() }) }))
        : answer(),
  ],
  [
    'one item too few on a page',
    (operation, answer) =>
      operation === 'Query'
        ? changed(answer, ({ Items, ...rest }) => ({ ...rest, ...(Items && { Items: Items.slice(1) }) }))
        : answer(),
  ],
];

describe('the differential test', () => {
  test('finds nothing between two engines', async () => {
    expect(await firstDifference((_operation, answer) => answer(), 4)).toBeUndefined();
  });

  test.each(FLAWS)('finds a database with %s, and tells the shortest history', async (_name, flaw) => {
    const difference = await firstDifference(flaw, 40);
    expect(difference?.text).toMatch(/^A difference in a history, ([1-9]|1\d) steps:/);
  });

  test('counts what failed', async () => {
    const engine = new DynamoDbEngine();
    const server = await startEngineServer(engine);
    const world = new World(server.endpoint, 'counted');
    await world.createTables();
    const seen = new Tally();
    const put = { operation: 'PutItem', input: { TableName: '«T»', Item: { id: { S: 'a' } } } };
    const insert = {
      operation: 'BatchExecuteStatement',
      input: { Statements: [{ Statement: `INSERT INTO "«T»" VALUE {'id': 'a'}` }] },
    };
    await world.run([put, { operation: 'PutItem', input: { TableName: 'nowhere', Item: {} } }, insert], seen);
    await world.deleteTables();
    await server.close();
    expect([seen.steps, seen.failed]).toEqual([3, 2]);
  });
});

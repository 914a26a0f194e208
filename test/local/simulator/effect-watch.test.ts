import type { Item } from '../../../local/dynamodb/engine/attribute-value';
import { DynamoDbEngine } from '../../../local/dynamodb/engine/engine';
import { EffectWatch } from '../../../local/simulator/effect-watch';
import type { SimulatedWrite } from '../../../local/simulator/runtime';
import { EFFECTS_TABLE, writesOf } from '../../../local/simulator/transaction-writes';

const SEEN = { worker: 'w', sentAtMs: 90, atMs: 100 };

function watched() {
  const engine = new DynamoDbEngine();
  engine.execute('CreateTable', {
    TableName: EFFECTS_TABLE,
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  const watch = new EffectWatch(
    () => (engine.execute('Scan', { TableName: EFFECTS_TABLE }) as { Items?: Item[] }).Items ?? [],
  );
  const commit = (...writes: readonly SimulatedWrite[]) => {
    engine.execute('TransactWriteItems', { TransactItems: writes.map(({ Update }) => ({ Update: onWire(Update) })) });
    return watch.look(SEEN);
  };
  return { watch, commit };
}

/** As the document client would send it. */
function onWire({ Key, ExpressionAttributeValues, ...rest }: SimulatedWrite['Update']) {
  const values = Object.entries(ExpressionAttributeValues).map(([name, value]) => [name, { N: String(value) }]);
  return { ...rest, Key: { id: { S: Key.id } }, ExpressionAttributeValues: Object.fromEntries(values) };
}

const run = (offset: number, run: number, partition = 0) => ({ partition, offset, run });

test('each time an item is written is an effect of the run that asked for it', () => {
  const { watch, commit } = watched();

  expect(commit(...writesOf('a', run(0, 1), undefined))).toEqual([{ kind: 'effect', ...SEEN, ...run(0, 1) }]);
  expect(commit(...writesOf('a', run(3, 2), undefined))).toEqual([{ kind: 'effect', ...SEEN, ...run(3, 2) }]);
  expect(commit(...writesOf('a', run(3, 2), undefined))).toEqual([{ kind: 'effect', ...SEEN, ...run(3, 2) }]);
  expect(watch.look(SEEN)).toEqual([]);
});

test('effects of one request come in the order of the topic', () => {
  const { commit } = watched();
  const writes = [run(2, 1), run(0, 2, 1), run(1, 3)].flatMap((one) => writesOf(`id-${one.run}`, one, undefined));

  expect(commit(...writes).map(({ partition, offset }) => `${partition}@${offset}`)).toEqual(['0@1', '0@2', '1@0']);
});

test.each(['refused', 'refused-once', 'superfluous', 'invalid', 'colliding'] as const)(
  'what is %s is not accepted',
  (special) => {
    const { watch, commit } = watched();

    expect(() => commit(...writesOf('a', run(0, 1), special))).toThrow();
    expect(watch.look(SEEN)).toEqual([]);
  },
);

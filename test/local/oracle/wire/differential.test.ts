/**
 * What is read from a request is what the database does with it: random requests from the grammar of the operations, run
 * on the engine, whose items before and after are the judge. The two share no code.
 */
import { DynamoDbEngineError } from '../../../../local/dynamodb/engine/errors';
import { AcceptedWrites } from '../../../../local/oracle/wire/accepted-writes';
import type { WireItem, Write } from '../../../../local/oracle/wire/write';
import { seededRandom } from '../../../../local/seeded-random';
import { engineWithTables, RANGE_TABLE, TABLE, type TestEngine } from '../../dynamodb/engine/fixture';
import { StepGenerator } from '../../dynamodb/engine/step-generator';

const STEPS = 4_000;
/** Items near the limit are slow to compare, and say nothing more. */
const LARGE = 10_000;

type Items = ReadonlyMap<string, WireItem>;

/** Every item, by table and key. */
function itemsOf(engine: TestEngine): Items {
  return new Map(
    [TABLE, RANGE_TABLE].flatMap((table) =>
      (engine.run('Scan', { TableName: table }).Items as WireItem[]).map((item) => [nameOf(table, item), item]),
    ),
  );
}

const nameOf = (table: string, { id, r }: WireItem) =>
  `${table} ${id?.S}${table === RANGE_TABLE ? ` ${Number(r?.N)}` : ''}`;

const scratch = engineWithTables();

/** As the database writes it: numbers in their shortest form, and so on. */
function canonical(attributes: WireItem): WireItem {
  const key = { id: { S: 'scratch' } };
  scratch.put({ ...attributes, ...key });
  return scratch.run('GetItem', { TableName: TABLE, Key: key }).Item;
}

const rootOf = (path: string) => /^[^.[]+/.exec(path)?.[0] ?? path;

/** What is wrong with what was read, if anything. */
function wrong(write: Write | undefined, before: WireItem = {}, after: WireItem = {}): string | undefined {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const changed = [...names].filter((name) => !same(before[name], after[name]));
  if (write === undefined) return changed.length === 0 ? undefined : 'a write was not seen';
  if (write.kind === 'delete') return Object.keys(after).length === 0 ? undefined : 'it is not deleted';
  const set = canonical(Object.fromEntries(Object.entries(write.sets).filter(([path]) => path === rootOf(path))));
  const differs = Object.keys(write.sets).filter(
    (path) => path === rootOf(path) && path !== 'id' && !same(set[path], after[path]),
  );
  if (differs.length > 0) return `other values of ${differs}`;
  const touched = new Set([...Object.keys(write.sets), ...write.computes, ...write.removes].map(rootOf));
  const replaces =
    write.kind === 'put' && names.size > 0 ? [...names].filter((name) => !(name in write.sets) && name in after) : [];
  if (replaces.length > 0) return `${replaces} outlived a put`;
  const missed = write.kind === 'put' ? [] : changed.filter((name) => !touched.has(name) && !(name in write.key));
  return missed.length > 0 ? `${missed} changed unseen` : undefined;
}

test('every accepted write is read as the engine does it', () => {
  const engine = engineWithTables();
  const accepted = new AcceptedWrites();
  const generator = new StepGenerator(seededRandom(20));
  const counts = new Map<string, number>();
  const found: string[] = [];
  for (let step = 0; step < STEPS; step += 1) {
    const text = JSON.stringify(generator.next());
    if (text.includes('«X»') || text.length > LARGE) continue;
    const { operation, input } = JSON.parse(text.replaceAll('«T»', TABLE).replaceAll('«R»', RANGE_TABLE));
    const before = itemsOf(engine);
    let output: unknown;
    let status = 200;
    try {
      output = engine.run(operation, input);
    } catch (error) {
      if (!(error instanceof DynamoDbEngineError)) throw error;
      status = 400;
    }
    const after = itemsOf(engine);
    const writes = accepted.of({ operation, input, status, output, atMs: step });
    counts.set(operation, (counts.get(operation) ?? 0) + writes.length);
    const byItem = new Map(writes.map((write) => [nameOf(write.table, write.key), write]));
    for (const name of new Set([...before.keys(), ...after.keys(), ...byItem.keys()])) {
      const problem = wrong(byItem.get(name), before.get(name), after.get(name));
      if (problem !== undefined)
        found.push(`${problem}: ${name} after ${operation} ${JSON.stringify(input).slice(0, 500)}`);
    }
  }

  expect(found.slice(0, 3)).toEqual([]);
  const writers = [...counts].filter(([, count]) => count > 5).map(([operation]) => operation);
  expect(writers.sort()).toEqual([
    'BatchExecuteStatement',
    'BatchWriteItem',
    'DeleteItem',
    'ExecuteStatement',
    'ExecuteTransaction',
    'PutItem',
    'TransactWriteItems',
    'UpdateItem',
  ]);
});

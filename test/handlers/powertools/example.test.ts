import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/test-dynamodb';

const ROOT = join(__dirname, '..', '..', '..');

/** Delivers one batch twice, as Kafka does, with a producer's duplicate in it. */
const DRIVER = `
import { charges, handler } from './powertools-drop-in';
const value = (order: object) => ({ value: Buffer.from(JSON.stringify(order)).toString('base64') });
const orders = [{ orderId: '4711', amount: 20 }, { orderId: '4712', amount: 30 }];
const event = { records: { 'orders-0': orders.map(value), 'orders-1': [] } };
const context = { getRemainingTimeInMillis: () => 60_000 };
async function main() {
  const results = [await handler(event, context), await handler(event, context)];
  const changed = handler({ records: { 'orders-0': [value({ orderId: '4711', amount: 99 })] } }, context);
  const refused = await changed.catch((error: Error) => error.name);
  const nameless = handler({ records: { 'orders-0': [value({ amount: 1 })] } }, context);
  const missing = await nameless.catch((error: Error & { cause: Error }) => error.cause.name);
  console.log(JSON.stringify({ results, charges, refused, missing }));
}
void main();
`;

/** An ES module, whose Powertools is then another copy than the one that the layer is made of. */
const MODULE = `
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import { createRequire } from 'node:module';
const { OncePersistenceLayer } = createRequire(import.meta.url)('msk-once/powertools');
const persistenceStore = new OncePersistenceLayer({ tableName: process.env.IDEMPOTENCY_TABLE });
const settings = { eventKeyJmesPath: 'id', payloadValidationJmesPath: 'amount', throwOnNoIdempotencyKey: true };
const options = { persistenceStore, config: new IdempotencyConfig(settings), keyPrefix: 'module' };
let runs = 0;
const charge = makeIdempotent(async ({ id }) => { runs += 1; await new Promise(setImmediate); return 'charged ' + id; }, options);
const nameOf = (error) => error.cause?.name ?? error.name;
const order = { id: 'a', amount: 1 };
const first = charge(order);
console.log(JSON.stringify({
  isAnotherCopy: !(persistenceStore instanceof BasePersistenceLayer),
  first: await first,
  again: await charge({ ...order }),
  changed: await charge({ ...order, amount: 2 }).catch(nameOf),
  missing: await charge({ amount: 1 }).catch(nameOf),
  runs,
}));
`;

let database: TestDynamoDb;
let project: string;
beforeAll(async () => {
  database = await startTestDynamoDb();
  // A stranger's project: the example, and msk-once as a package beside it.
  mkdirSync(join(ROOT, '.msk-once'), { recursive: true });
  project = mkdtempSync(join(ROOT, '.msk-once', 'powertools-'));
  const library = join(project, 'node_modules', 'msk-once');
  mkdirSync(library, { recursive: true });
  const exports = { './powertools': './powertools.ts' };
  // A package of its own: below ours without one, `msk-once` would be ours, as it was built last.
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'shop' }));
  writeFileSync(join(library, 'package.json'), JSON.stringify({ name: 'msk-once', exports }));
  writeFileSync(
    join(library, 'powertools.ts'),
    `export * from ${JSON.stringify(join(ROOT, 'handlers', 'powertools', 'index'))};\n`,
  );
  copyFileSync(join(ROOT, 'docs', 'examples', 'powertools-drop-in.ts'), join(project, 'powertools-drop-in.ts'));
  writeFileSync(join(project, 'driver.ts'), DRIVER);
  writeFileSync(join(project, 'function.mjs'), MODULE);
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), include: ['*.ts'], compilerOptions: { types: ['node'] } }),
  );
});
afterAll(async () => {
  rmSync(project, { recursive: true, force: true });
  await database.stop();
});

test('the example compiles', () => {
  const compiler = join(ROOT, 'node_modules', '@typescript', 'native', 'bin', 'tsc');

  expect(() => execFileSync(process.execPath, [compiler, '-p', project], { stdio: 'pipe' })).not.toThrow();
}, 120_000);

const run = (file: string) =>
  new Promise<string>((resolve, reject) => {
    const env = {
      ...process.env,
      AWS_ENDPOINT_URL_DYNAMODB: database.endpoint,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      IDEMPOTENCY_TABLE: database.table,
    };
    execFile(process.execPath, ['--import', 'tsx', file], { cwd: project, env }, (error, stdout, stderr) =>
      error ? reject(new Error(`${error.message}\n${stderr}`)) : resolve(stdout),
    );
  });

test('the example charges each order once, however often it is delivered', async () => {
  const receipts = [{ receipt: 'receipt of 4711' }, { receipt: 'receipt of 4712' }];

  expect(JSON.parse(await run('driver.ts'))).toEqual({
    results: [receipts, receipts],
    charges: ['4711: 20', '4712: 30'],
    refused: 'IdempotencyValidationError',
    missing: 'IdempotencyKeyError',
  });
}, 60_000);

test('the layer serves a function whose Powertools is another copy, as that of an ES module is', async () => {
  expect(JSON.parse(await run('function.mjs'))).toEqual({
    isAnotherCopy: true,
    first: 'charged a',
    again: 'charged a',
    changed: 'IdempotencyValidationError',
    missing: 'IdempotencyKeyError',
    runs: 1,
  });
}, 60_000);

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Deployed, type DeployedFunctions, deploy, packagesIn, userFile } from './deployed';

/**
 * What is deployed is what a cold start loads: 558 KB for the runtime with the client of DynamoDB, and 242 KB for the
 * clients of dead letters, which a processor has by default (decision 0014). How long it takes to load is printed, and
 * has no limit of its own: a test that asserts a time fails on a busy machine.
 */
const BUDGET_KB = 800;
const STARTS = 5;

const ENVIRONMENT = {
  MSK_ONCE_TABLE: 'Idempotency',
  MSK_ONCE_MAPPINGS: '{"Flights":{"consumer":"flights","source":"cluster","generation":1}}',
  MSK_ONCE_REMEMBER_FOR_S: '1209600',
  COUNTERS_TABLE: 'Counters',
  AWS_REGION: 'eu-west-1',
};

/** A function of a user, with all that a function may import. */
const CODECS = `import { json, processRecords } from '../../handlers';
import { avro } from '../../handlers/avro';
import { protobuf } from '../../handlers/protobuf';
import light from 'protobufjs/light';

const order = light.Root.fromJSON({ nested: { Order: { fields: { id: { type: 'string', id: 1 } } } } }).lookupType('Order');
export const codecs = [
  json(),
  avro({ schema: { type: 'record', name: 'Order', fields: [{ name: 'id', type: 'string' }] }, wire: 'confluent' }),
  protobuf({ type: order, wire: 'confluent' }),
];
export const handler = processRecords({ value: codecs[0], process: () => undefined });
`;

const user = userFile('with-codecs.ts', CODECS);
const REFERENCE = ['flights', 'flights-ledger', 'flights-transaction'].map((name) => `handlers/entry/${name}.ts`);
const FUNCTIONS = [...REFERENCE, user.entry].map((entry) => [path.basename(entry), entry] as const);

let functions: DeployedFunctions;

beforeAll(() => {
  functions = deploy(FUNCTIONS.map(([, entry]) => entry));
  const lines = FUNCTIONS.map(([name, entry]) => `${name}: ${measured(functions.of(entry))}\n`);
  process.stdout.write(`Deployed functions under Node.js ${process.version}\n${lines.join('')}`);
}, 120_000);
afterAll(() => {
  functions.remove();
  user.remove();
});

function measured({ folder, code }: Deployed): string {
  const file = path.join(folder, 'load.mjs');
  writeFileSync(
    file,
    "const start = performance.now();\nawait import('./index.mjs');\nconsole.log(performance.now() - start);\nprocess.exit();\n",
  );
  const times = Array.from({ length: STARTS }, () => Number(run(folder, file).stdout)).toSorted((a, b) => a - b);
  const zipped = gzipSync(code).length;
  return `${kilobytes(code)} KB (${Math.round(zipped / 1_024)} KB gzipped), loads in ${times[(STARTS - 1) / 2]?.toFixed(0)} ms (median of ${STARTS} processes)`;
}

const kilobytes = (code: string) => Math.round(Buffer.byteLength(code) / 1_024);

/** As Lambda starts it, where no package is installed. */
function run(folder: string, file: string, environment: Record<string, string> = {}) {
  const env = {
    PATH: process.env.PATH ?? '',
    NODE_NO_WARNINGS: '1',
    NODE_OPTIONS: '--enable-source-maps',
    ...ENVIRONMENT,
    ...environment,
  };
  try {
    return { stdout: execFileSync(process.execPath, [file], { cwd: folder, env, encoding: 'utf8', stdio: 'pipe' }) };
  } catch (error) {
    return error as { stdout: string; stderr: string };
  }
}

describe.each(FUNCTIONS)('%s as it is deployed', (_, entry) => {
  const deployed = () => functions.of(entry);

  test('holds nothing of the constructs, of the local event source, or of tests', () => {
    const { metafile } = deployed();
    const ours = Object.keys(metafile.inputs).filter((input) => !input.includes('node_modules/'));

    expect(ours.filter((input) => input !== entry && !/^(contract|handlers)\//.test(input))).toEqual([]);
    expect([...packagesIn(metafile).keys()]).not.toContainEqual(
      expect.stringMatching(
        /^(aws-cdk-lib|constructs|@aws-cdk\/.*|kafkajs|esbuild|tsx|vega-datasets|@aws-sdk\/lib-dynamodb|@aws-lambda-powertools\/.*)$/,
      ),
    );
    // Its symbols are how constructs of several copies know each other, so no construct is without one.
    expect(deployed().code).not.toMatch(/@aws-cdk\/core|jsiiDeprecationWarnings/);
  });

  test('holds the SDK and every other package once: one copy of each, and one of its builds', () => {
    const packages = packagesIn(deployed().metafile);
    const twice = [...packages].filter(
      ([, { homes, folders }]) => homes.size > 1 || (folders.has('dist-es') && folders.has('dist-cjs')),
    );

    expect([...packages.keys()]).toEqual(expect.arrayContaining(['@smithy/core', '@aws-sdk/client-dynamodb']));
    expect(twice).toEqual([]);
  });

  test('is one minified ES module', () => {
    const { folder, code } = deployed();

    expect(readdirSync(folder).filter((file) => /js$/.test(file))).toEqual(['index.mjs', 'load.mjs']);
    expect(code).toMatch(/\bexport\{[^}]*\bas handler\b[^}]*\}/);
    // Indented lines are in texts only.
    expect(code.split('\n').filter((line) => /^\s+\S/.test(line)).length).toBeLessThan(50);
    expect(code).not.toMatch(/^\s*(\/\/ handlers|\/\*\*)/m);
  });

  test('has a source map beside it that names the sources, without their text', () => {
    const { folder, code } = deployed();
    const map = JSON.parse(readFileSync(path.join(folder, 'index.mjs.map'), 'utf8'));

    expect(code).toMatch(/\n\/\/# sourceMappingURL=index\.mjs\.map\n?$/);
    expect(map).not.toHaveProperty('sourcesContent');
    expect(map.sources).toContainEqual(expect.stringMatching(/handlers\/process-records\.ts$/));
  });
});

test.each(FUNCTIONS.slice(0, REFERENCE.length))(`%s is smaller than ${BUDGET_KB} KB`, (_, entry) => {
  expect(Buffer.byteLength(functions.of(entry).code) / 1_024).toBeLessThan(BUDGET_KB);
});

test('a stack trace names the source', () => {
  const { folder } = functions.of('handlers/entry/flights.ts');

  expect(run(folder, path.join(folder, 'load.mjs'), { MSK_ONCE_TABLE: '' })).toMatchObject({
    stderr: expect.stringMatching(/at .*handlers\/process-records\.ts:\d+:\d+/),
  });
});

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';
import { DEPLOYED } from '../../bench/measure/bundles';
import { PROJECT } from '../support/project';

const AVRO_SCHEMA = `{ type: 'record', name: 'Order', fields: [{ name: 'id', type: 'string' }, { name: 'n', type: 'long' }] }`;
const PROTO = `{ nested: { Order: { fields: { id: { type: 'string', id: 1 }, n: { type: 'int64', id: 2 } } } } }`;

/** What a function imports, the codec that it makes of it, a value, and what it must decode to. */
const FUNCTIONS = {
  json: {
    imports: `import { json } from './handlers';`,
    codec: 'json()',
    bytes: '7b226964223a2261227d',
    value: { id: 'a' },
  },
  'text and bytes': {
    imports: `import { bytes, text } from './handlers';`,
    codec: '(bytes(), text())',
    bytes: '61',
    value: 'a',
  },
  avro: {
    imports: `import { avro } from './handlers/avro';`,
    codec: `avro({ schema: ${AVRO_SCHEMA}, wire: 'confluent' })`,
    bytes: '0000000007026102',
    value: { id: 'a', n: 1 },
  },
  protobuf: {
    imports: `import { protobuf } from './handlers/protobuf';\nimport light from 'protobufjs/light';`,
    codec: `protobuf({ type: light.Root.fromJSON(${PROTO}).lookupType('Order'), wire: 'confluent', longs: 'number' })`,
    bytes: '0000000007000a01611001',
    value: { id: 'a', n: 1 },
  },
} as const;

type Name = keyof typeof FUNCTIONS;
interface Bundle {
  readonly file: string;
  readonly metafile: Metafile;
  readonly bytes: number;
}

const folder = mkdtempSync(path.join(tmpdir(), 'msk-once-codecs-'));
const bundles = new Map<Name, Bundle>();

beforeAll(async () => {
  for (const name of Object.keys(FUNCTIONS) as Name[]) bundles.set(name, await bundle(name));
  // How much a codec costs a cold start is read here.
  const sizes = [...bundles].map(([name, { file, bytes }]) => {
    const zipped = gzipSync(readFileSync(file)).length;
    return `${name}: ${Math.round(bytes / 1_024)} KB (${Math.round(zipped / 1_024)} KB gzipped)`;
  });
  process.stdout.write(`Bundles of a function with its codec: ${sizes.join(', ')}\n`);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

async function bundle(name: Name): Promise<Bundle> {
  const { imports, codec, bytes } = FUNCTIONS[name];
  const file = path.join(folder, `${name.replaceAll(' ', '-')}.mjs`);
  const { metafile } = await build({
    ...DEPLOYED,
    absWorkingDir: PROJECT,
    stdin: {
      contents: `${imports}
        import { processRecords } from './handlers';
        export const codec = ${codec};
        export const handler = (event, context) => processRecords({ value: codec, process: () => undefined })(event, context);
        export const decoded = () => codec.decode(Buffer.from('${bytes}', 'hex'));`,
      resolveDir: PROJECT,
      loader: 'ts',
    },
    outfile: file,
    metafile: true,
  });
  return { file, metafile, bytes: readFileSync(file).length };
}

const bundleOf = (name: Name) => bundles.get(name) as Bundle;
/** The bytes of each package that are in the bundle. */
function bytesOf(name: Name, pattern: RegExp): number {
  const [output] = Object.values(bundleOf(name).metafile.outputs);
  return Object.entries(output?.inputs ?? {})
    .filter(([input]) => pattern.test(input))
    .reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
}

const AVRO = /node_modules\/avsc\/|^handlers\/avro\//;
const PROTOBUF = /node_modules\/(protobufjs|@protobufjs|long)\/|^handlers\/protobuf\//;
const WIRE = /^handlers\/wire\//;

test.each<[Name, readonly RegExp[]]>([
  ['json', [AVRO, PROTOBUF, WIRE]],
  ['text and bytes', [AVRO, PROTOBUF, WIRE]],
  ['avro', [PROTOBUF]],
  ['protobuf', [AVRO]],
])('a function with %s holds not a byte of a codec that it does not use', (name, others) => {
  for (const other of others) expect(bytesOf(name, other)).toBe(0);
});

test('the bundles that use one do hold it, so that the count above counts', () => {
  expect(bytesOf('avro', AVRO)).toBeGreaterThan(10_000);
  expect(bytesOf('protobuf', PROTOBUF)).toBeGreaterThan(10_000);
});

test.each<[Name, number]>([
  ['avro', 75],
  ['protobuf', 145],
])('%s adds less than %i KB', (name, limit) => {
  expect((bundleOf(name).bytes - bundleOf('json').bytes) / 1_024).toBeLessThan(limit);
});

test.each(Object.keys(FUNCTIONS) as Name[])(
  'the bundle with %s decodes where no package is installed',
  async (name) => {
    // From a file: `node -e` has a global `require` that hides a missing one.
    const script = path.join(folder, 'run.mjs');
    writeFileSync(
      script,
      `import { decoded } from ${JSON.stringify(bundleOf(name).file)};\nconsole.log(JSON.stringify(await decoded()));\n`,
    );
    const env = { PATH: process.env.PATH, NODE_NO_WARNINGS: '1', AWS_REGION: 'eu-west-1' };

    const { stdout } = await promisify(execFile)(process.execPath, [script], { cwd: folder, env });

    expect(JSON.parse(stdout.trim().split('\n').at(-1) as string)).toEqual(FUNCTIONS[name].value);
  },
);

test.each(['avro', 'protobuf'] as const)(
  '%s loads as an ES module beside its package, not bundled with it',
  async (name) => {
    const { imports, codec, bytes, value } = FUNCTIONS[name];
    mkdirSync(path.join(PROJECT, '.msk-once'), { recursive: true });
    const place = mkdtempSync(path.join(PROJECT, '.msk-once', 'codecs-'));
    const file = path.join(place, 'module.mjs');
    try {
      await build({
        absWorkingDir: PROJECT,
        stdin: {
          contents: `${imports.replace('protobufjs/light', 'protobufjs/light.js')}
          console.log(JSON.stringify(${codec}.decode(Buffer.from('${bytes}', 'hex'))));`,
          resolveDir: PROJECT,
          loader: 'ts',
        },
        outfile: file,
        bundle: true,
        packages: 'external',
        platform: 'node',
        format: 'esm',
        logLevel: 'silent',
      });

      const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: place });

      expect(JSON.parse(stdout)).toEqual(value);
    } finally {
      rmSync(place, { recursive: true });
    }
  },
);

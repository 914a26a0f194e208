import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { importsIn, targetOf } from '../support/imports';
import { packagePlaces } from '../support/package-places';
import { PROJECT } from '../support/project';

const { tarball, unpacked } = packagePlaces();
const files = readdirSync(unpacked, { recursive: true, encoding: 'utf8' }).sort();
const manifest = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8'));
const code = files.filter((file) => /^dist\/.*\.(js|mjs|d\.ts|d\.mts)$/.test(file));

/** What the shipped files import, by folder of `dist`. */
const WANTED: readonly (readonly [files: RegExp, packages: readonly string[]])[] = [
  [/^dist\/contract\//, []],
  [/^dist\/lib\//, ['aws-cdk-lib', 'constructs']],
  [/^dist\/handlers\/avro\//, ['avsc', '@standard-schema/spec']],
  [/^dist\/handlers\/protobuf\//, ['protobufjs', '@standard-schema/spec']],
  [
    /^dist\/handlers\/powertools\//,
    ['@aws-lambda-powertools/idempotency', '@aws-sdk/client-dynamodb', '@aws-sdk/util-dynamodb'],
  ],
  [
    /^dist\/handlers\//,
    [
      '@aws-sdk/client-dynamodb',
      '@aws-sdk/client-s3',
      '@aws-sdk/client-sqs',
      '@aws-sdk/lib-dynamodb',
      '@aws-sdk/util-dynamodb',
      '@standard-schema/spec',
    ],
  ],
  // Shared by entries, none of which needs any of the optional packages.
  [/^dist\/modules\//, ['@aws-sdk/client-dynamodb', '@aws-sdk/util-dynamodb']],
  [/^dist\/testing\//, ['@aws-sdk/util-dynamodb', '@standard-schema/spec']],
  [/^dist\/local\//, ['@aws-sdk/client-s3', '@aws-sdk/client-sqs', 'esbuild', 'kafkajs', 'yaml']],
  [
    /^dist\/bin\//,
    ['@aws-sdk/client-dynamodb', '@aws-sdk/client-lambda', '@aws-sdk/client-s3', '@aws-sdk/client-sqs', 'chokidar'],
  ],
];

/** Reached from source alone, in the repository. */
const ONLY_FROM_SOURCE: ReadonlySet<string> = new Set(['dist/bin/simulator/threads.js imports tsx']);

function packagesIn(file: string): string[] {
  return importsIn(readFileSync(join(unpacked, file), 'utf8')).flatMap(({ specifier }): string[] => {
    const target = specifier === undefined ? undefined : targetOf(file, specifier);
    if (target === undefined || 'file' in target || isBuiltin(target.package)) return [];
    return ONLY_FROM_SOURCE.has(`${file} imports ${target.package}`) ? [] : [target.package];
  });
}

describe('what is shipped', () => {
  test('imports what is declared for its folder, and nothing else', () => {
    const violations = code.flatMap((file) => {
      const [, wanted] = WANTED.find(([pattern]) => pattern.test(file)) ?? [];
      return packagesIn(file)
        .filter((name) => !wanted?.includes(name))
        .map((name) => `${file} imports ${name}`);
    });

    expect(code.length).toBeGreaterThan(500);
    expect(violations).toEqual([]);
  });

  test('brings with it what it imports, and only that', () => {
    const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
    const imported = new Set(code.flatMap(packagesIn));

    // Types of Node.js are referenced, not imported.
    expect([...imported, '@types/node'].sort()).toEqual(Object.keys(declared).sort());
  });

  test('asks for no package that only some need', () => {
    expect(Object.keys(manifest.peerDependenciesMeta)).toEqual(Object.keys(manifest.peerDependencies));
  });

  test('runs nothing when it is installed', () => {
    const { preinstall, install, postinstall, prepare } = manifest.scripts;

    expect([preinstall, install, postinstall, prepare]).toEqual([undefined, undefined, undefined, undefined]);
    expect(files.filter((file) => file.endsWith('binding.gyp'))).toEqual([]);
  });

  test('leaves out sources, tests, the demo and the reference app', () => {
    const folders = new Set(files.map((file) => file.split('/').slice(0, 2).join('/')));

    expect([...folders].filter((path) => !path.includes('/') && !/\.(md|json)$/.test(path)).sort()).toEqual([
      'LICENSE',
      'dist',
      'docs',
      'local',
    ]);
    expect(
      files.filter((file) =>
        /^dist\/(test\/|bench\/|docs\/|build\/|handlers\/entry\/|bin\/(app|demo|reference|iam))/.test(file),
      ),
    ).toEqual([]);
    expect(files.filter((file) => /(?<!\.d)\.m?ts$|\.map$/.test(file))).toEqual([]);
  });

  test('holds each file that an entry or a command names', () => {
    const named = JSON.stringify([manifest.exports, manifest.bin, manifest.main, manifest.types]).match(/dist[^"]+/g);
    const looked = [
      'THIRD-PARTY.md',
      'dist/local/worker/runtime/bootstrap.js',
      'dist/bin/simulator/thread.js',
      'local/servers/keeper.cjs',
      'local/servers/kafka/server.properties',
      'local/servers/kafka/log4j2.properties',
      ...['kafka', 'dynamodb', 'sqs'].map((server) => `local/servers/${server}/pom.xml`),
    ];

    expect([...(named ?? []), ...looked].filter((file) => !existsSync(join(unpacked, file)))).toEqual([]);
  });

  test('says which licence it has, and whom a registry may ask where it was built', () => {
    expect(manifest).toMatchObject({ license: 'Apache-2.0', publishConfig: { provenance: true } });
    expect(manifest).not.toHaveProperty('private');
  });
});

describe('tools that look at packages from outside', () => {
  const tool = async (name: string, ...options: string[]) => {
    const { stdout } = await promisify(execFile)(join(PROJECT, 'node_modules', '.bin', name), [...options, tarball]);
    return stdout;
  };

  test('publint has nothing to say', async () => {
    await expect(tool('publint', 'run', '--strict')).resolves.toContain('All good!');
  });

  test('are the types wrong? has nothing to say, for any way to resolve them', async () => {
    await expect(tool('attw', '--format', 'ascii', '--no-emoji', '--no-color')).resolves.toContain('No problems found');
  });
});

/** The command line as a person meets it: a process of its own, its exit code, and what it says where. */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { REPOSITORY_ONLY } from '../../build/package-entries';
import { DynamoDbApi } from '../../local/dynamodb/dynamodb-api';
import { startEmbeddedDynamoDb } from '../../local/dynamodb/embedded';
import { builtCli } from '../support/built-cli';
import { PROJECT } from '../support/project';

let program: string;
beforeAll(async () => {
  program = await builtCli();
}, 60_000);

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** From another folder, as a person may stand anywhere. */
function cli(argv: readonly string[], env: NodeJS.ProcessEnv = {}, file = program): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file, ...argv], {
      cwd: '/',
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

test.each([
  [['frobnicate'], 'There is no command "frobnicate"'],
  [['constructor'], 'There is no command "constructor"'],
  [['--frobnicate'], 'There is no command "--frobnicate"'],
])('%p: usage on the error output and exit code 2', async (argv, words) => {
  const { code, out, err } = await cli(argv);

  expect(code).toBe(2);
  expect(err).toContain(words);
  expect(err).toContain('Usage: msk-once <command>');
  expect(out).toBe('');
});

test('nothing: usage and exit code 2', async () => {
  const { code, out } = await cli([]);

  expect(code).toBe(2);
  expect(out).toContain('Usage: msk-once <command>');
});

test('--help: usage and exit code 0', async () => {
  const { code, out, err } = await cli(['--help']);

  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/demo[\s\S]*servers/);
});

test.each(['--version', '-v'])('%s: the version of the package and exit code 0', async (option) => {
  const { version } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));

  expect(await cli([option])).toEqual({ code: 0, out: `${version}\n`, err: '' });
});

describe('installed, where what only the repository has is left out', () => {
  let folder: string;
  const installed = (argv: readonly string[]) => cli(argv, {}, join(folder, 'dist', 'bin', 'cli.js'));
  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'msk-once-test-installed-')));
    const dist = dirname(dirname(program));
    const left = new Set(REPOSITORY_ONLY.map((path) => join(dist, path)));
    cpSync(dist, join(folder, 'dist'), { recursive: true, filter: (path) => !left.has(path) });
    symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'msk-once', version: '12.3.4-rc.5' }));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('--version is that of the installed package', async () => {
    expect(await installed(['--version'])).toEqual({ code: 0, out: '12.3.4-rc.5\n', err: '' });
  });

  test('the usage lists what is there, and no demo', async () => {
    const [help, refused] = [await installed(['--help']), await installed(['frobnicate'])];

    expect(help.code).toBe(0);
    expect(help.out.match(/(?<=^ {2})\w+/gm)?.join(' ')).toBe('check judge local redrive servers simulate');
    expect(refused.err).not.toContain('demo');
  });

  test('demo says where the demo is, with exit code 2', async () => {
    const { code, err } = await installed(['demo']);

    expect(code).toBe(2);
    expect(err).toMatch(/the repository of msk-once has and the package does not/);
  });
});

test.each([[['demo', '--frobnicate']], [['servers', '--frobnicate']]])(
  '%p: the usage of that command, no stack, exit code 2',
  async (argv) => {
    const { code, err } = await cli(argv);

    expect(code).toBe(2);
    expect(err).toContain('--frobnicate');
    expect(err).toMatch(new RegExp(`Usage: (npm run|msk-once) ${argv[0]}`));
    expect(err).not.toMatch(/^\s+at /m);
  },
);

describe('demo --kafka with a server that does not answer: its address, the remedy, no stack, exit code 7', () => {
  test('the database', async () => {
    const { code, err } = await cli(['demo', '--kafka'], { MSK_ONCE_DYNAMODB: 'http://127.0.0.1:1' });

    expect(code).toBe(7);
    expect(err).toMatch(/http:\/\/127\.0\.0\.1:1\b.*msk-once servers/);
    expect(err).not.toMatch(/^\s+at /m);
  });

  test('the broker, and nothing is left in the database', async () => {
    const database = await startEmbeddedDynamoDb();

    const { code, err } = await cli(['demo', '--kafka'], {
      MSK_ONCE_DYNAMODB: database.endpoint,
      MSK_ONCE_KAFKA: '127.0.0.1:1',
    });

    expect(code).toBe(7);
    expect(err).toMatch(/127\.0\.0\.1:1\b.*msk-once servers/);
    expect(err).not.toMatch(/^\s+at /m);
    expect(await new DynamoDbApi(database.endpoint).call('ListTables', {})).toEqual({ TableNames: [] });
    await database.close();
  });
});

test('an address that is none is refused where it is used, with exit code 2', async () => {
  const { code, err } = await cli(['demo', '--kafka'], { MSK_ONCE_KAFKA: 'kafka://here' });

  expect(code).toBe(2);
  expect(err).toContain('MSK_ONCE_KAFKA is "kafka://here"');
});

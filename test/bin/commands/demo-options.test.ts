/** What the demo refuses before it does anything. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demo } from '../../../bin/commands/demo';
import { EXIT } from '../../../contract/error-codes';

// A demo that is run all the same would take half a minute.
jest.mock('../../../bin/demo/run-demo', () => ({
  runDemo: () => Promise.reject(new Error('the demo was run')),
  runEveryPlace: (fault: unknown, { records, remember }: { records: number; remember: string }) =>
    Promise.reject(new Error(`every place was run: ${JSON.stringify(fault)}, ${records} records, ${remember}`)),
}));

const folder = mkdtempSync(join(tmpdir(), 'msk-once-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function refusal(...argv: string[]): Promise<{ exitCode: number; message: string; usage: string }> {
  return demo(argv).then(
    (code) => {
      throw new Error(`${argv.join(' ')} was run, and ended with ${code}`);
    },
    (error) => error,
  );
}

describe('wrong options end with usage and exit code 2, and name the option', () => {
  test.each([
    ['an option that there is not', ['--frobnicate'], '--frobnicate'],
    ['one that is misspelt', ['--record', '500'], '--record'],
    ['a word too many', ['now'], 'now'],
    ['an option without its value', ['--seed'], '--seed'],
    ['a value where none is taken', ['--kafka=yes'], '--kafka'],
    ['a seed that is no number', ['--seed', 'one'], '--seed is "one"'],
    ['a seed that is empty', ['--seed='], '--seed is ""'],
    ['a seed that is negative', ['--seed=-1'], '--seed is "-1"'],
    ['a seed that is no whole number', ['--seed', '1.5'], '--seed is "1.5"'],
    ['a seed in another notation', ['--seed', '0x10'], '--seed is "0x10"'],
    ['a seed that is too large', ['--seed', '2147483649'], '--seed is "2147483649"'],
    ['too few records', ['--records', '499'], 'from 500 to 20000'],
    ['more records than the file has', ['--records', '20001'], 'from 500 to 20000'],
    ['records that are no number', ['--records', 'all'], '--records is "all"'],
    ['a reading that there is not', ['--reading', 'literal'], 'listed or checkpoint'],
    ['a mode that there is not', ['--mode', 'Partial'], 'partial or throw'],
    ['a name that every object has', ['--mode', 'constructor'], 'partial or throw'],
    ['a way of remembering that there is not', ['--remember', 'offsets'], 'transaction or ledger or identity'],
    ['a fault that there is not', ['--every', 'kill'], 'there is no fault "kill"; accepted is one of request-lost,'],
    ['a fault with a place of its own', ['--every', 'kill-after@3'], 'without a place here'],
    ['every place without records', ['--every', 'kill-after', '--records', '0'], 'from 1 to 20000'],
    ['every place on real servers', ['--every', 'kill-after', '--kafka'], 'leave --kafka away'],
  ])('%s', async (_, argv, named) => {
    const { exitCode, message, usage } = await refusal(...argv);

    expect(exitCode).toBe(EXIT.usage);
    expect(message).toContain(named);
    expect(usage).toContain('Usage: npm run demo');
  });
});

test.each([
  [['--every', 'kill-after,table=Counters'], '30 records, transaction'],
  [['--every', 'kill-after,table=Counters', '--records', '4'], '4 records, transaction'],
  [['--every', 'kill-after,table=Counters', '--remember', 'transaction'], '30 records, transaction'],
  [['--every', 'kill-after,table=Counters', '--remember', 'ledger'], '30 records, ledger'],
  [['--every', 'kill-after,table=Counters', '--remember', 'identity'], '30 records, identity'],
])('%j runs every place of so many records, remembered in that way', async (argv, run) => {
  const { message } = await refusal(...argv);

  const fault = '{"name":"kill-after","settings":{"table":"Counters"}}';
  expect(message).toBe(`every place was run: ${fault}, ${run}`);
});

describe('a file that the result cannot be written to ends with usage and exit code 2, before the work', () => {
  const file = join(folder, 'file.txt');
  writeFileSync(file, 'kept');

  test.each([
    ['in a folder that is not there', join(folder, 'absent', 'result.json')],
    ['below a file', join(file, 'result.json')],
    ['a folder itself', folder],
    ['an empty name', ''],
  ])('%s', async (_, path) => {
    const { exitCode, message } = await refusal(`--json=${path}`);

    expect(exitCode).toBe(EXIT.usage);
    expect(message).toContain('--json');
  });

  test('a refusal writes nothing', async () => {
    const path = join(folder, 'result.json');

    await refusal('--json', path, '--records', '1');
    await refusal('--json', file, '--records', '1');

    expect(existsSync(path)).toBe(false);
    expect(readFileSync(file, 'utf8')).toBe('kept');
  });
});

test('--help prints the usage and ends with 0', async () => {
  const written: string[] = [];
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });

  const code = await demo(['--help']);
  write.mockRestore();

  expect(code).toBe(EXIT.ok);
  expect(written.join('')).toMatch(/Usage: npm run demo[\s\S]*--reading/);
});

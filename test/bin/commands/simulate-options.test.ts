/** What `simulate` refuses before it does anything. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulate } from '../../../bin/commands/simulate';
import { EXIT } from '../../../contract/error-codes';

jest.mock('../../../bin/simulator/threads', () => ({
  Threads: class {
    constructor() {
      throw new Error('threads were started');
    }
  },
}));

const folder = mkdtempSync(join(tmpdir(), 'msk-once-test-'));
const file = join(folder, 'file.txt');
writeFileSync(file, 'kept');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const refusal = (...argv: string[]): Promise<{ exitCode: number; message: string; usage: string }> =>
  simulate(argv).then(
    (code) => {
      throw new Error(`${argv.join(' ')} was run, and ended with ${code}`);
    },
    (error) => error,
  );

describe('wrong options end with usage and exit code 2, and name the option', () => {
  test.each<[string, string[], string]>([
    ['an option that there is not', ['--frobnicate'], '--frobnicate'],
    ['a word too many', ['now'], 'now'],
    ['an option without its value', ['--seed'], '--seed'],
    ['no schedule', ['--schedules', '0'], '--schedules is "0"'],
    ['schedules that are no number', ['--schedules', 'all'], '--schedules is "all"'],
    ['a seed that is negative', ['--seed=-1'], '--seed is "-1"'],
    ['a seed that is too large', ['--seed', '2147483649'], '--seed is "2147483649"'],
    ['a way of remembering that there is not', ['--remember', 'hope'], '--remember is "hope"'],
    ['no way of remembering', ['--remember', ''], '--remember is ""'],
    ['one way twice', ['--remember', 'ledger,ledger'], '--remember is "ledger,ledger"'],
    ['no thread', ['--threads', '0'], '--threads is "0"'],
    ['a result in a folder that is not there', ['--json', join(folder, 'absent', 'out.json')], '--json'],
    ['a result that is a folder', ['--json', folder], '--json'],
    ['a folder to keep schedules in that is a file', ['--keep', file], '--keep'],
    ['one below a file', ['--keep', join(file, 'schedules')], '--keep'],
    ['a replay with a number of schedules', ['--replay', file, '--schedules', '5'], '--replay'],
    ['a replay with a way of remembering', ['--replay', file, '--remember', 'ledger'], '--replay'],
    ['a replay with a seed', ['--replay', file, '--seed', '5'], '--replay'],
  ])('%s', async (_, argv, named) => {
    const { exitCode, message, usage } = await refusal(...argv);

    expect(exitCode).toBe(EXIT.usage);
    expect(message).toContain(named);
    expect(usage).toContain('Usage: msk-once simulate');
  });
});

test('a file that is no schedule is refused before anything is started', async () => {
  const { exitCode, message } = await refusal('--replay', file);

  expect(exitCode).toBe(EXIT.usage);
  expect(message).toContain('it is not JSON');
});

test('--help prints the usage and ends with 0', async () => {
  const written: string[] = [];
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });

  const code = await simulate(['--help']);
  write.mockRestore();

  expect(code).toBe(EXIT.ok);
  expect(written.join('')).toMatch(/Usage: msk-once simulate[\s\S]*--replay/);
});

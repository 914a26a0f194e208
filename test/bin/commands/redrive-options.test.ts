/** What `redrive` refuses before it reads anything, and how it ends where nobody answers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { redrive } from '../../../bin/commands/redrive';
import { readArguments } from '../../../bin/redrive/arguments';
import { EXIT } from '../../../contract/error-codes';

const folder = mkdtempSync(join(tmpdir(), 'msk-once-test-'));
const before = { ...process.env };
afterAll(() => {
  process.env = before;
  rmSync(folder, { recursive: true, force: true });
});

const QUEUE = 'http://127.0.0.1:1/000000000000/letters';
const NEEDED = ['--from', QUEUE, '--function', 'orders:Orders-partial'];

const refusal = (...argv: string[]): Promise<{ exitCode: number; message: string; usage: string }> =>
  redrive(argv).then(
    (code) => {
      throw new Error(`${argv.join(' ')} was run, and ended with ${code}`);
    },
    (error) => error,
  );

describe('wrong options end with usage and exit code 2, and name the option', () => {
  test.each<[string, string[], string]>([
    ['nothing', [], '--from is missing'],
    ['no function', ['--from', QUEUE], '--function is missing'],
    ['a place that is none', ['--from', 'letters', ...NEEDED.slice(2)], '--from is "letters"'],
    ['a bucket without a name', ['--from', 's3://', ...NEEDED.slice(2)], '--from is "s3://"'],
    ['a function without its alias', ['--from', QUEUE, '--function', 'orders'], '--function is "orders"'],
    ['a condition that there is not', [...NEEDED, '--filter', 'colour=red'], '"colour=red"'],
    ['no record in a second', [...NEEDED, '--rate', '0'], '--rate is "0"'],
    ['messages that are held for ever', [...NEEDED, '--hold-s', '43201'], '--hold-s is "43201"'],
    ['a word too many', [...NEEDED, 'now'], 'now'],
    ['a result in a folder that is not there', [...NEEDED, '--json', join(folder, 'absent', 'out.json')], '--json'],
  ])('%s', async (_, argv, named) => {
    const { exitCode, message, usage } = await refusal(...argv);

    expect(exitCode).toBe(EXIT.usage);
    expect(message).toContain(named);
    expect(usage).toContain('Usage: msk-once redrive');
  });
});

test.each<[string, object]>([
  [QUEUE, { queue: { url: QUEUE, isFifo: false } }],
  [`sqs:${QUEUE}.fifo`, { queue: { url: `${QUEUE}.fifo`, isFifo: true } }],
  [`sqs:${QUEUE},s3://letters/large`, { queue: { url: QUEUE } }],
  ['s3://letters/dead', { bucket: { bucket: 'letters', prefix: 'dead' } }],
  ['s3://letters', { bucket: { bucket: 'letters', prefix: '' } }],
])('--from %s is a place', (from, place) => {
  expect(readArguments(['--from', from, ...NEEDED.slice(2)])?.from).toMatchObject(place);
});

test('--help prints the usage and ends with 0', async () => {
  let written = '';
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written += text;
    return true;
  });

  const code = await redrive(['--help']);
  write.mockRestore();

  expect(code).toBe(EXIT.ok);
  expect(written).toMatch(/Usage: msk-once redrive[\s\S]*--apply[\s\S]*Exit codes/);
});

test.each([QUEUE, 's3://letters/dead'])('where nobody answers at %s: the place, and exit code 7', async (from) => {
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 's',
    AWS_MAX_ATTEMPTS: '1',
    AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1',
    AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
  });

  const { exitCode, message } = await refusal('--from', from, '--function', 'orders:Orders-partial');

  expect(exitCode).toBe(EXIT.unreachable);
  expect(message).toContain(from);
});

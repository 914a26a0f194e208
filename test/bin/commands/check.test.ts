import { check } from '../../../bin/commands/check';
import { LocalError } from '../../../local/errors';
import { CLUSTER_ARN, type Edit, edited, Folder, SAM } from '../check/fixture';

const folder = new Folder();
afterAll(() => folder.remove());

/** The command as a person meets it: what it prints, and its exit code. */
async function run(edits: readonly Edit[], ...argv: string[]): Promise<{ code: number; out: string }> {
  return runOn(folder.write(edited(SAM, ...edits)), '--parameter', `ClusterArn=${CLUSTER_ARN}`, ...argv);
}

async function runOn(template: string, ...argv: string[]): Promise<{ code: number; out: string }> {
  let out = '';
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  try {
    return { code: await check(['--template', template, ...argv]), out };
  } finally {
    write.mockRestore();
  }
}

const ERROR: Edit = ['Timeout: 60', 'Timeout: 900'];
const WARNING: Edit = ['MemorySize: 1024', 'MemorySize: 256'];
const UNKNOWN: Edit = ['MSK_ONCE_TABLE: !Ref OrdersMemory', 'MSK_ONCE_TABLE: !ImportValue Memory'];

describe('exit codes', () => {
  test.each<[string, readonly Edit[], number, number]>([
    ['nothing to say', [], 0, 0],
    ['a warning', [WARNING], 0, 1],
    ['something unknown is not right', [UNKNOWN], 5, 1],
    ['something unknown and a warning', [UNKNOWN, WARNING], 5, 1],
    ['an error', [ERROR], 1, 1],
    ['all three', [ERROR, UNKNOWN, WARNING], 1, 1],
  ])('%s', async (_, edits, code, strict) => {
    expect((await run(edits)).code).toBe(code);
    expect((await run(edits, '--strict')).code).toBe(strict);
  });

  test('nothing to say is one line', async () => {
    expect((await run([])).out).toMatch(/^.*template-\d+\.yaml \(OrdersMapping\): nothing to say\n$/);
  });
});

test('one line for each finding, errors first, with rule, place, fact, reason and remedy', async () => {
  const { out } = await run([WARNING, UNKNOWN, ERROR]);

  const lines = out.trimEnd().split('\n');
  expect(lines).toHaveLength(4);
  expect(lines[0]).toBe(
    'error    time-out: Resources.OrdersFunction.Properties.Timeout is 900. Behind a Kafka mapping a function has 1 to 840 seconds. Write 840 or less: what is not done then goes on in the next invocation.',
  );
  expect(lines[1]).toMatch(
    /^unknown {2}table, table-key, table-ttl, table-safety, table-permission: Resources\.OrdersFunction\.Properties\.Environment\.Variables\.MSK_ONCE_TABLE\.Fn::ImportValue takes "Memory" from another stack/,
  );
  expect(lines[2]).toMatch(/^warning {2}memory: /);
  expect(lines[3]).toMatch(/: 1 error, 1 unknown, 1 warning$/);
});

test('--json is one document with all of it', async () => {
  const { out } = await run([ERROR], '--json');

  expect(JSON.parse(out)).toMatchObject({
    version: 1,
    verdict: 'errors',
    mappings: ['OrdersMapping'],
    findings: [
      {
        rule: 'time-out',
        severity: 'error',
        mappings: ['OrdersMapping'],
        place: 'Resources.OrdersFunction.Properties.Timeout',
        found: 'is 900.',
      },
    ],
  });
});

test('a parameter without a value is unknown, and what to give it is said', async () => {
  const { code, out } = await runOn(folder.write(SAM));

  expect(code).toBe(5);
  expect(out).toContain(
    'needs the parameter ClusterArn, which has no default. Give it a value: --parameter ClusterArn=VALUE',
  );
});

test('what is meant is a warning: --service-may-discard, under its own conditions', async () => {
  const retries: Edit = ['      StartingPosition:', '      MaximumRetryAttempts: 5\n      StartingPosition:'];
  const destination: Edit = [
    '      StartingPosition:',
    '      DestinationConfig: { OnFailure: { Destination: kafka://orders } }\n      StartingPosition:',
  ];

  const finite = await run([retries], '--service-may-discard');
  const sameTopic = await run([destination], '--service-may-discard');

  expect(finite.code).toBe(0);
  expect(sameTopic.code).toBe(1);
  expect(sameTopic.out).toContain('is the topic that the mapping reads.');
  expect(sameTopic.out).toContain('MaximumRetryAttempts is not set, beside a destination.');
});

describe('a command line that is wrong ends with exit code 2', () => {
  test.each<[string, string[], string]>([
    ['an unknown option', ['--fix'], "Unknown option '--fix'"],
    ['a template that is not there', ['--template', 'nowhere.yaml'], 'there is no such file'],
    ['two templates', ['--template', 'a.yaml', '--app', 'cdk.out'], 'are both given'],
    ['a parameter without a value', ['--parameter', 'ClusterArn'], 'accepted is NAME=VALUE'],
  ])('%s', async (_, argv, says) => {
    const thrown: unknown = await check(argv).catch((error: unknown) => error);

    expect(thrown).toBeInstanceOf(LocalError);
    expect((thrown as LocalError).exitCode).toBe(2);
    expect((thrown as LocalError).message).toContain(says);
  });

  test('a parameter that the template does not have', async () => {
    await expect(run([], '--parameter', 'Cluster=x')).rejects.toMatchObject({ exitCode: 2 });
  });

  test('a mapping that the template does not have', async () => {
    await expect(run([], '--mapping', 'Returns')).rejects.toMatchObject({ exitCode: 2 });
  });
});

test('a template without a Kafka mapping is not right', async () => {
  await expect(runOn(folder.write({ Resources: {} }))).rejects.toMatchObject({
    exitCode: 1,
    message: expect.stringContaining('has no Kafka event source mapping'),
  });
});

test('--help says what is read, how it is judged and what the exit codes mean', async () => {
  const { code, out } = await runOn('any.yaml', '--help');

  expect(code).toBe(0);
  for (const word of ['--template', '--strict', '--service-may-discard', 'Exit codes']) expect(out).toContain(word);
});

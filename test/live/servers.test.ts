import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { DYNAMODB } from '../../local/servers/dynamodb-server';
import { findJava } from '../../local/servers/executable';
import { KAFKA } from '../../local/servers/kafka-server';
import { SERVERS, SERVERS_ON_REQUEST, serversRunning, startServers } from '../../local/servers/servers';
import { SQS } from '../../local/servers/sqs-server';
import { freePortPair } from '../support/free-ports';

const CLI = path.join('bin', 'cli.ts');

let env: NodeJS.ProcessEnv;
let kafkaPort: number;
let dynamodbPort: number;
let sqsPort: number;
const processes: ChildProcess[] = [];

beforeEach(async () => {
  kafkaPort = await freePortPair();
  do dynamodbPort = await freePortPair();
  while (Math.abs(dynamodbPort - kafkaPort) < 2);
  do sqsPort = await freePortPair();
  while ([kafkaPort, dynamodbPort].some((port) => Math.abs(sqsPort - port) < 2));
  env = {
    ...process.env,
    MSK_ONCE_KAFKA: `127.0.0.1:${kafkaPort}`,
    MSK_ONCE_DYNAMODB: `http://127.0.0.1:${dynamodbPort}`,
    MSK_ONCE_SQS: `http://127.0.0.1:${sqsPort}`,
  };
});

afterEach(async () => {
  for (const child of processes.splice(0)) child.kill('SIGKILL');
  await untilNoJava();
  for (const [name, port] of Object.entries({ kafka: kafkaPort, dynamodb: dynamodbPort, sqs: sqsPort })) {
    for (const file of [`${port}.log`, `${port}.owner.json`])
      rmSync(path.join('.msk-once', 'servers', name, file), { force: true });
  }
});

describe('startServers', () => {
  test('brings both up, leaves them alone the second time, and stops what it started', async () => {
    const lines: string[] = [];
    expect(await serversRunning({ env })).toEqual([]);
    const first = await startServers({ env, report: (line) => lines.push(line) });
    expect(first.started.map(({ title }) => title)).toEqual(['Kafka', 'DynamoDB Local']);
    expect(lines).toContainEqual(expect.stringContaining(`Kafka is ready at 127.0.0.1:${kafkaPort}`));
    expect(lines).toContainEqual(
      expect.stringContaining(`DynamoDB Local is ready at http://127.0.0.1:${dynamodbPort}`),
    );
    expect(java()).toHaveLength(2);

    const second = await startServers({ env, report: (line) => lines.push(line) });
    expect(second.started).toEqual([]);
    expect(lines.at(-1)).toBe(`DynamoDB Local runs already at http://127.0.0.1:${dynamodbPort}.`);
    await second.stop();
    expect(await serversRunning({ env })).toHaveLength(2);

    await first.stop();
    expect(java()).toEqual([]);
    expect(await serversRunning({ env })).toEqual([]);
    expect(dataOfThisTest()).toEqual([]);
  });

  test('brings up ElasticMQ alone when it alone is asked for', async () => {
    const running = await startServers({ env, servers: [SQS] });
    expect(running.started).toEqual([SQS]);
    expect(await serversRunning({ env, servers: [SQS] })).toEqual([SQS]);
    expect(await serversRunning({ env })).toEqual([]);
    expect(java()).toHaveLength(1);
    await running.stop();
    expect(java()).toEqual([]);
    expect(dataOfThisTest()).toEqual([]);
  });

  test('a server is not taken for another one', async () => {
    const running = await startServers({ env, servers: [DYNAMODB, SQS] });
    const exchanged = {
      ...env,
      MSK_ONCE_SQS: env.MSK_ONCE_DYNAMODB,
      MSK_ONCE_DYNAMODB: env.MSK_ONCE_SQS,
    };
    expect(await serversRunning({ env: exchanged, servers: [DYNAMODB, SQS] })).toEqual([]);
    await running.stop();
  });

  test('a server that is killed is reported, with its log', async () => {
    const running = await startServers({ env, servers: [KAFKA] });
    process.kill(java()[0] ?? 0, 'SIGKILL');
    const failure = await running.failed;
    expect(failure.message).toMatch(/Kafka ended by itself with exit code \d+\. Its log is .*\.log/);
    await running.stop();
  });

  test('a killed keeper takes its server with it', async () => {
    const running = await startServers({ env, servers: [KAFKA] });
    process.kill(keepers()[0] ?? 0, 'SIGKILL');
    await running.failed;
    await untilNoJava();
    expect(dataOfThisTest()).toEqual([]);
    await running.stop();
  });

  test.each([0, 300, 1_500])('an abort %i ms into a start leaves nothing', async (afterMs) => {
    const abort = new AbortController();
    const report = (line: string) => {
      if (line.startsWith('Starting')) setTimeout(() => abort.abort(), afterMs);
    };
    const start = startServers({ env, signal: abort.signal, report });
    await expect(start).rejects.toMatchObject({ name: 'AbortError' });
    expect(java()).toEqual([]);
    expect(dataOfThisTest()).toEqual([]);
  });

  test.each([
    ['Kafka', 'MSK_ONCE_KAFKA', () => kafkaPort],
    ['Kafka', 'MSK_ONCE_KAFKA', () => kafkaPort + 1],
    ['DynamoDB Local', 'MSK_ONCE_DYNAMODB', () => dynamodbPort],
    ['ElasticMQ', 'MSK_ONCE_SQS', () => sqsPort],
  ])('a port of %s that something else uses is named, with %s', async (title, variable, port) => {
    const other = await listen(port());
    try {
      await expect(startServers({ env, servers: [...SERVERS, ...SERVERS_ON_REQUEST] })).rejects.toMatchObject({
        exitCode: EXIT.failed,
        message: expect.stringMatching(new RegExp(`${title} needs port ${port()}.*set ${variable} to`)),
      });
    } finally {
      other.close();
    }
    expect(java()).toEqual([]);
  });

  test('an address of another machine cannot be started, and a variable that is no address says what it takes', async () => {
    await expect(startServers({ env: { ...env, MSK_ONCE_KAFKA: '192.0.2.1:9092' } })).rejects.toThrow(
      /does not answer at 192\.0\.2\.1:9092.*set MSK_ONCE_KAFKA/,
    );
    await expect(startServers({ env: { ...env, MSK_ONCE_KAFKA: 'kafka://x' } })).rejects.toMatchObject({
      code: ERROR_CODES.environmentInvalid,
      exitCode: EXIT.usage,
      message: expect.stringContaining('MSK_ONCE_KAFKA is "kafka://x"'),
    });
    await expect(startServers({ env: { ...env, MSK_ONCE_DYNAMODB: '127.0.0.1:1' } })).rejects.toThrow(
      /MSK_ONCE_DYNAMODB is "127\.0\.0\.1:1"\. It takes a URL with scheme http/,
    );
    await expect(startServers({ env: { ...env, MSK_ONCE_SQS: 'sqs' }, servers: [SQS] })).rejects.toThrow(
      /MSK_ONCE_SQS is "sqs"\. It takes a URL with scheme http and a port, for example http:\/\/127\.0\.0\.1:19324/,
    );
  });
});

describe('what must be installed', () => {
  let tools: string;
  beforeEach(() => {
    tools = mkdtempSync(path.join(tmpdir(), 'msk-once-tools-'));
  });
  afterEach(() => rmSync(tools, { recursive: true, force: true }));

  const onlyTools = () => ({ ...env, PATH: tools, JAVA_HOME: '' });

  test('without Java it is named', async () => {
    await expect(startServers({ env: onlyTools() })).rejects.toMatchObject({
      exitCode: EXIT.failed,
      message: expect.stringContaining('Install Java 17 or later'),
    });
  });

  test('without Maven it is named, but only when something must be fetched', async () => {
    symlinkSync(findJava(process.env), path.join(tools, 'java'));
    await expect(startServers({ env: onlyTools(), stateDirectory: tools })).rejects.toMatchObject({
      exitCode: EXIT.failed,
      message: expect.stringContaining('Install Apache Maven 3'),
    });
  });

  test("a repository that does not answer is an unreachable server, in Maven's words", async () => {
    symlinkSync(findJava(process.env), path.join(tools, 'java'));
    fakeMaven(['echo "[ERROR] Could not transfer artifact a:b:1 from/to central: Unknown host"', 'exit 1']);
    await expect(startServers({ env: onlyTools(), stateDirectory: tools })).rejects.toMatchObject({
      exitCode: EXIT.unreachable,
      message: expect.stringMatching(/jars of Kafka: Could not transfer artifact.*Check the network/),
    });
  });

  test('a fetch that is broken off is done again, a whole one is not', async () => {
    symlinkSync(findJava(process.env), path.join(tools, 'java'));
    const count = path.join(tools, 'count');
    fakeMaven([
      `echo x >> ${count}`,
      'for argument; do case $argument in -DoutputDirectory=*) mkdir -p "$(echo $argument | cut -d= -f2)";; esac; done',
      `test "$(wc -l < ${count})" -gt 1`,
    ]);
    const runs = async () => {
      // The folder holds no jars, so Java itself does not find its program.
      await expect(startServers({ env: onlyTools(), stateDirectory: tools, servers: [KAFKA] })).rejects.toThrow();
      return execFileSync('cat', [count], { encoding: 'utf8' }).trim().split('\n').length;
    };
    expect([await runs(), await runs(), await runs()]).toEqual([1, 2, 2]);
  });

  function fakeMaven(lines: readonly string[]): void {
    const script = path.join(tools, 'mvn');
    writeFileSync(script, ['#!/bin/sh', `PATH=${process.env.PATH}`, ...lines, ''].join('\n'));
    chmodSync(script, 0o755);
  }
});

describe('msk-once servers', () => {
  test('says what it does; a second one says that they run; --stop stops them from elsewhere', async () => {
    const command = run();
    await command.says('Ctrl-C stops');
    expect(command.output()).toMatch(/Starting Kafka and DynamoDB Local[\s\S]*DynamoDB Local is ready at/);

    const second = run();
    expect(await second.exitCode).toBe(EXIT.ok);
    expect(second.output()).toBe(
      `Kafka at 127.0.0.1:${kafkaPort} runs already.\nDynamoDB Local at http://127.0.0.1:${dynamodbPort} runs already.\n`,
    );
    expect(java()).toHaveLength(2);

    const stop = run(['--stop']);
    expect(await stop.exitCode).toBe(EXIT.ok);
    expect(stop.output()).toBe(
      `Kafka at 127.0.0.1:${kafkaPort} is stopped.\nDynamoDB Local at http://127.0.0.1:${dynamodbPort} is stopped.\n`,
    );
    expect(java()).toEqual([]);
    expect(await command.exitCode).toBe(EXIT.ok);
    expect(command.output()).toMatch(/Stopping \.\.\.\nStopped\.\n$/);

    const nothing = run(['--stop']);
    expect(await nothing.exitCode).toBe(EXIT.ok);
    expect(nothing.output()).toBe('No servers are running.\n');
  });

  test('--with sqs brings up ElasticMQ beside them, also later, and --stop stops it too', async () => {
    const first = run();
    await first.says('Ctrl-C stops');
    expect(java()).toHaveLength(2);

    const later = run(['--with', 'sqs']);
    await later.says('Ctrl-C stops');
    expect(later.output()).toMatch(/Starting ElasticMQ \.\.\.\nElasticMQ is ready at http:\/\/127\.0\.0\.1:\d+/);
    expect(java()).toHaveLength(3);

    const again = run(['--with', 'sqs', '--with', 'sqs']);
    expect(await again.exitCode).toBe(EXIT.ok);
    expect(
      again
        .output()
        .split('\n')
        .filter((line) => line.endsWith('runs already.')),
    ).toHaveLength(3);

    const stop = run(['--stop']);
    expect(await stop.exitCode).toBe(EXIT.ok);
    expect(stop.output()).toContain(`ElasticMQ at http://127.0.0.1:${sqsPort} is stopped.`);
    expect(await Promise.all([first.exitCode, later.exitCode])).toEqual([EXIT.ok, EXIT.ok]);
    expect(java()).toEqual([]);
  });

  test('all three at once, in one list', async () => {
    const command = run(['--with', 'sqs']);
    await command.says('Ctrl-C stops');
    expect(command.output()).toContain('Starting Kafka, DynamoDB Local and ElasticMQ ...');
    process.kill(-(command.child.pid ?? 0), 'SIGINT');
    expect(await command.exitCode).toBe(EXIT.ok);
    expect(java()).toEqual([]);
    expect(dataOfThisTest()).toEqual([]);
  });

  test('--stop leaves servers alone that another program started', async () => {
    const running = await startServers({ env, servers: [KAFKA] });
    const stop = run(['--stop']);
    expect(await stop.exitCode).toBe(EXIT.refused);
    expect(stop.output()).toContain(`Kafka at 127.0.0.1:${kafkaPort} still runs`);
    expect(java()).toHaveLength(1);
    await running.stop();
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    "%s to the terminal's process group stops both",
    async (signal) => {
      const command = run();
      await command.says('Ctrl-C stops');
      process.kill(-(command.child.pid ?? 0), signal);
      expect(await command.exitCode).toBe(EXIT.ok);
      expect(java()).toEqual([]);
      expect(dataOfThisTest()).toEqual([]);
    },
  );

  test('Ctrl-C while the servers start', async () => {
    const command = run();
    await command.says('Starting');
    await delay(800);
    process.kill(-(command.child.pid ?? 0), 'SIGINT');
    expect(await command.exitCode).toBe(EXIT.ok);
    expect(command.output()).toContain('Stopped before the servers were ready.');
    expect(java()).toEqual([]);
  });

  test('kill -9 of the command leaves no Java, and the next start works', async () => {
    const command = run();
    await command.says('Ctrl-C stops');
    command.child.kill('SIGKILL');
    await untilNoJava();
    expect(dataOfThisTest()).toEqual([]);
    const stop = run(['--stop']);
    await stop.exitCode;
    expect(stop.output()).toBe('No servers are running.\n');

    const again = run();
    await again.says('Ctrl-C stops');
    process.kill(-(again.child.pid ?? 0), 'SIGINT');
    expect(await again.exitCode).toBe(EXIT.ok);
  });

  test('kill -9 of what started it, through a shell and tsx as npm does, leaves no Java', async () => {
    const tsx = path.join(process.cwd(), 'node_modules', '.bin', 'tsx');
    const script = `${tsx} ${CLI} servers; exit $?`;
    const npm = spawn(
      process.execPath,
      ['-e', `require('child_process').spawn('sh', ['-c', ${JSON.stringify(script)}], { stdio: 'inherit' })`],
      { env, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    processes.push(npm);
    await said(npm, 'Ctrl-C stops');
    npm.kill('SIGKILL');
    await untilNoJava();
  });

  test('a server that ends by itself ends the command with an error', async () => {
    const command = run();
    await command.says('Ctrl-C stops');
    process.kill(java()[0] ?? 0, 'SIGKILL');
    expect(await command.exitCode).toBe(EXIT.failed);
    expect(command.output()).toMatch(/ended by itself with exit code/);
    expect(java()).toEqual([]);
  });

  test('help, and an option that there is not', async () => {
    const help = run(['--help']);
    expect(await help.exitCode).toBe(EXIT.ok);
    expect(help.output()).toContain('msk-once servers --stop');
    const unknown = run(['--wiht', 'sqs']);
    expect(await unknown.exitCode).toBe(EXIT.usage);
    expect(unknown.output()).toMatch(/Unknown option '--wiht'[\s\S]*msk-once servers/);
  });

  test.each<[readonly string[], string]>([
    [['--with', 'redis'], '--with is "redis"; accepted is sqs.'],
    [['--with', ''], '--with is ""; accepted is sqs.'],
    [['--with'], "Option '--with <value>' argument missing"],
    [['--stop', '--with', 'sqs'], '--with belongs to a start: --stop stops every server.'],
  ])('%j is refused: %s', async (args, message) => {
    const command = run(args);
    expect(await command.exitCode).toBe(EXIT.usage);
    expect(command.output()).toContain(message);
    expect(java()).toEqual([]);
  });
});

interface Command {
  readonly child: ChildProcess;
  readonly exitCode: Promise<number | null>;
  output(): string;
  says(text: string): Promise<void>;
}

/** In a process group of its own, as a shell starts it. */
function run(args: readonly string[] = []): Command {
  const child = spawn(process.execPath, ['--import', 'tsx', CLI, 'servers', ...args], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  processes.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data) => {
      output += data;
    });
  }
  return {
    child,
    exitCode: new Promise((resolve) => child.once('close', resolve)),
    output: () => output,
    says: (text) => said(child, text),
  };
}

function said(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (data) => {
        output += data;
        if (output.includes(text)) resolve();
      });
    }
    child.once('close', (code) =>
      reject(new Error(`It ended with ${code} before it said "${text}". It said:\n${output}`)),
    );
  });
}

/** Ids of the Java programs of this test's servers: their ports are in what they were called with. */
function java(): number[] {
  return processesOf((command) => !command.includes('keeper.cjs'));
}

function keepers(): number[] {
  return processesOf((command) => command.includes('keeper.cjs'));
}

function processesOf(wanted: (command: string) => boolean): number[] {
  const ours = new RegExp(
    `run/(${kafkaPort}|${dynamodbPort}|${sqsPort})-|-port ${dynamodbPort}\\b|bind-port=${sqsPort}\\b`,
  );
  return execFileSync('ps', ['-eo', 'pid=,stat=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => ours.test(line) && wanted(line) && !/^\s*\d+\s+Z/.test(line))
    .map((line) => Number.parseInt(line, 10));
}

async function untilNoJava(): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (java().length + keepers().length > 0) {
    if (Date.now() > deadline) throw new Error(`Still there after 20 s: ${[...java(), ...keepers()].join(', ')}`);
    await delay(100);
  }
}

function dataOfThisTest(): string[] {
  return ['kafka', 'dynamodb', 'sqs']
    .map((name) => path.join('.msk-once', 'servers', name, 'run'))
    .flatMap((directory) => (existsSync(directory) ? readdirSync(directory) : []))
    .filter((folder) => [kafkaPort, dynamodbPort, sqsPort].some((port) => folder.startsWith(`${port}-`)));
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.end('not what you want'));
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

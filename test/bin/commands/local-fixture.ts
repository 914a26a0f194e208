import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { LocalReport } from '../../../local/run/report';
import { builtCli } from '../../support/built-cli';

let cli: string;
beforeAll(async () => {
  cli = await builtCli();
}, 60_000);

/** A folder for one test file, gone with it. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'msk-once-test-')));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export function write(directory: string, files: Readonly<Record<string, string | object>>): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return directory;
}

/** A new folder below `root` with these files. */
export function project(root: string, files: Readonly<Record<string, string | object>>): string {
  return write(mkdtempSync(join(root, 'project-')), files);
}

export const lambda = (Code: string, properties: object = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: { Code, Handler: 'index.handler', Runtime: 'nodejs22.x', Timeout: 10, ...properties },
});

/** Provisioned, with partial responses, and without a window: what comes is delivered at once. */
export const mapping = (FunctionName: string, properties: object = {}) => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: {
    FunctionName: { Ref: FunctionName },
    EventSourceArn: 'arn:aws:kafka:eu-west-1:111122223333:cluster/shop/0a1b2c3d-2',
    Topics: ['orders'],
    StartingPosition: 'TRIM_HORIZON',
    BatchSize: 10,
    MaximumBatchingWindowInSeconds: 0,
    ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 1 },
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ...properties,
  },
});

/** One function behind one mapping, `Orders`. */
export const template = (properties: object = {}, functionProperties: object = {}, others: object = {}) => ({
  Resources: { Consumer: lambda('./code', functionProperties), Orders: mapping('Consumer', properties), ...others },
});

/** A handler over all records of an event: `records`, each with `value` as text. */
export const handler = (body: string) => `
  exports.handler = async (event) => {
    const records = Object.entries(event.records).flatMap(([array, list]) =>
      list.map((record) => ({ ...record, array, value: Buffer.from(record.value ?? '', 'base64').toString() })));
    const failure = ({ array, offset }) => ({ itemIdentifier: { partition: array, offset } });
    ${body}
  };`;

export const ALL_DONE = handler('return { batchItemFailures: [] };');

export const lines = (...records: object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('');

export const numbered = (count: number, more: object = {}) =>
  lines(...Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value: { id: index }, ...more })));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** `msk-once local` in a process of its own, as a person meets it. */
export class Command {
  out = '';
  err = '';
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;

  constructor(cwd: string, argv: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.#child = spawn(process.execPath, [cli, 'local', ...argv], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (chunk) => {
      this.out += chunk;
    });
    this.#child.stderr?.on('data', (chunk) => {
      this.err += chunk;
    });
    this.#child.stdin?.on('error', () => {});
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (code, signal) => resolve({ code, signal, out: this.out, err: this.err }));
    });
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  endInput(): void {
    this.#child.stdin?.end();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Stops reading what it writes. */
  closeOutput(): void {
    this.#child.stdout?.destroy();
  }

  /** Waits until it has written this; throws if it ends before. */
  async until(words: string | RegExp): Promise<void> {
    const has = () => (typeof words === 'string' ? this.out.includes(words) : words.test(this.out));
    let over = false;
    void this.ended.then(() => {
      over = true;
    });
    while (!has()) {
      if (over) throw new Error(`It ended without ${String(words)}:\n${this.out}\n${this.err}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Runs the command to its end; `stdin` is all of its input. */
export async function local(cwd: string, argv: readonly string[], stdin = ''): Promise<Ended> {
  const command = new Command(cwd, argv);
  command.type(stdin);
  command.endInput();
  return command.ended;
}

/** Runs it with a report, and reads that. */
export async function reported(
  cwd: string,
  argv: readonly string[],
  stdin = '',
): Promise<Ended & { report: LocalReport }> {
  const ended = await local(cwd, ['--report', 'report.json', ...argv], stdin);
  return { ...ended, report: readReport(cwd, ended) };
}

export function readReport(cwd: string, ended: Ended): LocalReport {
  try {
    return JSON.parse(readFileSync(join(cwd, 'report.json'), 'utf8')) as LocalReport;
  } catch (error) {
    throw new Error(`There is no report; it ended with ${ended.code}:\n${ended.out}\n${ended.err}`, { cause: error });
  }
}

/** Processes whose working directory lies below the folder: workers stand in the folder of their code. */
export function processesIn(folder: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && linkOf(`/proc/${pid}/cwd`).startsWith(folder));
}

function linkOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return '';
  }
}

/** Waits until the condition holds; throws after ten seconds. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

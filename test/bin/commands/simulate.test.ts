/** `simulate` as a person meets it: a process of its own with threads, its exit code, and what it says where. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shippedRuntime } from '../../../bin/simulator/shipped-runtime';
import { EXIT } from '../../../contract/error-codes';
import { drawSchedule, runSchedule } from '../../../local/simulator/schedule';
import { type KeptSchedule, writeSchedule } from '../../../local/simulator/schedule-file';
import { runSimulation } from '../../../local/simulator/simulation';
import { builtCli } from '../../support/built-cli';

let cli: string;
beforeAll(async () => {
  cli = await builtCli();
}, 60_000);

const LONG_MS = 120_000;

const folder = mkdtempSync(join(tmpdir(), 'msk-once-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function simulate(...argv: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, 'simulate', ...argv], {
      cwd: folder,
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

async function keptSchedule(): Promise<KeptSchedule> {
  const { plan, director, decisions } = drawSchedule(9, 3, shippedRuntime.remembers);
  const { traceHash } = await runSimulation({ runtime: shippedRuntime, plan, director });
  return { plan, decisions, rule: 'twice', text: 'it happened twice', traceHash };
}

test(
  'the result is the same on one thread and on two, but for the time it takes; nothing is kept where no rule is broken',
  async () => {
    const reports = [];
    for (const threads of ['1', '2']) {
      const file = join(folder, `${threads}.json`);
      const { code, out } = await simulate('--schedules', '60', '--seed', '5', '--threads', threads, '--json', file);
      const { seconds, ...report } = JSON.parse(readFileSync(file, 'utf8'));

      expect(code).toBe(EXIT.ok);
      expect(out).toMatch(
        /^remember +mode +reading +order +schedules +violations\nidentity +partial[\s\S]*\nledger +[\s\S]*\ntransaction +[\s\S]*\ntransaction\+identity +/,
      );
      expect(out).toContain('OK: 0 of 60 schedules of seed 5 broke a rule');
      expect(seconds).toBeGreaterThan(0);
      reports.push(report);
    }

    expect(reports[1]).toEqual(reports[0]);
    expect(reports[0]).toMatchObject({ ok: true, schedules: 60, seed: 5, violations: [] });
    const counts = Object.values(reports[0].perMode as Record<string, { schedules: number; violations: number }>);
    expect(counts.reduce((sum, { schedules }) => sum + schedules, 0)).toBe(60);
    expect(existsSync(join(folder, '.msk-once'))).toBe(false);
  },
  LONG_MS,
);

describe('--replay', () => {
  test(
    'another process goes through the same history, and shows it',
    async () => {
      const kept = await keptSchedule();
      const file = join(folder, 'same.json');
      writeSchedule(file, kept);

      const { code, out, err } = await simulate('--replay', file, '--json', join(folder, 'replay.json'));

      const { lines } = await runSchedule(shippedRuntime, kept, true);
      expect([code, err]).toEqual([EXIT.ok, '']);
      expect(out).toContain(lines.join('\n'));
      expect(out).toContain('It went as it did when it was kept, step by step.');
      expect(JSON.parse(readFileSync(join(folder, 'replay.json'), 'utf8'))).toMatchObject({
        ok: true,
        schedules: 1,
        violations: [],
      });
    },
    LONG_MS,
  );

  test(
    'one that went another way then is said to have',
    async () => {
      const file = join(folder, 'other.json');
      writeSchedule(file, { ...(await keptSchedule()), traceHash: '0000000000000000' });

      const { code, out } = await simulate('--replay', file);

      expect(code).toBe(EXIT.ok);
      expect(out).toContain('It did not go as it did when it was kept');
    },
    LONG_MS,
  );

  test('a file that is none: what is wrong with it, no stack, exit code 2', async () => {
    const { code, out, err } = await simulate('--replay', join(folder, 'absent.json'));

    expect([code, out]).toEqual([EXIT.usage, '']);
    expect(err).toContain('absent.json cannot be replayed: it cannot be read');
    expect(err).not.toMatch(/^\s+at /m);
  });
});

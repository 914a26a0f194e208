import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { PROJECT } from './project';

/** Rejects with what was printed when the commands fail. They get nothing of this process's npm and settings. */
export async function run(commands: string, cwd: string, settings: NodeJS.ProcessEnv = {}): Promise<string> {
  const own = Object.entries(process.env).filter(([name]) => !/^npm_|^CDK_|^NODE_/i.test(name));
  const env: NodeJS.ProcessEnv = { ...Object.fromEntries(own), CDK_DISABLE_CLI_TELEMETRY: 'true', ...settings };
  // npm lets its scripts find the commands of this project.
  const places = env.PATH?.split(delimiter).filter((place) => !place.endsWith(join('node_modules', '.bin')));
  env.PATH = places?.join(delimiter);
  const child = spawn('bash', ['-ec', commands], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  let all = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk;
    all += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    all += chunk;
  });
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${commands}\nended with ${code}:\n${all.trim()}`);
  return printed;
}

const textOf = (path: string) => readFileSync(join(PROJECT, path), 'utf8');

/** Blocks of a page in their order, as they stand there. */
export function blocksOf(page: string, language: string): string[] {
  return [...textOf(page).matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, code = '']) => code,
  );
}

/** The files that blocks show, each below a line with its name. */
function shownFiles(page: string, languages: readonly string[]): (readonly [path: string, text: string])[] {
  const blocks = languages.flatMap((language) => blocksOf(page, language));
  return blocks
    .flatMap((block) => block.split(/^\/\/ (?=\S+\.\w+\n)/m))
    .flatMap((part) => {
      const [path = '', ...lines] = part.split('\n');
      return /^\S+\.\w+$/.test(path) ? [[path, lines.join('\n')] as const] : [];
    });
}

/** A project as README.md and docs/install.md show it, and below test/package/project what they do not show. */
export function writeProject(directory: string, type: 'commonjs' | 'module'): void {
  mkdirSync(directory, { recursive: true });
  cpSync(join(PROJECT, 'test', 'package', 'project'), directory, { recursive: true });
  const shown = [
    ...shownFiles('README.md', ['ts']).slice(0, 2),
    ...shownFiles('docs/install.md', ['json', 'jsonl', 'ts']),
  ];
  const manifest = ['package.json', JSON.stringify({ private: true, type })] as const;
  for (const [path, text] of [...shown, manifest]) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}

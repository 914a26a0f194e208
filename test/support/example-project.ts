import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PROJECT } from './project';

/** The project of a user, in which `msk-once` is installed: its sources, by entry, such as `{ '.': 'lib' }`. */
export class ExampleProject {
  /** Below the root of this one, so that its packages are found. */
  readonly folder: string;

  constructor(entries: Readonly<Record<string, string>>) {
    mkdirSync(join(PROJECT, '.msk-once'), { recursive: true });
    this.folder = mkdtempSync(join(PROJECT, '.msk-once', 'example-'));
    // A package of its own: below ours without one, `msk-once` would be ours, as it was built last.
    this.write('package.json', JSON.stringify({ name: 'shop' }));
    const exported = Object.entries(entries).map(([entry, folder]) => {
      const file = `${folder.replaceAll('/', '-')}.ts`;
      this.write(`node_modules/msk-once/${file}`, `export * from ${JSON.stringify(join(PROJECT, folder))};\n`);
      return [entry, `./${file}`];
    });
    this.write(
      'node_modules/msk-once/package.json',
      JSON.stringify({ name: 'msk-once', exports: Object.fromEntries(exported) }),
    );
  }

  write(file: string, text: string): void {
    const path = join(this.folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  /** What the compiler has against the files of the user, and nothing that it has against others. */
  complaints(compilerOptions: object = {}): string[] {
    const tsconfig = {
      extends: join(PROJECT, 'tsconfig.json'),
      include: ['**/*.ts'],
      exclude: ['node_modules'],
      compilerOptions: { types: ['node'], ...compilerOptions },
    };
    this.write('tsconfig.json', JSON.stringify(tsconfig));
    const compiler = join(PROJECT, 'node_modules', '@typescript', 'native', 'bin', 'tsc');
    try {
      execFileSync(process.execPath, [compiler, '-p', this.folder, '--noEmit', '--pretty', 'false'], {
        cwd: this.folder,
        stdio: 'pipe',
      });
      return [];
    } catch (error) {
      const said = String((error as { stdout?: Buffer }).stdout).split('\n');
      // Paths are relative: a file of this project begins with `../`, and a continued line with a blank.
      return said.filter((line) => /^(?!\.\.\/)\S+\(\d+,\d+\): error /.test(line) || /^error /.test(line));
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

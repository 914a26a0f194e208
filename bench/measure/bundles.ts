import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BuildOptions, build } from 'esbuild';

const ROOT = path.join(__dirname, '..', '..');

/** As the construct bundles a function with the dead letters that it has by default: a test holds it equal to `lib/private/processor/bundling.ts`. */
export const DEPLOYED = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  minify: true,
  mainFields: ['module', 'main'],
  banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** Bundles what processes of a benchmark run, each file once. */
export class Bundles {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'msk-once-bench-'));
  readonly #built = new Map<string, Promise<string>>();

  constructor() {
    // After Ctrl-C, too.
    process.once('exit', () => this.remove());
  }

  /** @param readable Names are kept, for a profile. */
  file(source: string, readable = false): Promise<string> {
    const key = `${source} ${readable}`;
    const found = this.#built.get(key);
    if (found !== undefined) return found;
    const built = this.#build(source, readable);
    this.#built.set(key, built);
    return built;
  }

  /** A file of the same folder, which goes with the bundles. */
  scratch(name: string): string {
    return path.join(this.#folder, name);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #build(source: string, readable: boolean): Promise<string> {
    const outfile = path.join(this.#folder, `${source.replaceAll('/', '-')}${readable ? '-readable' : ''}.mjs`);
    await build({
      ...DEPLOYED,
      absWorkingDir: ROOT,
      entryPoints: [`bench/${source}.ts`],
      outfile,
      minify: !readable,
      sourcemap: readable,
    });
    return outfile;
  }
}

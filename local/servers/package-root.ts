import { existsSync } from 'node:fs';
import path from 'node:path';

/** Poms and templates are not compiled: the source tree and `dist/` find them from the package's root. */
export function packageRoot(): string {
  let directory = __dirname;
  while (!existsSync(path.join(directory, 'package.json'))) {
    const parent = path.dirname(directory);
    if (parent === directory) throw new Error(`No package.json above ${__dirname}`);
    directory = parent;
  }
  return directory;
}

/** The folder with the poms, the configuration templates and the keeper. */
export function serverFiles(...segments: readonly string[]): string {
  return path.join(packageRoot(), 'local', 'servers', ...segments);
}

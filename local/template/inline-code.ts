import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** By folder of the template and code: a template that is read again needs no second folder. */
const folders = new Map<string, string>();

/**
 * A folder with code that a template holds inline, in `index.js`, as CloudFormation makes it. It is removed when this
 * process ends. Lambda's runtimes bring the AWS SDK along; here it is the one installed for the template's project.
 * Source: CloudFormation, AWS::Lambda::Function Code, ZipFile.
 */
export function inlineCodeFolder(code: string, templateFolder: string): string {
  const key = JSON.stringify([templateFolder, code]);
  const known = folders.get(key);
  if (known !== undefined) return known;
  if (folders.size === 0) process.once('exit', removeAll);
  const folder = mkdtempSync(join(tmpdir(), 'msk-once-inline-'));
  folders.set(key, folder);
  writeFileSync(join(folder, 'index.js'), code);
  const modules = nearestModules(templateFolder);
  if (modules !== undefined) symlinkSync(modules, join(folder, 'node_modules'), 'junction');
  return folder;
}

function removeAll(): void {
  for (const folder of folders.values()) rmSync(folder, { recursive: true, force: true });
}

function nearestModules(folder: string): string | undefined {
  const modules = join(folder, 'node_modules');
  if (existsSync(modules)) return modules;
  return dirname(folder) === folder ? undefined : nearestModules(dirname(folder));
}

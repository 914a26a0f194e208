import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Remember } from '../../bin/demo/remember';
import { synthesize } from '../../bin/demo/synthesize';
import type { ResponseMode } from '../../contract/environment';
import { oncePerRun } from '../support/once-per-run';

interface Template {
  readonly Resources: Record<
    string,
    { Type: string; Properties: Record<string, unknown>; Metadata?: Record<string, string> }
  >;
}

/** A synthesized assembly, which others use too. */
export class Assembly {
  constructor(readonly directory: string) {}

  /** The reference stack as the demo deploys it. */
  static async ofReference(remember: Remember, mode: ResponseMode = 'partial'): Promise<Assembly> {
    const pollers = mode === 'partial' ? 'provisioned' : 'on-demand';
    const synth = (folder: string) => synthesize(folder, { topic: 'flights', pollers, remember });
    return new Assembly(await oncePerRun(`reference-${remember}-${mode}`, synth));
  }

  /** The template and the function's asset without its source maps, and nothing else, in a folder of its own. */
  copy(): OwnAssembly {
    const copied = new OwnAssembly(mkdtempSync(join(tmpdir(), 'msk-once-test-assembly-')));
    for (const file of [this.templateFile, 'manifest.json', basename(this.asset)]) {
      cpSync(join(this.directory, file), join(copied.directory, file), {
        recursive: true,
        filter: (from) => !from.endsWith('.map'),
      });
    }
    return copied;
  }

  get templateFile(): string {
    const found = readdirSync(this.directory).find((name) => name.endsWith('.template.json'));
    if (!found) throw new Error(`no template in ${this.directory}`);
    return found;
  }

  /** The folder of the function's code. */
  get asset(): string {
    const path = lambdaOf(this.template()).Metadata?.['aws:asset:path'] ?? '';
    return join(this.directory, path);
  }

  /** The files of the function that speak of this path. */
  filesNaming(path: string): string[] {
    return readdirSync(this.asset, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name), 'utf8').includes(path))
      .map(({ name }) => name);
  }

  protected template(): Template {
    return JSON.parse(readFileSync(join(this.directory, this.templateFile), 'utf8'));
  }
}

/** One that may be changed, gone with its test. */
export class OwnAssembly extends Assembly {
  change(properties: Record<string, unknown>): void {
    const template = this.template();
    Object.assign(lambdaOf(template).Properties, properties);
    writeFileSync(join(this.directory, this.templateFile), JSON.stringify(template));
  }

  /** Other code in place of what was bundled. */
  replaceCode(files: Readonly<Record<string, string>>): void {
    rmSync(this.asset, { recursive: true });
    mkdirSync(this.asset);
    for (const [name, content] of Object.entries(files)) writeFileSync(join(this.asset, name), content);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function lambdaOf({ Resources }: Template) {
  const found = Object.values(Resources).find(
    ({ Type, Metadata }) => Type === 'AWS::Lambda::Function' && Metadata?.['aws:asset:path'],
  );
  if (!found) throw new Error('the template has no function');
  return found;
}

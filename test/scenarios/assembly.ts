import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { synthesize } from '../../bin/demo/synthesize';

interface Template {
  readonly Resources: Record<
    string,
    { Type: string; Properties: Record<string, unknown>; Metadata?: Record<string, string> }
  >;
}

/** A synthesized assembly in a folder of its own, gone with its test. */
export class Assembly {
  private constructor(readonly directory: string) {}

  static async synthesize(context: Readonly<Record<string, string>>): Promise<Assembly> {
    const directory = mkdtempSync(join(tmpdir(), 'msk-once-test-assembly-'));
    await synthesize(directory, context);
    return new Assembly(directory);
  }

  /** The template and the function's asset without its source maps, and nothing else, in another folder. */
  copy(into = mkdtempSync(join(tmpdir(), 'msk-once-test-assembly-'))): Assembly {
    mkdirSync(into, { recursive: true });
    const copied = new Assembly(into);
    for (const file of [this.templateFile, 'manifest.json', basename(this.asset)]) {
      cpSync(join(this.directory, file), join(into, file), {
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
    const path = this.#lambda(this.#template()).Metadata?.['aws:asset:path'] ?? '';
    return join(this.directory, path);
  }

  change(properties: Record<string, unknown>): void {
    const template = this.#template();
    Object.assign(this.#lambda(template).Properties, properties);
    writeFileSync(join(this.directory, this.templateFile), JSON.stringify(template));
  }

  /** Other code in place of what was bundled. */
  replaceCode(files: Readonly<Record<string, string>>): void {
    rmSync(this.asset, { recursive: true });
    mkdirSync(this.asset);
    for (const [name, content] of Object.entries(files)) writeFileSync(join(this.asset, name), content);
  }

  /** The files of the function that speak of this path. */
  filesNaming(path: string): string[] {
    return readdirSync(this.asset, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name), 'utf8').includes(path))
      .map(({ name }) => name);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  #template(): Template {
    return JSON.parse(readFileSync(join(this.directory, this.templateFile), 'utf8'));
  }

  #lambda(template: Template) {
    const found = Object.values(template.Resources).find(
      ({ Type, Metadata }) => Type === 'AWS::Lambda::Function' && Metadata?.['aws:asset:path'],
    );
    if (!found) throw new Error('the template has no function');
    return found;
  }
}

import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Asked, type Checked, checkTemplate } from '../../../bin/check/check-template';
import { PROJECT } from '../../support/project';

export const CLUSTER_ARN = 'arn:aws:kafka:eu-west-1:111122223333:cluster/shop/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d-7';
/** The template that docs/without-cdk.md shows. */
export const SAM = readFileSync(join(PROJECT, 'docs', 'examples', 'without-cdk', 'template.yaml'), 'utf8');

export type Edit = readonly [from: string, to: string];

/** The text with each edit made; one that finds nothing to replace is a mistake of the test. */
export function edited(text: string, ...edits: readonly Edit[]): string {
  return edits.reduce((before, [from, to]) => {
    if (!before.includes(from)) throw new Error(`The template has no ${from}`);
    return before.replace(from, () => to);
  }, text);
}

export class Folder {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), 'msk-once-check-')));
  #count = 0;

  check(text: string | object, asked: Asked = {}): Checked {
    const template = this.write(text);
    return checkTemplate({ template, parameters: { ClusterArn: CLUSTER_ARN }, ...asked });
  }

  write(text: string | object): string {
    this.#count += 1;
    const file = join(this.path, `template-${this.#count}.yaml`);
    writeFileSync(file, typeof text === 'string' ? text : JSON.stringify(text));
    return file;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** `severity rule`, as many as there are. */
export function told({ findings }: Pick<Checked, 'findings'>): string[] {
  return findings.flatMap(({ severity, rule, also = [] }) => [rule, ...also].map((one) => `${severity} ${one}`));
}

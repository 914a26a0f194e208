import { shown } from '../../../local/template/template-error';
import { type Judgement, warning } from '../finding';
import type { FoundResource } from '../stores';

const KEEPING = ['Retain', 'RetainExceptOnCreate'];

/** Whether a store stays when it leaves the stack, or is replaced in it. Without a word CloudFormation deletes it. */
export function* notRetained({ found }: FoundResource, why: string): Iterable<Judgement> {
  const { stack, logicalId, resource } = found;
  const attributes = resource as unknown as Readonly<Record<string, unknown>>;
  for (const name of ['DeletionPolicy', 'UpdateReplacePolicy']) {
    const place = stack.place(logicalId).replace(/\.Properties$/, `.${name}`);
    const policy = stack.resolve(attributes[name], place);
    if (KEEPING.includes(String(policy))) continue;
    yield warning(place, policy === undefined ? 'is not set.' : `is ${shown(policy)}.`, why, 'Write Retain.');
  }
}

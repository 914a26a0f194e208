import { idOf, type Stack } from '../../../local/template/stack';
import type { Finding } from '../finding';

/** Nested stacks whose templates are not on this machine: whatever they hold was not judged. */
export function unreadStacks(stack: Stack): Finding[] {
  return stack.deployment().flatMap((member) =>
    member
      .nested()
      .filter((nested) => nested.stack === undefined)
      .map(({ logicalId }) => ({
        rule: 'nested-stack',
        mappings: [],
        severity: 'unknown' as const,
        place: member.place(logicalId, 'TemplateURL'),
        found: `leads to the nested stack ${idOf({ stack: member, logicalId })}, whose template is not on this machine.`,
        why: 'The mappings in it were not judged.',
        change: 'Put its template beside this one, and its path into TemplateURL.',
      })),
  );
}

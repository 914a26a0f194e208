import { readPermissions } from '../role/read-permissions';
import type { Rule } from '../rule';

/** What no deployment accepts in the policies of the role. The other rules take it for what they do not know. */
export const rolePolicy: Rule = {
  name: 'role-policy',
  judge: (subject) => readPermissions(subject).refused ?? [],
};

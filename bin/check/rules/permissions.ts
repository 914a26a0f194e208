import { LocalError } from '../../../local/errors';
import type { Judgement } from '../finding';
import { judgeNeed } from '../role/judge-need';
import type { Asked } from '../role/need';
import { ofDestination, ofNetwork, ofRegistry, ofSecrets } from '../role/needs-of-source';
import { ofLetters, ofTable } from '../role/needs-of-stores';
import { readPermissions } from '../role/read-permissions';
import type { Rule } from '../rule';
import type { Subject } from '../subject';

function permission(name: string, needs: (subject: Subject) => Asked): Rule {
  return {
    name,
    *judge(subject): Iterable<Judgement | LocalError> {
      for (const need of needs(subject)) {
        if (need instanceof LocalError) yield need;
        else yield* judgeNeed(readPermissions(subject), need);
      }
    },
  };
}

export const tablePermission = permission('table-permission', ofTable);
export const letterPermission = permission('dead-letter-permission', ofLetters);
export const secretPermission = permission('secret-permission', ofSecrets);
export const networkPermission = permission('network-permission', ofNetwork);
export const destinationPermission = permission('destination-permission', ofDestination);
export const registryPermission = permission('registry-permission', ofRegistry);

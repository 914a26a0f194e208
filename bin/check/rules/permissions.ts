import type { Judgement } from '../finding';
import { judgeNeed } from '../role/judge-need';
import type { Need } from '../role/need';
import { ofCluster, ofDestination, ofNetwork, ofRegistry, ofSecrets } from '../role/needs-of-source';
import { ofLetters, ofTable } from '../role/needs-of-stores';
import { readPermissions } from '../role/read-permissions';
import type { Rule } from '../rule';
import type { Subject } from '../subject';

function permission(name: string, needs: (subject: Subject) => readonly Need[]): Rule {
  return {
    name,
    *judge(subject): Iterable<Judgement> {
      const found = needs(subject);
      if (found.length === 0) return;
      const permissions = readPermissions(subject);
      for (const need of found) yield* judgeNeed(permissions, need);
    },
  };
}

export const tablePermission = permission('table-permission', ofTable);
export const letterPermission = permission('dead-letter-permission', ofLetters);
export const clusterPermission = permission('cluster-permission', ofCluster);
export const secretPermission = permission('secret-permission', ofSecrets);
export const networkPermission = permission('network-permission', ofNetwork);
export const destinationPermission = permission('destination-permission', ofDestination);
export const registryPermission = permission('registry-permission', ofRegistry);

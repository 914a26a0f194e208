import { LocalError } from '../../../local/errors';
import { apart } from '../apart';
import type { Judgement } from '../finding';
import { names } from '../role/decide';
import { judgeNeed } from '../role/judge-need';
import { DESCRIBE_CONNECTION, ofCluster, ofUnknownCluster } from '../role/needs-of-source';
import { readPermissions } from '../role/read-permissions';
import type { Rule } from '../rule';

export const clusterPermission: Rule = {
  name: 'cluster-permission',
  *judge(subject): Iterable<Judgement | LocalError> {
    for (const need of apart(() => ofCluster(subject))) {
      if (!(need instanceof LocalError)) {
        yield* judgeNeed(readPermissions(subject), need);
        continue;
      }
      yield need;
      const permissions = readPermissions(subject);
      const mayBeConnection = permissions.statements.some((one) => !one.isDeny && names(one, DESCRIBE_CONNECTION));
      if (!mayBeConnection) yield* surely(judgeNeed(permissions, ofUnknownCluster(subject)));
    }
  },
};

/** What is wrong whatever is not known: that this decides something was told already. */
export function surely(found: Iterable<Judgement>): Judgement[] {
  return [...found].filter(({ severity }) => severity === 'error');
}

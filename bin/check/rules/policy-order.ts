import { idOf } from '../../../local/template/stack';
import { madeBefore } from '../dependencies';
import { type Judgement, warning } from '../finding';
import { policiesBesideRole, readPermissions } from '../role/read-permissions';
import type { Rule } from '../rule';

/** What the service does with the role when it makes a mapping: to reach the brokers, and to read their secrets. */
const TRIED = /^(\*|kafka|kafka-cluster|ec2|secretsmanager|kms)(:|$)/i;

export const policyOrder: Rule = {
  name: 'policy-order',
  *judge(subject): Iterable<Judgement> {
    const beside = policiesBesideRole(subject).filter(({ stack }) => stack === subject.stack);
    if (beside.length === 0) return;
    const { statements } = readPermissions(subject);
    const tried = statements.filter(({ actions }) => actions.some((action) => TRIED.test(action)));
    const before = madeBefore(subject.stack.template.Resources, subject.logicalId);
    const late = beside.filter(
      ({ stack, logicalId }) =>
        !before.has(logicalId) &&
        tried.some(({ place }) => place.startsWith(`${stack.place(logicalId, 'PolicyDocument')}.`)),
    );
    if (late.length === 0) return;
    const names = late.map(idOf).join(', ');
    yield warning(
      // Of an event of SAM it is the function's.
      subject.mapping.path().replace(/\.Properties(\..*)?$/, '.DependsOn'),
      `does not name ${names}.`,
      'The service tries the role when it makes the mapping, and a policy beside the role may not be there yet: the first deployment fails then.',
      `Add DependsOn: [${names}], or write the policy into the role.`,
    );
  },
};

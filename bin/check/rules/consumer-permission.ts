import { LocalError } from '../../../local/errors';
import { apart } from '../apart';
import { type Judgement, unknown } from '../finding';
import { globs } from '../role/decide';
import { judgeNeed } from '../role/judge-need';
import { isConnection, ofConsumer } from '../role/needs-of-source';
import { readPermissions } from '../role/read-permissions';
import type { Permissions } from '../role/statement';
import type { Rule } from '../rule';
import { findByRef } from '../stores';
import type { Subject } from '../subject';
import { surely } from './cluster-permission';

/** With IAM access control. Which control a cluster has, the cluster alone says. */
export const consumerPermission: Rule = {
  name: 'consumer-permission',
  *judge(subject): Iterable<Judgement | LocalError> {
    const authenticates = subject.access().some(({ type }) => type.endsWith('_AUTH'));
    if (!subject.isMsk || authenticates) return;
    const permissions = readPermissions(subject);
    const hasAny = permissions.statements.some(({ actions }) =>
      actions.some((action) => globs('kafka-cluster:*', action) || action === '*'),
    );
    const [arn] = [...apart(() => [subject.mapping.text('EventSourceArn') ?? ''])];
    if (arn instanceof LocalError) {
      yield arn;
      for (const need of hasAny ? ofConsumer(subject, undefined) : []) {
        if (!(need instanceof LocalError)) yield* surely(judgeNeed(permissions, need));
      }
      return;
    }
    const found: (Judgement | LocalError)[] = [];
    const actions: string[] = [];
    for (const need of ofConsumer(subject, isConnection(arn ?? '') ? behind(permissions) : arn)) {
      if (need instanceof LocalError) found.push(need);
      else {
        actions.push(...need.actions);
        found.push(...judgeNeed(permissions, need));
      }
    }
    if (found.length === 0) return;
    const isWanted = askedForIam(subject);
    if (isWanted === false) return;
    if (isWanted || hasAny || permissions.unread.length > 0) {
      yield* found;
      return;
    }
    yield unknown(
      permissions.place,
      'allows nothing of kafka-cluster, and the mapping names no secret.',
      'That is right for a cluster that lets everybody in, and wrong for one with IAM access control.',
      `For IAM, allow ${actions.join(', ')} on the cluster, the topic and the group.`,
    );
  },
};

/** The ARN of a connection does not tell that of the cluster: it is the one that the role may connect to. */
function behind({ statements }: Permissions): string | undefined {
  const connecting = statements.filter(
    ({ actions, isDeny, exceptActions }) => !isDeny && !exceptActions && actions.includes('kafka-cluster:Connect'),
  );
  const clusters = connecting.flatMap(({ resources }) => resources.map(({ text }) => text));
  return clusters.length === 1 ? clusters[0] : undefined;
}

/** Whether a cluster of the template has IAM access control; undefined: it is another template's. */
function askedForIam(subject: Subject): boolean | undefined {
  const arn = subject.mapping.text('EventSourceArn') ?? '';
  if (findByRef(subject, arn, 'AWS::MSK::ServerlessCluster') !== undefined) return true;
  const cluster = findByRef(subject, arn, 'AWS::MSK::Cluster');
  return cluster && cluster.properties.boolean('ClientAuthentication', 'Sasl', 'Iam', 'Enabled') === true;
}

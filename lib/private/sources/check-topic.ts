import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { LIMITS } from '../../../contract/limits';
import { PropsError } from '../props-error';

// Kafka's own characters. Lambda refuses a leading dot, which takes Kafka's forbidden `.` and `..` with it, and a single
// character. Source: CloudFormation schema of AWS::Lambda::EventSourceMapping, Topics: `^[^.]([a-zA-Z0-9\-_.]+)`.
const TOPIC = /^[A-Za-z0-9_-][A-Za-z0-9._-]+$/;

export function checkTopic(scope: IConstruct, topic: string): void {
  if (Token.isUnresolved(topic)) return;
  // The compiler asks for it too; JavaScript does not.
  if (typeof topic === 'string' && TOPIC.test(topic) && topic.length <= LIMITS.topicLength.maximum) return;
  throw new PropsError(scope, {
    prop: 'topic',
    received: topic,
    accepted: `${LIMITS.topicLength.minimum} to ${LIMITS.topicLength.maximum} letters, digits, ".", "_", "-", not beginning with "."`,
    change: 'Give the name of one topic: a mapping reads exactly one, and no pattern.',
  });
}

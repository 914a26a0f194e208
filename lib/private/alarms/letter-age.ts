import { CfnResource, Duration, Token } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';
import { checkWholeSeconds } from '../check-range';
import { PropsError } from '../props-error';

/** Source: Amazon SQS, `MessageRetentionPeriod`. */
const USUAL_RETENTION = Duration.days(4);

/**
 * How old a letter may be: as given, else half of the time that the queue keeps it, so that as much is left to act. Of a
 * queue whose template is elsewhere, half of what queues keep by default.
 */
export function oldestLetter(scope: IConstruct, queue: sqs.IQueue, given: Duration | undefined): Duration {
  checkWholeSeconds(scope, 'oldestLetter', given, { minimum: 0 }, 'SQS tells ages in seconds.');
  const kept = retentionOf(queue);
  if (given === undefined) return Duration.seconds(Math.floor((kept ?? USUAL_RETENTION).toSeconds() / 2));
  if (kept === undefined || given.isUnresolved() || given.toMilliseconds() < kept.toMilliseconds()) return given;
  throw new PropsError(scope, {
    prop: 'oldestLetter',
    received: given.toHumanString(),
    accepted: `less than the queue keeps a letter, ${kept.toHumanString()}`,
    change: 'Lower it: no letter gets as old as that.',
  });
}

/** undefined where it is not known. */
function retentionOf(queue: sqs.IQueue): Duration | undefined {
  const resource = queue.node.defaultChild;
  if (!resource || !CfnResource.isCfnResource(resource)) return undefined;
  if (resource.cfnResourceType !== sqs.CfnQueue.CFN_RESOURCE_TYPE_NAME) return undefined;
  const { messageRetentionPeriod } = resource as sqs.CfnQueue;
  if (Token.isUnresolved(messageRetentionPeriod)) return undefined;
  return messageRetentionPeriod === undefined ? USUAL_RETENTION : Duration.seconds(messageRetentionPeriod);
}

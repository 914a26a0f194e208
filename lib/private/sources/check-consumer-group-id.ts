import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { CONSUMER_GROUP_ID, LIMITS } from '../../../contract/limits';
import { PropsError } from '../props-error';

const { minimum, maximum } = LIMITS.consumerGroupIdLength;

/** Stricter than the service by two characters, which it takes and which do harm later. */
export function checkConsumerGroupId(scope: IConstruct, id: string): void {
  if (Token.isUnresolved(id)) return;
  const accepted = `${minimum} to ${maximum} letters, digits, "-", "/", "_", "+", "=", ".", "@"`;
  const refusal = (change: string) =>
    new PropsError(scope, { prop: 'consumerGroupId', received: id, accepted, change });
  // The compiler asks for a text too; JavaScript does not.
  if (typeof id !== 'string' || id.length > maximum || !CONSUMER_GROUP_ID.test(id)) {
    throw refusal('Choose a name of these characters.');
  }
  if (id.includes(':')) {
    throw refusal('MSK shows no lag for a group with a colon in its name: write "-" or "/" instead.');
  }
  if (id.includes('*')) {
    throw refusal('In the group ARN of the permissions a "*" would match other groups: leave it out.');
  }
}

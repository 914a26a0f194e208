import { Stack, Token, TokenComparison } from 'aws-cdk-lib';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';
import type { DeadLettersConfig } from '../../dead-letters';

/**
 * The queue of the letters, where its metrics can be seen from here. CloudWatch keeps them in the account and region of
 * the queue; here a queue of the same name would answer, or none. What is known at deployment only is taken to be here.
 */
export function watchedQueue(scope: IConstruct, deadLetters: DeadLettersConfig | undefined): sqs.IQueue | undefined {
  const queue = deadLetters?.queue;
  if (queue === undefined) return undefined;
  const { account, region } = Stack.of(scope);
  return isElsewhere(queue.env.account, account) || isElsewhere(queue.env.region, region) ? undefined : queue;
}

function isElsewhere(there: string, here: string): boolean {
  return Token.compareStrings(there, here) === TokenComparison.DIFFERENT;
}

import { readProperties } from './property-reader';
import { resolvable } from './resolvable';
import { findResources, idOf, type Stack } from './stack';

export interface QueueDefinition {
  /** Unique in the deployment: of a queue in a nested stack it is a path, `Orders/DeadLetters`. */
  readonly logicalId: string;
  readonly queueName: string;
  /** As CreateQueue takes them, without those that mean nothing on one machine, such as encryption. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** What a queue does with its messages. */
const KEPT = [
  'ContentBasedDeduplication',
  'FifoQueue',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'VisibilityTimeout',
];

/** The queues of the stack and of those nested in it, without those that nothing local can name. */
export function readQueues(stack: Stack): QueueDefinition[] {
  return findResources(stack, 'AWS::SQS::Queue').flatMap((found) => {
    const { stack: own, logicalId } = found;
    const queueName = resolvable(() => own.resolve({ 'Fn::GetAtt': [logicalId, 'QueueName'] }, own.place(logicalId)));
    if (queueName === undefined) return [];
    const attributes = KEPT.flatMap((name): [string, string][] => {
      const value = resolvable(() => readProperties(own, logicalId).value(name));
      // A queue that is not FIFO says so by leaving it out.
      return value === undefined || value === 'false' ? [] : [[name, value]];
    });
    return [{ logicalId: idOf(found), queueName, attributes: Object.fromEntries(attributes) }];
  });
}

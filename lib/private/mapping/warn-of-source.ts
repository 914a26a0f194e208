import { Annotations } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import type { KafkaSourceConfig } from '../../kafka-source';
import { functionState } from './function-state';

/** What can be seen here of protocol L8: an app shows what is to be deployed, not what was. */
export function warnOfSource(
  scope: IConstruct,
  fn: lambda.Function,
  { sourceName, topic, startingPosition }: KafkaSourceConfig,
  generation: number,
): void {
  const { readers } = functionState(fn);
  const other = readers.get(`${sourceName} ${topic}`);
  if (other !== undefined) {
    warn(
      scope,
      'topicTwice',
      `${other.node.path} calls the same function with the same topic. Each consumer has a memory of its own, so every ` +
        'record takes effect once for each: remove one of the two.',
    );
  }
  readers.set(`${sourceName} ${topic}`, scope);

  if (generation > 1 && startingPosition === lambda.StartingPosition.LATEST) {
    warn(
      scope,
      'recreatedFromLatest',
      'generation says that the topic was recreated. Where the offsets of the old topic lie outside of the new one, the ' +
        'group begins at startingPosition, and LATEST skips what is there by then: begin at TRIM_HORIZON.',
    );
  }
}

function warn(scope: IConstruct, id: string, text: string): void {
  Annotations.of(scope).addWarningV2(`msk-once:${id}`, text);
}

import { StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import type { KafkaSourceBindOptions, KafkaSourceConfig } from '../../kafka-source';
import type { KafkaTopicProps } from '../../kafka-source-props';
import { checkKinds } from '../check-kinds';
import { checkDuration } from '../check-range';
import { DEPENDABLE } from '../kinds';
import { checkConsumerGroupId } from './check-consumer-group-id';
import { checkFilters } from './check-filters';
import { checkStart } from './check-start';
import { checkTopic } from './check-topic';

/** The part of a source that does not depend on the kind of cluster. */
type TopicSettings = Pick<
  KafkaSourceConfig,
  | 'topic'
  | 'consumerGroupId'
  | 'startingPosition'
  | 'startingPositionTimestamp'
  | 'filters'
  | 'dependencies'
  | 'topicRetention'
>;

export function topicSettings(
  scope: IConstruct,
  props: KafkaTopicProps,
  { defaultConsumerGroupId }: KafkaSourceBindOptions,
): TopicSettings {
  const {
    topic,
    topicResource,
    consumerGroupId = defaultConsumerGroupId,
    startingPosition = StartingPosition.TRIM_HORIZON,
    startingPositionTimestamp,
    topicRetention,
    filters = [],
  } = props;
  checkTopic(scope, topic);
  checkKinds(scope, props, { topicResource: DEPENDABLE });
  checkConsumerGroupId(scope, consumerGroupId);
  checkStart(scope, startingPosition, startingPositionTimestamp);
  checkFilters(scope, filters);
  checkDuration(scope, 'topicRetention', topicRetention);
  return {
    topic,
    consumerGroupId,
    startingPosition,
    ...(startingPositionTimestamp !== undefined && { startingPositionTimestamp }),
    ...(filters.length > 0 && { filters }),
    ...(topicResource !== undefined && { dependencies: [topicResource] }),
    topicRetention,
  };
}

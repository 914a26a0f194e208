import { LIMITS } from '../../../contract/limits';
import { shown } from '../../../local/template/template-error';
import { error, type Judgement } from '../finding';
import type { Rule } from '../rule';
import { TOPIC, TOPIC_FORM } from './topic-name';

/** Source: Lambda API Reference, SelfManagedEventSource. */
const MOST_BROKERS = 10;

/** What a mapping reads. */
export const source: Rule = {
  name: 'source',
  *judge({ mapping, isMsk }): Iterable<Judgement> {
    const { minimum, maximum } = LIMITS.topicLength;
    const topics = mapping.list('Topics');
    const [topic] = topics;
    if (topics.length !== 1 || typeof topic !== 'string' || topic.length < minimum || topic.length > maximum) {
      const why = `A mapping reads exactly one topic, with a name of ${minimum} to ${maximum} characters.`;
      yield error(mapping.path('Topics'), `is ${shown(topics)}.`, why, 'Make one mapping for each topic.');
    } else if (!TOPIC.test(topic)) {
      yield error(mapping.path('Topics'), `is ${shown(topics)}.`, 'The service refuses it.', `Write ${TOPIC_FORM}.`);
    }
    const isSelfManaged = mapping.names('SelfManagedEventSource').length > 0;
    if (isMsk === isSelfManaged) {
      yield error(
        mapping.path('EventSourceArn'),
        isMsk ? 'is set beside SelfManagedEventSource.' : 'is not set, and neither is SelfManagedEventSource.',
        'A mapping reads from a cluster of Amazon MSK or from brokers of your own, and not from both.',
        isMsk ? 'Leave one of them out.' : 'Set EventSourceArn to the ARN of the cluster.',
      );
    }
    if (mapping.text('SelfManagedKafkaEventSourceConfig', 'ConsumptionMode') === 'Queue') {
      yield error(
        mapping.path('SelfManagedKafkaEventSourceConfig', 'ConsumptionMode'),
        'is Queue.',
        'A queue has no order, and gives one partition to several invocations: offsets cannot be remembered there.',
        'Leave it out.',
      );
    }
    const keys = ['SelfManagedEventSource', 'Endpoints', 'KafkaBootstrapServers'];
    const brokers = isSelfManaged ? mapping.list(...keys) : [''];
    if (brokers.length < 1 || brokers.length > MOST_BROKERS) {
      const found = brokers.length === 0 ? 'is [].' : `has ${brokers.length} brokers.`;
      const why = `The service takes 1 to ${MOST_BROKERS}, and finds the others through them.`;
      yield error(mapping.path(...keys), found, why, 'Write a few of them, each as host:port.');
    }
  },
};

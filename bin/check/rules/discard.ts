import { LIMITS } from '../../../contract/limits';
import { error, type Judgement, warning } from '../finding';
import type { Rule } from '../rule';
import type { Subject } from '../subject';
import { TOPIC, TOPIC_FORM } from './topic-name';

const ENDLESS = -1;
const DESTINATION = ['DestinationConfig', 'OnFailure', 'Destination'] as const;
const LOST = 'The service gives up whole batches then, and among them what has not failed for good.';

/** Protocol P7: the service discards nothing; what fails for good is the runtime's to tell, and becomes a dead letter. */
export const discard: Rule = {
  name: 'discard',
  *judge(subject): Iterable<Judgement> {
    const { mapping } = subject;
    const told = subject.allowed.serviceMayDiscard ? warning : error;
    const destination = mapping.text(...DESTINATION);
    const hasDestination = destination !== undefined && destination !== '';
    if (hasDestination) {
      yield told(
        mapping.path(...DESTINATION),
        `is ${destination}.`,
        'With a destination, endless retries end after ten, and whatever is open in a batch counts as failed.',
        'Leave it out and set MSK_ONCE_DEAD_LETTERS, or check with --service-may-discard.',
      );
      if (subject.allowed.serviceMayDiscard) yield* unfit(subject, destination);
    }
    for (const property of ['MaximumRetryAttempts', 'MaximumRecordAgeInSeconds']) {
      const value = mapping.value(property);
      if (value === undefined || Number(value) === ENDLESS) continue;
      const change = 'Leave it out (-1 is endless), or check with --service-may-discard.';
      yield told(mapping.path(property), `is ${value}.`, LOST, change);
    }
  },
};

/** Where the service is let discard, it has to keep the whole records, and to say when. */
function* unfit({ mapping }: Subject, destination: string): Iterable<Judgement> {
  if (!/^(kafka:\/\/|arn:[^:]+:s3:)/.test(destination)) {
    yield error(
      mapping.path(...DESTINATION),
      `is ${destination}.`,
      'A queue or a topic of SNS gets offsets and no record, and the records leave Kafka with its retention.',
      'Choose an S3 bucket or a Kafka topic.',
    );
  }
  if (destination === `kafka://${mapping.list('Topics')[0]}`) {
    yield error(
      mapping.path(...DESTINATION),
      'is the topic that the mapping reads.',
      'What failed would come again as a new record, for ever.',
      'Choose another topic.',
    );
  }
  const [, topic] = /^kafka:\/\/(.*)$/s.exec(destination) ?? [];
  if (topic !== undefined && !(TOPIC.test(topic) && topic.length <= LIMITS.topicLength.maximum)) {
    yield error(
      mapping.path(...DESTINATION),
      `is ${destination}.`,
      'The service refuses it.',
      `Name a topic: ${TOPIC_FORM}.`,
    );
  }
  if (mapping.value('MaximumRetryAttempts') === undefined) {
    yield error(
      mapping.path('MaximumRetryAttempts'),
      'is not set, beside a destination.',
      'The service gives a batch up after ten retries, which an outage of a minute can use up.',
      'Set the number that you mean.',
    );
  }
}

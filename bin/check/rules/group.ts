import { CONSUMER_GROUP_ID, LIMITS } from '../../../contract/limits';
import { resolvable } from '../../../local/template/resolvable';
import { shown } from '../../../local/template/template-error';
import { error, type Judgement, warning } from '../finding';
import type { Rule } from '../rule';
import type { Subject } from '../subject';

/** The group owns the position, and its id the memory of what is done. */
export const group: Rule = {
  name: 'consumer-group',
  *judge(subject): Iterable<Judgement> {
    const place = placeOf(subject);
    const id = subject.consumerGroupId;
    if (id === undefined) {
      const why =
        "The service takes the mapping's UUID: a mapping that is made again reads the topic from its start, and permissions cannot name the group.";
      yield error(place, 'is not set.', why, 'Choose an id, and give it to MSK_ONCE_MAPPINGS as the consumer, too.');
      return;
    }
    const { minimum, maximum } = LIMITS.consumerGroupIdLength;
    if (id.length < minimum || id.length > maximum || !CONSUMER_GROUP_ID.test(id)) {
      const change = `Choose ${minimum} to ${maximum} letters, digits, and "-", "/", "_", "+", "=", ".", "@".`;
      yield error(place, `is ${shown(id)}.`, 'The service refuses it.', change);
    } else if (/[:*]/.test(id)) {
      const why = id.includes(':')
        ? 'MSK shows no lag for a group with a colon in its name.'
        : 'In the group ARN of the permissions a "*" matches other groups.';
      yield warning(place, `is ${shown(id)}.`, why, 'Choose a name without ":" and "*".');
    }
  },
};

export const sharedGroup: Rule = {
  name: 'shared-group',
  *judge(subject): Iterable<Judgement> {
    const id = subject.consumerGroupId;
    // One that cannot be read is told where it is judged itself.
    const same = subject
      .others()
      .filter((other) => other.id !== subject.id && resolvable(() => other.consumerGroupId) === id);
    if (id === undefined || same.length === 0) return;
    yield error(
      placeOf(subject),
      `is ${shown(id)}, as that of ${same.map((other) => other.id).join(', ')}.`,
      'The service refuses a second mapping with the same group, and both would share one memory.',
      'Give each mapping a group of its own.',
    );
  },
};

export function placeOf({ mapping, isMsk }: Subject): string {
  return mapping.path(
    isMsk ? 'AmazonManagedKafkaEventSourceConfig' : 'SelfManagedKafkaEventSourceConfig',
    'ConsumerGroupId',
  );
}

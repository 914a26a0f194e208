import { shown } from '../../../local/template/template-error';
import { error, type Judgement, warning } from '../finding';
import type { Rule } from '../rule';

const POSITIONS = ['TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP'];

/** The year 2100; 13 digits are milliseconds. */
const FAR_FUTURE_SECONDS = 4_102_444_800;

/** Where a group begins that has committed nothing yet. */
export const position: Rule = {
  name: 'starting-position',
  *judge({ mapping }): Iterable<Judgement> {
    const place = mapping.path('StartingPosition');
    const begin = mapping.text('StartingPosition');
    if (begin === undefined || !POSITIONS.includes(begin)) {
      const found = begin === undefined ? 'is not set.' : `is ${shown(begin)}.`;
      const why = `A mapping takes one of ${POSITIONS.join(', ')}.`;
      yield error(place, found, why, 'Write TRIM_HORIZON, which is the oldest record on the topic.');
      return;
    }
    const time = mapping.value('StartingPositionTimestamp');
    const hasTime = time !== undefined;
    if (hasTime && !(Number(time) < FAR_FUTURE_SECONDS)) {
      yield error(
        mapping.path('StartingPositionTimestamp'),
        `is ${shown(time)}.`,
        'It is in unix seconds, and the service takes none in the future.',
        'Write whole seconds, without milliseconds.',
      );
    }
    if (hasTime !== (begin === 'AT_TIMESTAMP')) {
      yield error(
        mapping.path('StartingPositionTimestamp'),
        `is ${hasTime ? 'set' : 'not set'}, and the position is ${begin}.`,
        'The two belong together, and nothing else goes with either.',
        hasTime ? 'Leave it out.' : 'Add it, in unix seconds.',
      );
    }
    if (begin === 'LATEST') {
      yield warning(
        place,
        'is LATEST.',
        'What is on the topic, and what is written while the mapping is made, is never delivered.',
        'Write TRIM_HORIZON unless that is meant.',
      );
    }
  },
};

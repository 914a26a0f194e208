import { DEFAULT_REMEMBER_FOR_SECONDS, ENVIRONMENT, MINIMUM_REMEMBER_FOR_SECONDS } from '../../../contract/environment';
import { shown } from '../../../local/template/template-error';
import { error, type Judgement, warning } from '../finding';
import type { Rule } from '../rule';

/** Kafka's own default of `retention.ms` (protocol C10). */
const USUAL_RETENTION_SECONDS = 7 * 24 * 60 * 60;

export const rememberFor: Rule = {
  name: 'remember-for',
  *judge(subject): Iterable<Judgement> {
    const text = subject.variable(ENVIRONMENT.rememberForSeconds);
    const place = subject.placeOf(ENVIRONMENT.rememberForSeconds);
    const seconds = Number(text);
    if (text === undefined || !Number.isSafeInteger(seconds) || seconds < MINIMUM_REMEMBER_FOR_SECONDS) {
      yield error(
        place,
        text === undefined ? 'is not set.' : `is ${shown(text)}.`,
        `The function does not start without a whole number of seconds, ${MINIMUM_REMEMBER_FOR_SECONDS} or more.`,
        `Write ${DEFAULT_REMEMBER_FOR_SECONDS}, which is 14 days, or more than the topic keeps records.`,
      );
    } else if (seconds < USUAL_RETENTION_SECONDS) {
      yield warning(
        place,
        `is ${seconds}.`,
        'A record that returns later takes effect again, and topics keep records for 7 days by default.',
        'Remember for a day longer than the topic keeps records.',
      );
    }
  },
};

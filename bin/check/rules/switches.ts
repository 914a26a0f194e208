import { ENVIRONMENT } from '../../../contract/environment';
import { shown } from '../../../local/template/template-error';
import { error, type Judgement } from '../finding';
import type { Rule } from '../rule';

/** What Powertools' own parser of booleans reads as false. */
const FALSE = ['0', 'n', 'no', 'f', 'false', 'off'];

/** Protocol D5: what the runtime refuses to start with. */
export const switches: Rule = {
  name: 'switch',
  *judge(subject): Iterable<Judgement> {
    const disabled = subject.variable(ENVIRONMENT.powertoolsDisabled);
    if (disabled !== undefined && !FALSE.includes(disabled.toLowerCase())) {
      const why = 'The function does not start with it: effects would happen again on each redelivery.';
      yield error(subject.placeOf(ENVIRONMENT.powertoolsDisabled), `is ${shown(disabled)}.`, why, 'Leave it out.');
    }
    const several = subject.variable(ENVIRONMENT.lambdaMaxConcurrency);
    if (several !== undefined && several !== '1') {
      const why = 'The function does not start with it: the runtime keeps one invocation in a process apart.';
      yield error(subject.placeOf(ENVIRONMENT.lambdaMaxConcurrency), `is ${shown(several)}.`, why, 'Leave it out.');
    }
    for (const property of ['CapacityProviderConfig', 'DurableConfig']) {
      if (!subject.function.names().includes(property)) continue;
      const why = 'The runtime knows one invocation in a process, which begins and ends with its batch.';
      yield error(subject.function.path(property), 'is set.', why, 'Leave it out.');
    }
  },
};

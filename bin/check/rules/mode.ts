import { MAPPING_ALIAS } from '../../../contract/environment';
import { shown } from '../../../local/template/template-error';
import { error, type Judgement, warning } from '../finding';
import type { Rule } from '../rule';

const PARTIAL = 'ReportBatchItemFailures';

/** The mode in the alias is how the runtime answers; FunctionResponseTypes is how the service listens. */
export const mode: Rule = {
  name: 'mode',
  *judge(subject): Iterable<Judgement> {
    const { hasPollers, reportsFailures } = subject;
    const place = subject.mapping.path('FunctionResponseTypes');
    const types = subject.mapping.list('FunctionResponseTypes');
    if (types.some((type) => type !== PARTIAL)) {
      yield error(place, `is ${shown(types)}.`, `The service takes ${PARTIAL} alone.`, `Write ["${PARTIAL}"].`);
      return;
    }
    const named = MAPPING_ALIAS.exec(subject.target.aliasName ?? '')?.[2];
    if (named === 'partial' && !reportsFailures) {
      yield error(
        place,
        'is not set, and the alias says "partial".',
        'The service ignores the answer then, and takes open records for done: they are lost.',
        hasPollers
          ? 'Set FunctionResponseTypes to ["ReportBatchItemFailures"].'
          : 'Call an alias "<mapping>-throw": without provisioned pollers there are no partial responses.',
      );
    } else if (named === 'throw' && reportsFailures) {
      yield warning(
        place,
        'is set, and the alias says "throw".',
        'An open record brings its whole batch again.',
        'Call an alias "<mapping>-partial".',
      );
    } else if (hasPollers && !reportsFailures) {
      yield warning(
        place,
        'is not set, and the mapping has provisioned pollers.',
        'An open record brings its whole batch again, though these pollers take partial responses.',
        'Set FunctionResponseTypes to ["ReportBatchItemFailures"], and call an alias "<mapping>-partial".',
      );
    }
  },
};

import { MAPPING_ALIAS } from '../../../contract/environment';
import { error, type Judgement, warning } from '../finding';
import type { Rule } from '../rule';
import type { Subject } from '../subject';

/** Protocol A2: the mapping's name and its mode reach the runtime in the alias that the mapping calls. */
export const alias: Rule = {
  name: 'alias',
  *judge(subject): Iterable<Judgement> {
    const place = subject.mapping.path('FunctionName');
    const { functionName, aliasName } = subject.target;
    const called =
      aliasName === undefined ? `calls ${functionName} without an alias.` : `calls the alias ${aliasName}.`;
    const right = `<mapping>-${subject.hasPollers ? 'partial' : 'throw'}`;
    // The mapping of an event of SAM calls what its function publishes.
    const change = place.endsWith('.AutoPublishAlias')
      ? `Write AutoPublishAlias: ${right}, and AutoPublishAliasAllProperties: true.`
      : `Make an alias "${right}" of the function, and let the mapping call it.`;
    const match = MAPPING_ALIAS.exec(aliasName ?? '');
    const entries = subject.entries;
    if (match !== null) {
      yield* unlisted(subject, match[1] as string);
    }
    if (aliasName !== undefined && subject.alias === undefined) {
      const why = 'A mapping cannot be made for an alias that does not exist.';
      yield error(
        place,
        `${called} The template does not have it.`,
        why,
        match === null ? change : `Add it as an AWS::Lambda::Alias.`,
      );
    } else if (match !== null) {
      return;
    } else if (Object.keys(entries ?? {}).length === 1) {
      const why =
        'The runtime takes its one mapping, and answers for the whole batch: an open record brings all of them again.';
      yield warning(place, called, why, change);
    } else {
      const why = 'The runtime reads from the alias which mapping called, and refuses every batch.';
      yield error(place, called, why, change);
    }
  },
};

function* unlisted({ entries, mapping, target }: Subject, name: string): Iterable<Judgement> {
  if (entries === undefined || Object.hasOwn(entries, name)) return;
  yield error(
    mapping.path('FunctionName'),
    `calls the alias ${target.aliasName}, and MSK_ONCE_MAPPINGS has no ${JSON.stringify(name)}; it has ${Object.keys(entries).join(', ')}.`,
    'The runtime refuses every batch of a mapping that it does not know.',
    'Let the two names be equal.',
  );
}

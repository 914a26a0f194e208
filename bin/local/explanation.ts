import type { Choices } from '../../local/event-source/choices';
import { explain } from '../../local/event-source/explain';
import { readApplication } from '../../local/run/application';
import type { LocalArguments } from './arguments';

/** One line per row; with --app or --template and one mapping in it, also what that mapping's settings make of them. */
export function explanation(choices: Choices, given: LocalArguments): string {
  const isNamed = given.app !== undefined || given.template !== undefined;
  const mappings = isNamed ? readApplication(given).mappings : [];
  const [only, ...others] = mappings;
  return explain(choices, others.length === 0 ? only : undefined).join('\n');
}

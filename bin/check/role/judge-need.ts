import { error, type Judgement, unknown } from '../finding';
import { type Decision, decide } from './decide';
import type { Need } from './need';
import type { Permissions } from './statement';

/** What the role lacks of a need. */
export function* judgeNeed(permissions: Permissions, need: Need): Iterable<Judgement> {
  const { place, unread } = permissions;
  const { what, why } = need;
  const decided = need.actions.map((action) => ({ action, decision: worst(permissions, action, need) }));
  const of = (wanted: Decision) => decided.filter(({ decision }) => decision === wanted).map(({ action }) => action);
  const [missing, denied, unsure] = [of('missing').join(', '), of('denied').join(', '), of('unknown').join(', ')];
  if (missing !== '') {
    yield error(place, `does not allow ${missing} on ${what}.`, why, 'Add a statement that does.');
  }
  if (denied !== '') {
    yield error(place, `denies ${denied} on ${what}.`, why, 'Take that out of the statement that denies it.');
  }
  if (unsure !== '') {
    const because =
      unread.length > 0 ? `what is in ${unread.join(', ')} is not known here` : 'only the deployment decides it';
    yield unknown(place, `may or may not allow ${unsure} on ${what}: ${because}.`, why, 'Look at the policy.');
  }
}

const FROM_BAD: readonly Decision[] = ['denied', 'missing', 'unknown', 'granted'];

function worst(permissions: Permissions, action: string, { resources, ofStore = [] }: Need): Decision {
  const all = { ...permissions, statements: [...permissions.statements, ...ofStore] };
  const decisions = resources.map((resource) => decide(all, action, resource));
  return FROM_BAD.find((one) => decisions.includes(one)) ?? 'granted';
}

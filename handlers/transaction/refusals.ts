import type { PreparedWrite } from './prepared-write';
import type { MemberRefusal } from './transaction-store';

/**
 * One answer for a member against which several things speak. What its identity says goes first: the conditions of a
 * duplicate fail because of the effect that it repeats. Of its writes, what will never do goes before what may, and
 * `done` counts only where nothing else fails.
 */
export function worstOf(
  refusals: readonly MemberRefusal[],
  writes: readonly Pick<PreparedWrite, 'onConditionFailed'>[],
): MemberRefusal | undefined {
  const weight = (refusal: MemberRefusal) => {
    if (refusal.kind === 'invalid') return 3;
    if (refusal.kind !== 'condition') return 4;
    return { permanent: 2, transient: 1, done: 0 }[writes[refusal.write]?.onConditionFailed ?? 'transient'];
  };
  let worst: MemberRefusal | undefined;
  for (const refusal of refusals) {
    if (worst === undefined || weight(refusal) > weight(worst)) worst = refusal;
  }
  return worst;
}

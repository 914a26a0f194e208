import type { Unknown } from '../store/unknown';

/**
 * C9: undefined where every key stands once in the batch. Else what each member is answered: the service would refuse
 * the whole request, innocent neighbours included, so nothing is sent.
 */
export function keyTwice(ids: readonly string[]): Unknown | undefined {
  if (new Set(ids).size === ids.length) return undefined;
  const id = ids.find((candidate, index) => ids.indexOf(candidate) !== index);
  const error = new Error(`The key ${id} stands twice in a batch of ${ids.length}: report this bug`);
  return { kind: 'unknown', reason: 'refused', error };
}

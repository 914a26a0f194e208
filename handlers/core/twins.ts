/**
 * Finds twins: records of one event that mean the same thing (protocol O3). Gives, for each record in planner order,
 * the twin right before it, or undefined. Since planner order agrees with every lane, waiting for it cannot deadlock.
 */
export function previousTwins<T extends { readonly id: string | undefined }>(records: readonly T[]): (T | undefined)[] {
  const last = new Map<string, T>();
  return records.map((state) => {
    if (state.id === undefined) return undefined;
    const previous = last.get(state.id);
    last.set(state.id, state);
    return previous;
  });
}

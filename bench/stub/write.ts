import { added, type Bindings, type Change, type Condition } from './expressions';
import type { Item, Value } from './value';

/** What a write leaves behind; undefined: nothing. */
type Effect = (before: Item) => Item | undefined;

/** One conditional write of one item, whatever operation it came with. */
export interface Write {
  readonly table: string;
  readonly id: string;
  readonly bindings: Bindings;
  readonly condition: Condition | undefined;
  /** What a refusal is called when there is an item already; PartiQL's INSERT has its own word. */
  readonly refusal: 'ConditionalCheckFailed' | 'DuplicateItem';
  /** A PartiQL UPDATE of what does not exist fails; the classic operations create it. */
  readonly needsItem: boolean;
  /** undefined: nothing is written, only the condition is checked. */
  readonly effect: Effect | undefined;
}

export function putting(item: Item): Effect {
  return () => item;
}

export function updating(changes: readonly Change[], bindings: Bindings, id: string): Effect {
  return (before) => {
    const after: Record<string, Value> = { ...before };
    after.id ??= { S: id };
    for (const { kind, name, value } of changes) {
      const attribute = name(bindings);
      if (kind === 'remove') delete after[attribute];
      // Every value is computed from the item as it was.
      else if (kind === 'set') after[attribute] = value(before, bindings) as Value;
      else after[attribute] = added(before[attribute] ?? { N: '0' }, value(before, bindings), 1);
    }
    return after;
  };
}

export const deleting: Effect = () => undefined;

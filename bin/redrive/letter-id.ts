import { PARKED_PREFIX } from '../../contract/idempotency-table';
import type { Letter } from '../../contract/letter';

export interface LetterIdParts {
  /** Of the mapping that parked the record: consumer, source and generation, as they stand in the id. */
  readonly mapping: string;
  readonly generation: number;
}

const ID = new RegExp(`^${PARKED_PREFIX}(.*#(\\d+))#([^#]+)#(\\d+)#(\\d+)$`);

/** `parked#<consumer>#<source>#<generation>#<topic>#<partition>#<offset>`; undefined: it is no id of a letter. */
export function letterIdParts(id: string): LetterIdParts | undefined {
  const [, mapping, generation] = ID.exec(id) ?? [];
  return mapping === undefined ? undefined : { mapping, generation: Number(generation) };
}

/** Whether the id is that of this very record: else somebody has changed the letter. */
export function hasOwnId({ id, consumer, source = '', record: { topic, partition, offset } }: Letter): boolean {
  const parts = letterIdParts(id);
  if (parts === undefined) return false;
  const mapping = `${consumer}#${source}#${parts.generation}`;
  return id === `${PARKED_PREFIX}${mapping}#${topic}#${partition}#${offset}`;
}

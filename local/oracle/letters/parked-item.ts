import type { Place } from '../observation';

/** The parked item of a record, as the database accepted it (protocol P5). */
export interface ParkedItem extends Place {
  /** How many observations came before. */
  readonly at: number;
  readonly worker: string;
}

import type { Rule } from '../oracle/findings';

/** What the oracle judges by, and what only the simulation can see. */
export type SimulationRule =
  | Rule
  /** No answer before the end of an invocation, though nothing had held its worker up (D1). */
  | 'late-answer'
  /** The event source cannot read an answer (A1). */
  | 'unreadable-answer'
  /** The event source gave records up. */
  | 'given-up'
  /** A promise of the runtime was rejected, and nobody looked: in Lambda that ends the process. */
  | 'unhandled-rejection'
  /** Long after the last fault something is open or not committed, and nothing stands in its way. */
  | 'stuck';

export interface Violation {
  readonly rule: SimulationRule;
  /** What happened, for a person. */
  readonly text: string;
}

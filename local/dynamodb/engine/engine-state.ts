import type { Item } from './attribute-value';
import { RequestTokens } from './request-tokens';
import { Tables } from './tables';

/** What a fault injector may decide, member by member; where it says nothing the engine never fails by itself. */
export interface EngineFaults {
  /** true: the key of a BatchGetItem comes back unprocessed. */
  unprocessedKey?(table: string, key: Item): boolean;
  /** true: the write of a BatchWriteItem comes back unprocessed. */
  unprocessedWrite?(table: string, key: Item): boolean;
  /** true: the member of a BatchExecuteStatement does nothing and is answered with ThrottlingError. */
  throttledStatement?(table: string, key: Item): boolean;
  /** true: the member of a BatchExecuteStatement takes effect and is answered with InternalServerError all the same. */
  unansweredStatement?(table: string, key: Item): boolean;
  /** true: the transaction is cancelled by a conflict on this item. */
  conflictingItem?(table: string, key: Item): boolean;
}

/** All that an operation may read or change. */
export interface EngineState {
  readonly tables: Tables;
  /** TransactWriteItems and ExecuteTransaction share them. */
  readonly requestTokens: RequestTokens;
  readonly faults: EngineFaults;
  /** Whether a refused member of a BatchExecuteStatement can bring its item. */
  readonly memberItems: boolean;
  /** Milliseconds since the epoch. */
  now(): number;
}

export function newState(given: Pick<EngineState, 'now' | 'faults' | 'memberItems'>): EngineState {
  return { ...given, tables: new Tables(), requestTokens: new RequestTokens() };
}

import { BATCHES } from './batches';
import { CLAIMS } from './claims';
import { EXPRESSIONS } from './expressions';
import { ITEMS_AND_KEYS } from './items';
import { LEDGER } from './ledger';
import { PARKING } from './parking';
import { PARTIQL } from './partiql';
import { QUERIES_OF_INDEXES } from './queries';
import type { Shape } from './shape';
import { STATEMENT_TEXTS } from './statements';
import { TABLES } from './tables';
import { TRANSACTIONS } from './transactions';

/** What the rules of the protocol need of the database. */
export const PROTOCOL_SHAPES: readonly Shape[] = [...LEDGER, ...CLAIMS, ...TRANSACTIONS, ...PARKING, ...PARTIQL];

/** The mistakes and the rare forms that generated steps hardly come upon: each branch of the engine, once. */
export const REQUEST_SHAPES: readonly Shape[] = [
  ...EXPRESSIONS,
  ...ITEMS_AND_KEYS,
  ...BATCHES,
  ...STATEMENT_TEXTS,
  ...QUERIES_OF_INDEXES,
  ...TABLES,
];

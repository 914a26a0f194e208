import type { Reason } from '../reason-of';
import { FUNCTION_REASONS } from './function-reasons';
import { KEY_REASONS } from './key-reasons';
import { MAPPING_REASONS } from './mapping-reasons';
import { REFERENCE_REASONS } from './reference-reasons';

/** Why the constructs and the reference stack ask for what they ask for: the first that fits counts. */
export const REASONS: readonly Reason[] = [
  ...FUNCTION_REASONS,
  ...MAPPING_REASONS,
  ...KEY_REASONS,
  ...REFERENCE_REASONS,
];

// Where letters may be, as a function is told in MSK_ONCE_DEAD_LETTERS.

/** Source: S3 User Guide, "Bucket naming rules". */
export const LETTER_BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Without a slash at either end. It keeps to characters that no tool trips over. */
export const LETTER_PREFIX = /^[A-Za-z0-9!_.*'()=-]+(?:\/[A-Za-z0-9!_.*'()=-]+)*$/;
/** Leaves room for the names of letters. */
export const LETTER_PREFIX_CHARACTERS = 255;

import path from 'node:path';

/** Root of the checkout. */
export const PROJECT = path.resolve(__dirname, '../..');

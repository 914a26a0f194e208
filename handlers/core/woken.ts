/** The reason of every abort that only ends a wait: without one, Node makes an error with a stack each time. */
export const WOKEN = 'woken';

import { isOnceError } from './once-error';

/** A value as a person would write it down, short. What may be a record's payload goes to {@link describeKind}. */
export function describe(value: unknown): string {
  if (value === undefined || value === null || typeof value === 'number' || typeof value === 'boolean') {
    return String(value);
  }
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value instanceof Promise) return 'a Promise';
  return 'an object';
}

/** Milliseconds since the epoch as a date; somebody may have written a number that no date is. */
export function describeInstant(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `${ms} ms since the epoch, which is no date` : date.toISOString();
}

/** What a value is, and nothing of what is in it. */
export function describeKind(value: unknown): string {
  if (typeof value === 'string') return `a string of ${value.length} characters`;
  if (typeof value === 'number' || typeof value === 'boolean') return `a ${typeof value}`;
  return describe(value);
}

export function reasonOf(error: unknown): string {
  if (isOnceError(error)) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : describe(error);
}

/** What user code threw, and nothing of what it says: that may quote a payload, and belongs into the cause. */
export function nameOf(error: unknown): string {
  if (error instanceof Error) return IDENTIFIER.test(error.name) ? error.name : 'an Error';
  if (error === undefined || error === null) return String(error);
  return typeof error === 'object' ? 'an object' : `a ${typeof error}`;
}

const IDENTIFIER = /^[A-Za-z_$][\w$]{0,80}$/;

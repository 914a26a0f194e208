import { ERROR_CODES } from '../../contract/error-codes';
import { defineError } from './define-error';
import { describeInstant } from './describe';

export const claimBusy = defineError<{ id: string; leaseUntilMs: number; unreadable?: string | undefined }>({
  code: ERROR_CODES.claimBusy,
  errorClass: 'transient',
  text: ({ id, leaseUntilMs, unreadable }) => {
    const until = Number.isFinite(leaseUntilMs) ? describeInstant(leaseUntilMs) : 'it expires';
    if (unreadable === undefined) return `Another worker holds the claim ${id} until ${until}`;
    return `The item ${id} has a ${unreadable} that nobody here understands, and is in the way until ${until}`;
  },
  remedy: 'The record is delivered again.',
});

export const claimLost = defineError<{ id: string }>({
  code: ERROR_CODES.claimLost,
  errorClass: 'transient',
  text: ({ id }) => `The claim ${id} ran out, or another worker took it over`,
  remedy: 'The record is open; raise leaseMs if process() blocks the event loop for that long.',
});

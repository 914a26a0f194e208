import { ERROR_CODES } from '../../contract/error-codes';
import { defineError } from './define-error';
import { describeKind } from './describe';

/** Of a record that ran alone each time (protocol P3). */
export const processDied = defineError<{ times: number }>({
  code: ERROR_CODES.processDied,
  errorClass: 'permanent',
  text: ({ times }) =>
    `The process died ${times === 1 ? 'once' : `${times} times`} while only this record ran: it ended without an answer, by a crash, its memory limit, process.exit() or the function's time-out`,
  remedy:
    "The reports of those invocations in the function's log say how it ended; repair process() for this record, then redrive its letter.",
});

/** `kind` names the error that they have in common: its code, or its name. */
export const massErrors = defineError<{ kind: string; letters: number }>({
  code: ERROR_CODES.massErrors,
  errorClass: 'outage',
  text: ({ kind, letters }) =>
    `${letters} records of this invocation became dead letters for the same reason (${kind}), which looks like a deployment and not like ${letters} bad records`,
  remedy:
    'No more of them are given up in this invocation: the rest stays on the topic and is delivered again. If a deployment is at fault (a schema, a bug, a setting), put it right or back, then redrive the letters.',
});

/** What the other records of the invocation get: the error itself may quote the payload of its record. */
export const outageDeclared = defineError<{ record: string; error: string }>({
  code: ERROR_CODES.outageDeclared,
  errorClass: 'outage',
  text: ({ record, error }) => `${record} ended with an outage (${error}), so nothing more was started`,
  remedy: 'Everything that is not done stays on the topic and is delivered again; no attempt was counted.',
});

/** Stands for what process() threw where that is nothing. */
export const processRejected = defineError<{ received: undefined | null }>({
  code: ERROR_CODES.processRejected,
  errorClass: 'transient',
  text: ({ received }) => `process() threw ${received}, or rejected with it; accepted is an Error`,
  remedy: 'Throw an Error, or PermanentError, TransientError, OutageError, which say what it means for the record.',
});

export const classifyThrew = defineError<{ reason: string }>({
  code: ERROR_CODES.classifyThrew,
  errorClass: 'transient',
  text: ({ reason }) => `classify() threw instead of saying what an error means: ${reason}`,
  remedy:
    'Make classify() return for whatever it is given; the error counts as what it says of itself, or else as transient.',
});

export const classifyInvalid = defineError<{ received: unknown }>({
  code: ERROR_CODES.classifyInvalid,
  errorClass: 'transient',
  text: ({ received }) =>
    `classify() returned ${isWord(received) ? `'${received}'` : describeKind(received)}; accepted is 'permanent', 'transient', 'outage', or undefined for what the error says of itself`,
  remedy: 'Return what is accepted, at once and not as a Promise; the error counts as if undefined had been returned.',
});

/** A word that somebody took for a class, rather than the text of an error. */
function isWord(value: unknown): boolean {
  return typeof value === 'string' && /^[A-Za-z_-]{1,20}$/.test(value);
}

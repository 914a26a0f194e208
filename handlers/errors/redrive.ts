import { ERROR_CODES } from '../../contract/error-codes';
import { defineError } from './define-error';
import { describe, describeInstant } from './describe';

export const redriveInvalid = defineError<{ field: string; received: unknown; accepted: string }>({
  code: ERROR_CODES.redriveInvalid,
  errorClass: 'outage',
  text: ({ field, received, accepted }) => `The event's ${field} is ${describe(received)}; accepted is ${accepted}`,
  remedy:
    'Nothing of the event was run. Send letters with msk-once redrive, to the function and the alias of the mapping that wrote them; docs/dead-letters.md shows the event.',
});

export const redriveBusy = defineError<{ id: string; leaseUntilMs: number }>({
  code: ERROR_CODES.redriveBusy,
  errorClass: 'transient',
  text: ({ id, leaseUntilMs }) => `Another redrive has the letter ${id}, until ${describeInstant(leaseUntilMs)}`,
  remedy: 'Redrive it again later: what the other one has done by then is not done twice.',
});

export const redriveLost = defineError<{ id: string }>({
  code: ERROR_CODES.redriveLost,
  errorClass: 'transient',
  text: ({ id }) => `The redrive of the letter ${id} ran out, or another redrive took it over`,
  remedy: 'Redrive it again; raise leaseMs if process() blocks the event loop for that long.',
});

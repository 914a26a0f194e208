import { ERROR_CODES } from '../../contract/error-codes';
import { defineError } from './define-error';

export const parkedUnreadable = defineError<{ id: string; attribute: string; received: string; accepted: string }>({
  code: ERROR_CODES.parkedUnreadable,
  errorClass: 'outage',
  text: ({ id, attribute, received, accepted }) =>
    `The item ${JSON.stringify(id)} of the idempotency table is not a parked record that msk-once wrote: its ${attribute} is ${received}; accepted is ${accepted}`,
  remedy:
    "Put the item back as it was (the table's point-in-time recovery has it), or delete it: the record then counts as one that was never parked.",
});

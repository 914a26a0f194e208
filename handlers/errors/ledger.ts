import { ERROR_CODES } from '../../contract/error-codes';
import { defineError } from './define-error';
import { describeInstant } from './describe';

export const partitionBusy = defineError<{ partition: string; leaseUntilMs: number }>({
  code: ERROR_CODES.partitionBusy,
  errorClass: 'transient',
  text: ({ partition, leaseUntilMs }) =>
    `Another worker holds the partition ${partition} until ${describeInstant(leaseUntilMs)}`,
  remedy: 'Its records are delivered again.',
});

export const partitionLost = defineError<{ partition: string }>({
  code: ERROR_CODES.partitionLost,
  errorClass: 'transient',
  text: ({ partition }) => `The lease of the partition ${partition} ran out, and another worker took it over`,
  remedy: 'What is not marked is open; raise leaseMs if process() blocks the event loop for that long.',
});

export const leaseOver = defineError<{ partition: string; leaseUntilMs: number }>({
  code: ERROR_CODES.leaseOver,
  errorClass: 'transient',
  text: ({ partition, leaseUntilMs }) =>
    `The lease of the partition ${partition} ended at ${describeInstant(leaseUntilMs)}, or is about to: nothing starts under it`,
  remedy: 'The record is open; raise leaseMs if process() blocks the event loop for that long.',
});

export const ledgerMismatch = defineError<{
  partition: string;
  offset: number;
  why: 'sample' | 'newer';
  closedByBound: boolean;
}>({
  code: ERROR_CODES.ledgerMismatch,
  errorClass: 'outage',
  text: ({ partition, offset, why, closedByBound }) =>
    `Offset ${offset} of ${partition} is closed, and the record there now ${why === 'sample' ? 'is another one' : 'is newer than any that was closed'}${closedByBound ? '. The offset lies in a hole that was closed because there were too many' : ''}`,
  remedy:
    'Was the topic recreated? Then disable the mapping, let it drain, raise generation, and enable it again. The records of this partition stay open until then.',
});

export const abandonedOffsets = defineError<{ partition: string; first: bigint; last: bigint }>({
  code: ERROR_CODES.abandoned,
  errorClass: 'permanent',
  text: ({ partition, first, last }) =>
    `The offsets ${first} to ${last} of ${partition} were delivered, stayed open, and are far behind: the service has given them up, and they are closed now`,
  remedy: 'Look for what discarded them: a finite retry, an age limit, or a reset of the consumer group.',
});

export const ledgerSourceMissing = defineError<{ consumer: string }>({
  code: ERROR_CODES.ledgerSourceMissing,
  errorClass: 'outage',
  text: ({ consumer }) =>
    `The mapping of the consumer ${JSON.stringify(consumer)} in MSK_ONCE_MAPPINGS has no source, and offsets are remembered by the name of their cluster`,
  remedy: 'KafkaProcessor sets it; in a map of your own add "source", a name that stays when brokers change.',
});

export const ledgerItemRefused = defineError<{ id: string; reason: string }>({
  code: ERROR_CODES.ledgerItemRefused,
  errorClass: 'outage',
  text: ({ id, reason }) =>
    `DynamoDB does not write the item ${JSON.stringify(id)} of the idempotency table: ${reason}`,
  remedy:
    "Put the item back as it was (the table's point-in-time recovery has it), or delete it with the mapping disabled: the partition then begins with an empty memory, and what is delivered but not committed runs again.",
});

export const ledgerUnreadable = defineError<{ id: string; attribute: string; received: string; accepted: string }>({
  code: ERROR_CODES.ledgerUnreadable,
  errorClass: 'outage',
  text: ({ id, attribute, received, accepted }) =>
    `The item ${JSON.stringify(id)} of the idempotency table is not an offset ledger that msk-once wrote: its ${attribute} is ${received}; accepted is ${accepted}`,
  remedy:
    "Put the item back as it was (the table's point-in-time recovery has it), or delete it with the mapping disabled: the partition then begins with an empty memory, and what is delivered but not committed runs again.",
});

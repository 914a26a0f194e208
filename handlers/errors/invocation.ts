import { ERROR_CODES } from '../../contract/error-codes';
import { defineError } from './define-error';
import { describe, describeKind } from './describe';

export const contextMissing = defineError<{ field: string; received: unknown }>({
  code: ERROR_CODES.contextMissing,
  errorClass: 'outage',
  text: ({ field, received }) =>
    `The second argument of the handler has no usable ${field} (it is ${describe(received)})`,
  remedy:
    'Lambda passes it as the context; a test passes an object with getRemainingTimeInMillis and invokedFunctionArn.',
});

export const mappingUnknown = defineError<{ alias: string; known: readonly string[] }>({
  code: ERROR_CODES.mappingUnknown,
  errorClass: 'outage',
  text: ({ alias, known }) =>
    `The function was called through ${alias}, and MSK_ONCE_MAPPINGS holds ${known.length === 0 ? 'no mapping' : known.join(', ')}`,
  remedy:
    'The mapping must call the alias <mapping>-partial or <mapping>-throw of a mapping that MSK_ONCE_MAPPINGS names.',
});

export const eventInvalid = defineError<{ field: string; received: unknown; accepted: string; payload?: true }>({
  code: ERROR_CODES.eventInvalid,
  errorClass: 'outage',
  text: ({ field, received, accepted, payload }) =>
    `The event's ${field} is ${payload ? describeKind(received) : describe(received)}; accepted is ${accepted}`,
  remedy: 'The whole event is refused and stays on the topic; an event made by hand must look as Lambda delivers it.',
});

export const recordsOpen = defineError<{ open: number; total: number; first: readonly string[] }>({
  code: ERROR_CODES.recordsOpen,
  errorClass: 'transient',
  text: ({ open, total, first }) =>
    `${open} of ${total} records are open: ${first.join(', ')}${open > first.length ? ` and ${open - first.length} more` : ''}`,
  remedy: 'The batch is delivered again and skips what is done; the lines before this one say why they are open.',
});

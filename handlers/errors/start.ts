import { ERROR_CODES } from '../../contract/error-codes';
import { defineError } from './define-error';
import { describe } from './describe';

export const environmentMissing = defineError<{ name: string; meaning: string }>({
  code: ERROR_CODES.environmentMissing,
  errorClass: 'outage',
  text: ({ name, meaning }) => `The environment variable ${name} (${meaning}) is not set`,
  remedy: 'KafkaProcessor sets it; without our constructs set it on the function yourself.',
});

export const environmentInvalid = defineError<{ name: string; received: string; accepted: string }>({
  code: ERROR_CODES.environmentInvalid,
  errorClass: 'outage',
  text: ({ name, received, accepted }) => `The environment variable ${name} is ${received}; accepted is ${accepted}`,
  remedy: 'KafkaProcessor sets it; a value set by hand must be what is accepted.',
});

export const idempotencyDisabled = defineError<{ name: string; received: string }>({
  code: ERROR_CODES.idempotencyDisabled,
  errorClass: 'outage',
  text: ({ name, received }) => `${name} is ${JSON.stringify(received)}, which asks for effects without idempotency`,
  remedy: 'Remove the variable from the function; the mapping waits meanwhile and nothing is lost.',
});

export const sharedProcess = defineError<{ name: string; received: string }>({
  code: ERROR_CODES.sharedProcess,
  errorClass: 'outage',
  text: ({ name, received }) => `${name} is ${JSON.stringify(received)}: several invocations would share this process`,
  remedy: 'Run the function on instances that process one invocation at a time.',
});

export const optionsInvalid = defineError<{ option: string; received: unknown; accepted: string }>({
  code: ERROR_CODES.optionsInvalid,
  errorClass: 'outage',
  text: ({ option, received, accepted }) =>
    `processRecords: ${option} is ${describe(received)}; accepted is ${accepted}`,
  remedy:
    'Correct it and deploy again; until then the function does not start, the mapping waits, and nothing is lost.',
});

export const layerOptionInvalid = defineError<{ option: string; received: unknown; accepted: string }>({
  code: ERROR_CODES.optionsInvalid,
  errorClass: 'outage',
  text: ({ option, received, accepted }) =>
    `OncePersistenceLayer: ${option} is ${describe(received)}; accepted is ${accepted}`,
  remedy: 'Correct it where the layer is made, and deploy again.',
});

import { ERROR_CODES } from '../../contract/error-codes';
import { defineError } from './define-error';

export const keyNotRequired = defineError<object>({
  code: ERROR_CODES.keyNotRequired,
  errorClass: 'outage',
  text: () =>
    'IdempotencyConfig has throwOnNoIdempotencyKey off (its default): a payload without a key would run unprotected, or share one record with every other',
  remedy: 'Pass config: new IdempotencyConfig({ …, throwOnNoIdempotencyKey: true }) to makeIdempotent.',
});

export const configurationDiffers = defineError<{ settings: readonly string[] }>({
  code: ERROR_CODES.configurationDiffers,
  errorClass: 'outage',
  text: ({ settings }) =>
    `This OncePersistenceLayer is configured already, with another ${settings.join(', ')}; Powertools would go on with the first, and give this function wrong keys`,
  remedy: 'Make one OncePersistenceLayer for each configuration; they may share a client.',
});

export const callUnclaimed = defineError<{ operation: string }>({
  code: ERROR_CODES.callUnclaimed,
  errorClass: 'transient',
  text: ({ operation }) =>
    `${operation} was called for a payload that no running call has claimed; nothing was written`,
  remedy:
    'Under makeHandlerIdempotent this is a duplicate whose handler returns nothing, so that middy runs it again each time: return a value from it, such as null or {}. In the replay of a durable function, which this layer does not support, Powertools does it too. Code that calls the layer itself must call saveInProgress first.',
});

import type { EngineState } from '../engine-state';
import { validationError } from '../errors';
import { optionalFlag, optionalText, requireKnownParameters, requireObject } from '../parameters';

/** The setting is kept and nothing is ever deleted: the service promises no moment either. */
export function updateTimeToLive(state: EngineState, input: object): object {
  const parameters = requireKnownParameters('UpdateTimeToLive', input, ['TableName', 'TimeToLiveSpecification']);
  const table = state.tables.get(optionalText(parameters, 'TableName'));
  const specification = requireObject('TimeToLiveSpecification', parameters.TimeToLiveSpecification);
  const enabled = optionalFlag(specification, 'Enabled');
  const attribute = optionalText(specification, 'AttributeName');
  if (!attribute) throw validationError('TimeToLiveSpecification needs an AttributeName of at least one character');
  if (enabled && table.ttlAttribute !== undefined) throw validationError('TimeToLive is already enabled');
  if (!enabled && table.ttlAttribute === undefined) throw validationError('TimeToLive is already disabled');
  table.ttlAttribute = enabled ? attribute : undefined;
  return { TimeToLiveSpecification: { Enabled: enabled, AttributeName: attribute } };
}

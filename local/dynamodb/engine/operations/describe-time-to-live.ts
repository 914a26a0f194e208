import type { EngineState } from '../engine-state';
import { optionalText, requireKnownParameters } from '../parameters';

export function describeTimeToLive(state: EngineState, input: object): object {
  const parameters = requireKnownParameters('DescribeTimeToLive', input, ['TableName']);
  const { ttlAttribute } = state.tables.get(optionalText(parameters, 'TableName'));
  return {
    TimeToLiveDescription:
      ttlAttribute === undefined
        ? { TimeToLiveStatus: 'DISABLED' }
        : { TimeToLiveStatus: 'ENABLED', AttributeName: ttlAttribute },
  };
}

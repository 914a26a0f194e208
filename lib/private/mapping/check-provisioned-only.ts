import type { IConstruct } from 'constructs';
import type { KafkaMappingOptions } from '../../kafka-mapping-props';
import { PropsError } from '../props-error';
import { finiteRetries, shownNumber } from './check-discarding';

/**
 * What only provisioned pollers have. `-1` retries, no metrics and no bisect are what a mapping on demand does anyway.
 * Source: Lambda Developer Guide, Kafka retry configurations, on-failure destinations, event source mapping logging,
 * schema registries.
 */
export function checkProvisionedOnly(scope: IConstruct, props: KafkaMappingOptions): void {
  const asked = [
    ['schemaRegistry', props.schemaRegistry && 'a registry'],
    ['metrics', props.metrics?.join(', ')],
    ['logLevel', props.logLevel],
    ['bisectBatchOnError', props.bisectBatchOnError && 'true'],
    // A bucket too: without a number of retries, which needs provisioned pollers, the service would make it 10.
    ['onFailure', props.onFailure && 'a destination'],
    ['retryAttempts', shownNumber(finiteRetries(props))],
    ['maxRecordAge', props.maxRecordAge?.toHumanString()],
  ] as const;
  for (const [prop, received] of asked) {
    if (!received) continue;
    throw new PropsError(scope, {
      prop,
      received,
      accepted: 'none with pollers on demand',
      change: 'Choose Pollers.provisioned({ minimum, maximum }), which alone have it, or leave it out.',
    });
  }
}

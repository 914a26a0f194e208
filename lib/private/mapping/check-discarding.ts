import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { LIMITS, MAXIMUM_RETRY_ATTEMPTS_ENDLESS } from '../../../contract/limits';
import type { KafkaMappingOptions } from '../../kafka-mapping-props';
import { OnFailure } from '../../on-failure';
import { shown, UNCALLED } from '../check-part';
import { checkWholeNumber, checkWholeSeconds } from '../check-range';
import { PropsError } from '../props-error';

/** Protocol P7: the service discards nothing, unless the user says that it may and after how many retries. */
export function checkDiscarding(scope: IConstruct, props: KafkaMappingOptions): void {
  const { onFailure, maxRecordAge, serviceMayDiscard } = props;
  const retryAttempts = finiteRetries(props);
  checkDestination(scope, onFailure);
  checkWholeNumber(scope, 'retryAttempts', retryAttempts, LIMITS.retryAttempts, 'Leave it out for endless retries.');
  checkWholeSeconds(
    scope,
    'maxRecordAge',
    maxRecordAge,
    LIMITS.recordAgeSeconds,
    'Leave it out for records of any age.',
  );
  const discarding = [
    ['onFailure', onFailure && 'a destination'],
    ['retryAttempts', shownNumber(retryAttempts)],
    ['maxRecordAge', maxRecordAge?.toHumanString()],
  ] as const;
  for (const [prop, received] of discarding) {
    if (!received || serviceMayDiscard === true) continue;
    throw new PropsError(scope, {
      prop,
      received,
      accepted: 'none without serviceMayDiscard',
      change:
        'Leave it out: `deadLetters` take what can never work, and the service counts each report of an open record, also of ' +
        'one that only waits. If the service may discard records nevertheless, set serviceMayDiscard: true.',
    });
  }
  checkRetriesSaid(scope, onFailure, retryAttempts);
}

/** undefined: endless. */
export function finiteRetries({ retryAttempts }: KafkaMappingOptions): number | undefined {
  return retryAttempts === MAXIMUM_RETRY_ATTEMPTS_ENDLESS ? undefined : retryAttempts;
}

export function shownNumber(value: number | undefined): string | undefined {
  return Token.isUnresolved(value) ? 'a token' : value?.toString();
}

/** The compiler asks for it too; JavaScript does not. */
function checkDestination(scope: IConstruct, onFailure: unknown): void {
  if (onFailure === undefined || OnFailure.isOnFailure(onFailure)) return;
  throw new PropsError(scope, {
    prop: 'onFailure',
    received: shown(onFailure),
    accepted: 'OnFailure.s3({ bucket }) or OnFailure.kafkaTopic(topic)',
    change:
      typeof onFailure === 'function'
        ? UNCALLED
        : 'What the service sends to a queue or a notification holds no record: choose a bucket or a topic.',
  });
}

/** Source: Lambda Developer Guide, Kafka retry configurations: endless retries and a destination are 10 retries. */
function checkRetriesSaid(
  scope: IConstruct,
  onFailure: OnFailure | undefined,
  retryAttempts: number | undefined,
): void {
  if (onFailure === undefined || retryAttempts !== undefined) return;
  throw new PropsError(scope, {
    prop: 'retryAttempts',
    received: undefined,
    accepted: `with onFailure a whole number from ${LIMITS.retryAttempts.minimum} to ${LIMITS.retryAttempts.maximum}`,
    change:
      'With a destination the service makes 10 of endless retries, and records that only wait for another worker use them ' +
      'up: say how many there are, at best thousands.',
  });
}

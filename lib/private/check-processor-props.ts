import type { IConstruct } from 'constructs';
import { MINIMUM_REMEMBER_FOR_SECONDS } from '../../contract/environment';
import { LIMITS } from '../../contract/limits';
import type { KafkaProcessorProps } from '../kafka-processor-props';
import { checkEnvironment } from './check-environment';
import { checkWholeNumber, checkWholeSeconds } from './check-range';
import { PropsError } from './props-error';

/** What can be judged from the processor's own props; pollers and source judge theirs. */
export function checkProcessorProps(scope: IConstruct, props: KafkaProcessorProps): void {
  checkPollersChosen(scope, props);
  checkWholeNumber(
    scope,
    'batchSize',
    props.batchSize,
    LIMITS.batchSize,
    "Leave it out for the service's default of 100.",
  );
  checkWholeSeconds(
    scope,
    'maxBatchingWindow',
    props.maxBatchingWindow,
    LIMITS.batchingWindowSeconds,
    "Leave it out for the service's default of 500 ms, which no whole number of seconds gives.",
  );
  checkWholeSeconds(
    scope,
    'timeout',
    props.timeout,
    LIMITS.functionTimeoutSeconds,
    'A batch that needs longer goes on in the next invocation where this one stopped.',
  );
  checkWholeSeconds(
    scope,
    'rememberFor',
    props.rememberFor,
    { minimum: MINIMUM_REMEMBER_FOR_SECONDS },
    'Remember for longer than the topic keeps records.',
  );
  checkWholeNumber(
    scope,
    'generation',
    props.generation,
    { minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    'Count up from 1, by one each time that the topic is recreated; a lower one would bring an old memory back.',
  );
  checkEnvironment(scope, props.environment ?? {});
}

/** The compiler asks for it too; JavaScript does not. */
function checkPollersChosen(scope: IConstruct, props: KafkaProcessorProps): void {
  if (props.pollers !== undefined) return;
  throw new PropsError(scope, {
    prop: 'pollers',
    received: undefined,
    accepted: 'Pollers.provisioned({ minimum, maximum }) or Pollers.onDemand()',
    change:
      'Choose provisioned for partial batch responses, at a price per poller and hour, or on demand for no such price ' +
      'and the `throw` mode: an open record returns its whole batch, of which the marks skip what is done.',
  });
}

import type { IConstruct } from 'constructs';
import { MINIMUM_REMEMBER_FOR_SECONDS } from '../../../contract/environment';
import { LIMITS } from '../../../contract/limits';
import type { KafkaProcessorProps } from '../../kafka-processor-props';
import { checkPart } from '../check-part';
import { checkWholeSeconds } from '../check-range';
import { checkEnvironment } from './check-environment';
import { checkFunctionChosen } from './check-function';
import { checkTable } from './check-table';

/** What can be judged from the processor's own props; mapping, pollers and source judge theirs. */
export function checkProcessorProps(scope: IConstruct, props: KafkaProcessorProps): void {
  checkFunctionChosen(scope, props);
  if (props.table !== undefined) checkTable(scope, props.table);
  if (props.deadLetters !== undefined) {
    checkPart(scope, props.deadLetters, {
      prop: 'deadLetters',
      accepted: 'DeadLetters.sqs() or DeadLetters.s3()',
      change: 'Say it with a queue or bucket of yours as DeadLetters.sqs({ queue }) or DeadLetters.s3({ bucket }).',
    });
  }
  // Before the function is made, which would only say what CloudFormation accepts.
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
  checkEnvironment(scope, props.environment ?? {});
}

import * as logs from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import { MINIMUM_REMEMBER_FOR_SECONDS } from '../../../contract/environment';
import { LIMITS } from '../../../contract/limits';
import type { KafkaProcessorProps } from '../../kafka-processor-props';
import { checkKinds, type Kinds } from '../check-kinds';
import { checkPart } from '../check-part';
import { checkWholeSeconds } from '../check-range';
import { either, KEY, object, oneOf } from '../kinds';
import { checkEnvironment } from './check-environment';
import { checkFunctionChosen } from './check-function';
import { checkFunctionKinds } from './check-function-kinds';
import { checkTable } from './check-table';

const KINDS: Kinds<KafkaProcessorProps> = {
  encryptionKey: KEY,
  logRetention: oneOf('logs.RetentionDays', logs.RetentionDays),
  alarms: either(false, object('thresholds, as { recordAge: Duration.hours(1) }, or false')),
};

/** What can be judged from the processor's own props; mapping, pollers and source judge theirs. */
export function checkProcessorProps(scope: IConstruct, props: KafkaProcessorProps): void {
  checkFunctionChosen(scope, props);
  checkKinds(scope, props, KINDS);
  checkFunctionKinds(scope, props);
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

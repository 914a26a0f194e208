import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { LIMITS } from '../../../contract/limits';
import { FunctionVersion } from '../../function-version';
import type { KafkaMappingProps } from '../../kafka-mapping-props';
import { checkKinds, type Kinds } from '../check-kinds';
import { checkPart } from '../check-part';
import { checkWholeNumber, checkWholeSeconds } from '../check-range';
import { FLAG, having, KEY, listOf, oneOf } from '../kinds';
import { checkMadeHere } from '../processor/check-function';
import { PropsError } from '../props-error';
import { checkDiscarding } from './check-discarding';
import { checkMemory } from './check-memory';

const KINDS: Kinds<KafkaMappingProps> = {
  enabled: FLAG,
  filterEncryption: KEY,
  schemaRegistry: having(
    'bind',
    'a GlueSchemaRegistry or a ConfluentSchemaRegistry',
    'Make one of aws-cdk-lib/aws-lambda-event-sources, or leave it out.',
  ),
  metrics: listOf(oneOf('lambda.MetricType', lambda.MetricType)),
  logLevel: oneOf('lambda.EventSourceMappingLogLevel', lambda.EventSourceMappingLogLevel),
  bisectBatchOnError: FLAG,
  serviceMayDiscard: FLAG,
};

/** What can be judged from the mapping's own props; pollers and source judge theirs. */
export function checkMappingProps(scope: IConstruct, props: KafkaMappingProps): void {
  checkMadeHere(scope, props.function);
  checkKinds(scope, props, KINDS);
  checkPollersChosen(scope, props);
  checkPart(scope, props.source, {
    prop: 'source',
    accepted: 'KafkaSource.msk(), KafkaSource.mskServerless() or KafkaSource.selfManaged()',
    change: 'Say which topic to read, as KafkaSource.msk({ clusterArn, topic, auth: Auth.iam() }).',
  });
  checkVersion(scope, props.version);
  checkDiscarding(scope, props);
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
    props.function.timeout,
    LIMITS.functionTimeoutSeconds,
    'A batch that needs longer goes on in the next invocation where this one stopped.',
  );
  checkMemory(scope, props);
  checkWholeNumber(
    scope,
    'provisionedConcurrentExecutions',
    props.provisionedConcurrentExecutions,
    { minimum: 1 },
    'Leave it out for environments that start when they are needed.',
  );
  checkWholeNumber(
    scope,
    'generation',
    props.generation,
    { minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    'Count up from 1, by one each time that the topic is recreated; a lower one would bring an old memory back.',
  );
}

function checkPollersChosen(scope: IConstruct, { pollers }: KafkaMappingProps): void {
  checkPart(scope, pollers, {
    prop: 'pollers',
    accepted: 'Pollers.provisioned({ minimum, maximum }) or Pollers.onDemand()',
    change:
      'Choose provisioned for partial batch responses, at a price per poller and hour, or on demand for no such price ' +
      'and the `throw` mode: an open record returns its whole batch, of which the marks skip what is done.',
  });
}

/** Otherwise each other text would publish versions. The compiler asks for it too; JavaScript does not. */
function checkVersion(scope: IConstruct, version: FunctionVersion | undefined): void {
  if (version === undefined || Object.values(FunctionVersion).includes(version)) return;
  throw new PropsError(scope, {
    prop: 'version',
    received: version,
    accepted: 'FunctionVersion.LATEST or FunctionVersion.CURRENT',
    change: 'Choose one of them, or leave it out for $LATEST.',
  });
}

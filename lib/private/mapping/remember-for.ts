import { Annotations, Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { DEFAULT_REMEMBER_FOR_SECONDS } from '../../../contract/environment';
import { PropsError } from '../props-error';

const DEFAULT = Duration.seconds(DEFAULT_REMEMBER_FOR_SECONDS);
/** Kafka's own default of `retention.ms`. Below it a record comes again after its memory on almost any topic. */
const USUAL_RETENTION = Duration.days(7);

/** What a user has chosen, by function. */
const CHOSEN = new WeakMap<lambda.Function, Duration>();

/** The default, raised to a day longer than any of the topics keeps records, where that is known (protocol C10). */
export function rememberFor(given: Duration | undefined, retentions: readonly (Duration | undefined)[]): Duration {
  if (given !== undefined) return given;
  const known = retentions.filter((retention) => retention !== undefined && !retention.isUnresolved());
  return Duration.seconds(Math.max(seconds(DEFAULT), ...known.map((retention) => enough(retention as Duration))));
}

const enough = (retention: Duration) => Math.ceil(seconds(retention)) + seconds(Duration.days(1));

/** Protocol C10: what a user chooses has to fit every topic that the function is called with, also those that follow. */
export function chooseMemory(
  scope: IConstruct,
  fn: lambda.Function,
  chosen: Duration | undefined,
  retentions: readonly Duration[],
): void {
  if (chosen === undefined) return;
  CHOSEN.set(fn, chosen);
  for (const retention of retentions) checkRemembered(scope, fn, retention);
}

/** Refuses a topic that outlasts the memory of its function. What a token stands for is known at deployment only. */
export function checkRemembered(scope: IConstruct, fn: lambda.Function, topicRetention: Duration | undefined): void {
  const chosen = CHOSEN.get(fn);
  if (chosen === undefined || topicRetention === undefined) return;
  if (chosen.isUnresolved() || topicRetention.isUnresolved() || seconds(chosen) >= seconds(topicRetention)) return;
  throw new PropsError(scope, {
    prop: 'rememberFor',
    received: chosen.toHumanString(),
    accepted: `at least as long as the topic keeps records, ${topicRetention.toHumanString()}`,
    change: 'Remember for longer, or leave it out: a record that returns after its memory takes effect again.',
  });
}

/** Protocol C10, where nobody says how long the topic keeps records. */
export function warnOfShortMemory(scope: IConstruct, remembered: Duration, topicRetention: Duration | undefined): void {
  if (topicRetention !== undefined && !topicRetention.isUnresolved()) return;
  if (remembered.isUnresolved() || seconds(remembered) >= seconds(USUAL_RETENTION)) return;
  Annotations.of(scope).addWarningV2(
    'msk-once:rememberForShort',
    `rememberFor is ${remembered.toHumanString()}: a record that returns later takes effect again. ` +
      'Topics keep records for 7 days by default; topicRetention of the source says it if this one keeps them for less.',
  );
}

const seconds = (duration: Duration) => duration.toSeconds({ integral: false });

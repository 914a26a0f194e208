import { Annotations, Duration } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { DEFAULT_REMEMBER_FOR_SECONDS } from '../../contract/environment';

const DEFAULT = Duration.seconds(DEFAULT_REMEMBER_FOR_SECONDS);
/** Kafka's own default of `retention.ms`. Below it a record comes again after its memory on almost any topic. */
const USUAL_RETENTION = Duration.days(7);

/** The default, raised to a day longer than the topic keeps records where that is known (protocol C10). */
export function rememberFor(given: Duration | undefined, topicRetention: Duration | undefined): Duration {
  if (given !== undefined) return given;
  if (topicRetention === undefined || topicRetention.isUnresolved()) return DEFAULT;
  const enough = Duration.seconds(Math.ceil(seconds(topicRetention))).plus(Duration.days(1));
  return seconds(enough) > seconds(DEFAULT) ? enough : DEFAULT;
}

/** Protocol C10. What a token stands for is known at deployment only. */
export function warnOfShortMemory(scope: IConstruct, remembered: Duration, topicRetention: Duration | undefined): void {
  const isKnown = topicRetention !== undefined && !topicRetention.isUnresolved();
  const needed = isKnown ? topicRetention : USUAL_RETENTION;
  if (remembered.isUnresolved() || seconds(remembered) >= seconds(needed)) return;
  const why = isKnown
    ? `The topic keeps records for ${needed.toHumanString()}.`
    : 'Topics keep records for 7 days by default; topicRetention of the source says it if this one keeps them for less.';
  Annotations.of(scope).addWarningV2(
    'msk-once:rememberForShort',
    `rememberFor is ${remembered.toHumanString()}: a record that returns later takes effect again. ${why}`,
  );
}

const seconds = (duration: Duration) => duration.toSeconds({ integral: false });

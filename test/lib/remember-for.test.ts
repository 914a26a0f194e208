import { Duration, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { KafkaMapping, type KafkaProcessorProps, Pollers } from '../../lib';
import { ownFunction, processorOver } from './fixture/own-function';
import { refusal } from './fixture/refusal';
import { only, processor, source, stack } from './fixture/stack';

describe('how long an identity is remembered (C10)', () => {
  const remembered = (props: Partial<KafkaProcessorProps>, topicRetention?: Duration) => {
    const scope = stack();
    processor(scope, { ...props, ...(topicRetention && { source: source({ topicRetention }) }) });
    const { Environment } = only(Template.fromStack(scope), 'AWS::Lambda::Function').Properties;
    const warnings = Annotations.fromStack(scope).findWarning('/Shop/Orders', Match.stringLikeRegexp('rememberFor'));
    return {
      seconds: Environment.Variables.MSK_ONCE_REMEMBER_FOR_S,
      warnings: warnings.map(({ entry }) => entry.data),
    };
  };
  const DAY = 86_400;

  test.each<[string, Duration, number]>([
    ['14 days, where the topic keeps records for less', Duration.days(7), 14 * DAY],
    ['14 days, where it keeps them for a day less', Duration.days(13), 14 * DAY],
    ['a day longer than the topic keeps records', Duration.days(30), 31 * DAY],
    ['14 days, where that is known at deployment only', Duration.seconds(Token.asNumber({ Ref: 'Kept' })), 14 * DAY],
  ])('is by default %s', (_, topicRetention, seconds) => {
    expect(remembered({}, topicRetention)).toEqual({ seconds: `${seconds}`, warnings: [] });
  });

  test('is warned about when it is shorter than topics usually keep records', () => {
    const { warnings } = remembered({ rememberFor: Duration.days(6) });

    expect(warnings).toEqual([expect.stringContaining('Topics keep records for 7 days by default')]);
    expect(warnings[0]).toContain('a record that returns later takes effect again');
  });

  test('is refused when it is shorter than the topic keeps records', () => {
    const text = refusal(() => remembered({ rememberFor: Duration.days(14) }, Duration.days(15)));

    expect(text).toContain(
      'rememberFor is "14 days", accepted is at least as long as the topic keeps records, 15 days. Remember for longer',
    );
  });

  test('is refused when it is shorter than the topic of a second mapping keeps records', () => {
    const scope = stack();
    const orders = processor(scope, { rememberFor: Duration.days(14) });
    const returns = (topicRetention: Duration) =>
      new KafkaMapping(scope, 'Returns', {
        function: orders.function,
        source: source({ topic: 'returns', topicRetention }),
        pollers: Pollers.onDemand(),
      });

    expect(refusal(() => returns(Duration.days(15)), 'Shop/Returns')).toContain('rememberFor is "14 days"');
  });

  test('is refused when it is shorter than the topic of a mapping that was there before', () => {
    const scope = stack();
    const fn = ownFunction(scope);
    const before = {
      source: source({ topic: 'returns', topicRetention: Duration.days(15) }),
      pollers: Pollers.onDemand(),
    };
    new KafkaMapping(scope, 'Returns', { function: fn, ...before });

    expect(refusal(() => processorOver(fn, scope, { rememberFor: Duration.days(14) }))).toContain('15 days');
  });

  test.each<[string, Duration, Duration | undefined]>([
    ['as long as topics usually keep records', Duration.days(7), undefined],
    ['as long as this topic keeps records', Duration.days(1), Duration.days(1)],
    ['not known before the deployment', Duration.seconds(Token.asNumber({ Ref: 'Memory' })), Duration.days(30)],
  ])('is not warned about when it is %s', (_, rememberFor, topicRetention) => {
    expect(remembered({ rememberFor }, topicRetention).warnings).toEqual([]);
  });
});

import { Aspects, Duration, Lazy, type Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { OnceFunction } from '../../lib';
import { ownFunction, processorOver } from './fixture/own-function';
import { processor, stack } from './fixture/stack';

const warnings = (scope: Stack, text: string) =>
  Annotations.fromStack(scope)
    .findWarning('*', Match.stringLikeRegexp(text))
    .map(({ id }) => id);
const over = (props: Partial<lambda.FunctionProps>) => {
  const scope = stack();
  processorOver(ownFunction(scope, props), scope);
  return scope;
};

// Lambda API Reference, CreateFunction: "The default is 3 seconds."
describe('a short time-out is warned about', () => {
  const found = (scope: Stack) => warnings(scope, 'hardly a batch comes to its end.*msk-once:timeoutShort');

  test.each<[string, Partial<lambda.FunctionProps>, string]>([
    ["Lambda's own", {}, 'Shop/Own has no timeout, so it has 3 seconds'],
    ['of a few seconds', { timeout: Duration.seconds(9) }, 'Shop/Own has 9 seconds'],
  ])('%s', (_, props, text) => {
    const scope = over(props);

    expect(found(scope)).toEqual(['/Shop/Orders']);
    expect(warnings(scope, text)).toHaveLength(1);
  });

  test('of a processor that was given one', () => {
    const scope = stack();
    processor(scope, { timeout: Duration.seconds(5) });

    expect(found(scope)).toEqual(['/Shop/Orders']);
  });

  test.each<[string, Partial<lambda.FunctionProps>]>([
    ['ten seconds', { timeout: Duration.seconds(10) }],
    ['what is known at deployment only', { timeout: Duration.seconds(Token.asNumber({ Ref: 'Seconds' })) }],
    ['what is known at synth only', { timeout: Duration.seconds(Lazy.number({ produce: () => 60 })) }],
  ])('but not %s', (_, props) => {
    expect(found(over(props))).toEqual([]);
  });

  test('nor one that an aspect of the app makes longer', () => {
    const scope = over({});
    Aspects.of(scope).add({
      visit: (one) => {
        if (one instanceof lambda.CfnFunction) one.timeout = 60;
      },
    });

    expect(found(scope)).toEqual([]);
  });
});

// CloudWatch Logs User Guide, "Log classes": embedded metrics are of the Standard class alone.
describe('a log group whose class takes no embedded metrics is warned about', () => {
  const found = (scope: Stack) => warnings(scope, 'metrics.*msk-once:logGroupClass');
  const TIMEOUT = { timeout: Duration.minutes(1) };
  const group = (scope: Stack, logGroupClass?: logs.LogGroupClass) =>
    new logs.LogGroup(scope, 'Group', { ...(logGroupClass !== undefined && { logGroupClass }) });

  test.each([logs.LogGroupClass.INFREQUENT_ACCESS, logs.LogGroupClass.DELIVERY])('%s', (logGroupClass) => {
    const scope = stack();
    const logGroup = group(scope, logGroupClass);
    processorOver(ownFunction(scope, { ...TIMEOUT, logGroup }), scope);

    expect(found(scope)).toEqual(['/Shop/Orders']);
    expect(warnings(scope, `Shop/Group is of the class ${logGroupClass}`)).toHaveLength(1);
  });

  test('also as a prop of OnceFunction', () => {
    const scope = stack();
    const logGroup = group(scope, logs.LogGroupClass.INFREQUENT_ACCESS);
    const entry = require.resolve('./fixture/handler.ts');
    processorOver(new OnceFunction(scope, 'Own', { entry, logGroup }), scope);

    expect(found(scope)).toEqual(['/Shop/Orders']);
  });

  test('also where an aspect of the app has set it', () => {
    const scope = stack();
    processor(scope);
    Aspects.of(scope).add({
      visit: (one) => {
        if (one instanceof logs.CfnLogGroup) one.logGroupClass = 'INFREQUENT_ACCESS';
      },
    });

    expect(found(scope)).toEqual(['/Shop/Orders']);
  });

  test.each<[string, (scope: Stack) => Partial<lambda.FunctionProps>]>([
    ['the standard class', (scope) => ({ logGroup: group(scope, logs.LogGroupClass.STANDARD) })],
    ['no class', (scope) => ({ logGroup: group(scope) })],
    ['an imported group', (scope) => ({ logGroup: logs.LogGroup.fromLogGroupName(scope, 'Group', 'orders') })],
    [
      'a class that is known at deployment only',
      (scope) => ({ logGroup: group(scope, Token.asString({ Ref: 'Class' }) as logs.LogGroupClass) }),
    ],
    [
      'the group of something else',
      (scope) => {
        group(scope, logs.LogGroupClass.INFREQUENT_ACCESS);
        return {};
      },
    ],
  ])('but not %s, and nothing is made to find out', (_, props) => {
    const scope = stack();
    processorOver(ownFunction(scope, { ...TIMEOUT, ...props(scope) }), scope);

    expect(found(scope)).toEqual([]);
    expect(scope.node.findAll().filter(({ node }) => node.id.startsWith('LogRetention'))).toEqual([]);
  });
});

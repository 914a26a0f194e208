import { join } from 'node:path';
import { Token } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, type NodejsFunctionProps } from 'aws-cdk-lib/aws-lambda-nodejs';
import { KafkaMapping, KafkaProcessor, OnceFunction, Pollers } from '../../lib';
import { ownFunction, processorOver } from './fixture/own-function';
import { refusal } from './fixture/refusal';
import { source, stack } from './fixture/stack';

const { Runtime, RuntimeFamily } = lambda;
const entry = require.resolve('./fixture/handler.ts');
const pollers = Pollers.provisioned({ minimum: 1, maximum: 1 });
const over = (make: (scope: ReturnType<typeof stack>) => lambda.Function) => () => {
  const scope = stack();
  return processorOver(make(scope), scope);
};
/** Not every runtime takes code in the template. */
const asset = () => lambda.Code.fromAsset(join(__dirname, 'fixture'));

// docs/install.md: handlers are JavaScript, and run with Node.js 20.19 or later.
describe('a function of a runtime that runs no handler of processRecords is refused by the processor', () => {
  test.each([
    Runtime.PYTHON_3_13,
    Runtime.JAVA_21,
    Runtime.DOTNET_8,
    Runtime.RUBY_3_4,
    Runtime.NODEJS_18_X,
    Runtime.NODEJS_8_10,
    Runtime.NODEJS,
    new Runtime('python3.99', RuntimeFamily.PYTHON),
  ])('$name', (runtime) => {
    const message = refusal(over((scope) => ownFunction(scope, { runtime, code: asset() })));

    expect(message).toContain(`Shop/Orders: runtime is "${runtime.name}", accepted is nodejs20.x or newer.`);
  });

  test('also what aws-cdk-lib chooses in an app without the feature flag, which is Node.js 16', () => {
    expect(refusal(over((scope) => new NodejsFunction(scope, 'Own', { entry })))).toContain('nodejs16.x');
  });

  test('also one that a subclass makes', () => {
    class Older extends KafkaProcessor {
      protected override createFunction(settings: NodejsFunctionProps) {
        return super.createFunction({ ...settings, runtime: Runtime.NODEJS_18_X });
      }
    }

    expect(refusal(() => new Older(stack(), 'Orders', { entry, source: source(), pollers }))).toContain('nodejs18.x');
  });
});

describe('not refused is', () => {
  test.each([
    Runtime.NODEJS_20_X,
    Runtime.NODEJS_22_X,
    Runtime.NODEJS_24_X,
    Runtime.NODEJS_LATEST,
    new Runtime('nodejs26.x', RuntimeFamily.NODEJS, { supportsInlineCode: true }),
    new Runtime('nodejs26.x', undefined, { supportsInlineCode: true }),
    new Runtime(Token.asString({ Ref: 'Runtime' }), RuntimeFamily.NODEJS, { supportsInlineCode: true }),
  ])('$name', (runtime) => {
    over((scope) => ownFunction(scope, { runtime }))();
  });

  test('a runtime of your own making, which may be Node.js', () => {
    over((scope) => ownFunction(scope, { runtime: Runtime.PROVIDED_AL2023, code: asset() }))();
  });

  test('an image', () => {
    over((scope) => {
      const repository = ecr.Repository.fromRepositoryName(scope, 'Images', 'orders');
      const image = lambda.DockerImageCode.fromEcr(repository, { tagOrDigest: '1' });
      return new lambda.DockerImageFunction(scope, 'Own', { code: image, memorySize: 512 });
    })();
  });

  // As in an app that `cdk init` has made.
  test('what aws-cdk-lib chooses by the region', () => {
    over((scope) => {
      scope.node.setContext('@aws-cdk/aws-lambda-nodejs:useLatestRuntimeVersion', true);
      return new NodejsFunction(scope, 'Own', { entry, memorySize: 512 });
    })();
  });

  test('what OnceFunction chooses', () => {
    over((scope) => new OnceFunction(scope, 'Own', { entry }))();
  });

  test('a function of another runtime that has a KafkaMapping alone: it may judge the records by itself', () => {
    const scope = stack();
    const fn = ownFunction(scope, { runtime: Runtime.PYTHON_3_13, code: asset() });
    new KafkaMapping(scope, 'Orders', { function: fn, source: source(), pollers });
  });
});

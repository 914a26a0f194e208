import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, type NodejsFunctionProps } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct, IConstruct } from 'constructs';
import { checkProps, constructToBe } from './private/check-kinds';
import { checkStacks } from './private/check-stacks';
import { keyBehind } from './private/customer-key';
import { given } from './private/given';
import { bundlingWith } from './private/processor/bundling';
import { checkEntry } from './private/processor/check-entry';
import { checkFunctionKinds } from './private/processor/check-function-kinds';
import { functionNetworkStatements } from './private/processor/function-network';
import { namedBy, nameStatements } from './private/processor/name-statements';
import { takesStatements, warnOfFixedRole } from './private/processor/warn-of-fixed-role';

/** Of statements that name a resource. */
const PROPS: { readonly [sid: string]: string } = {
  WriteLogs: 'logGroup',
  DecryptEnvironment: 'environmentEncryption',
};

/**
 * A `NodejsFunction` with the settings that fit a handler of `processRecords`; every one of them gives way to yours.
 * For a function of which `KafkaProcessor` has no prop: layers, file systems, reserved concurrency.
 *
 * Its role has no managed policy: it may write to the function's log group, enter the function's network and decrypt its
 * environment, where there is one and a key. A role of yours gets the same, and one that was imported as fixed is warned
 * about. Role and log group of its own are beside it, with `Role` and `Logs` behind its id, and logs stay a month.
 *
 * @example
 * const fn = new OnceFunction(stack, 'OrdersFunction', { entry: 'handlers/orders.ts', layers: [layer] });
 * new KafkaProcessor(stack, 'Orders', { function: fn, source, pollers });
 */
export class OnceFunction extends NodejsFunction {
  constructor(scope: Construct, id: string, props: NodejsFunctionProps) {
    checkOnceFunctionProps(constructToBe(scope, id), props);
    super(scope, id, {
      // Not NODEJS_LATEST: that is an older one wherever aws-cdk-lib does not know the region at synth.
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      timeout: Duration.seconds(60),
      memorySize: 1024,
      ...given(props),
      ...ownRole(scope, id, props),
      ...ownLogGroup(scope, id, props),
      bundling: bundlingWith(props.bundling),
      environment: {
        // Stack traces, also in dead letters, name the source. Measured: 8 ms of a cold start.
        NODE_OPTIONS: '--enable-source-maps',
        ...props.environment,
      },
    });
    const role = this.role as iam.IRole;
    const statements = namedBy(role, () => this.permitAll(props));
    warnOfFixedRole(
      this,
      role,
      statements,
      'Without the first it writes no logs; without any other it does not start.',
    );
  }

  private permitAll(props: NodejsFunctionProps): void {
    const { logGroupArn } = this.logGroup;
    this.permit('WriteLogs', ['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroupArn]);
    const key = props.environmentEncryption;
    // Lambda decrypts as the function (aws/serverless-application-model#1989).
    if (key !== undefined) this.permit('DecryptEnvironment', ['kms:Decrypt'], [this.arnOf(key)]);
    if (props.vpc === undefined) return;
    for (const { sid, actions, resources } of functionNetworkStatements(this)) {
      this.permit(sid as string, actions, resources);
    }
  }

  private arnOf(key: kms.IKeyRef): string {
    return 'keyArn' in key ? keyBehind(this, 'environmentEncryption', key as kms.IKey).keyArn : key.keyRef.keyArn;
  }

  private permit(sid: string, actions: string[], resourceArns: string[]): void {
    const grant = iam.Grant.addToPrincipal({ grantee: this, actions, resourceArns });
    const role = this.role as iam.IRole;
    nameStatements(role, sid, grant);
    if (takesStatements(role)) checkStacks(this, role, PROPS[sid] ?? 'role', resourceArns);
  }
}

function checkOnceFunctionProps(scope: IConstruct, props: NodejsFunctionProps): void {
  checkProps(scope, 'props', props, 'new OnceFunction(scope, id, { entry })');
  checkFunctionKinds(scope, props);
  checkEntry(scope, props);
}

/** The role that aws-cdk-lib would make has managed policies for all log groups, and for all of a network. */
function ownRole(scope: Construct, id: string, { role }: NodejsFunctionProps): Pick<NodejsFunctionProps, 'role'> {
  if (role !== undefined) return {};
  return { role: new iam.Role(scope, `${id}Role`, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }) };
}

/** None where the older way to keep logs is chosen, which cannot be together with a group. */
function ownLogGroup(
  scope: Construct,
  id: string,
  { logGroup, logRetention, logRemovalPolicy }: NodejsFunctionProps,
): Pick<NodejsFunctionProps, 'logGroup'> {
  if (logGroup !== undefined || logRetention !== undefined || logRemovalPolicy !== undefined) return {};
  return { logGroup: new logs.LogGroup(scope, `${id}Logs`, { retention: logs.RetentionDays.ONE_MONTH }) };
}

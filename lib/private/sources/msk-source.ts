import * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { Auth, type AuthConfig } from '../../auth';
import type { KafkaSourceBindOptions, KafkaSourceConfig } from '../../kafka-source';
import type { MskServerlessSourceProps, MskSourceProps } from '../../kafka-source-props';
import { PropsError } from '../props-error';
import { checkMskCluster, isServerless } from './check-msk-cluster';
import { mskArns } from './msk-arns';
import { networkStatements } from './network-statements';
import { topicSettings } from './topic-settings';

export function mskSource(
  scope: IConstruct,
  { clusterArn, vpcConnectionArn, auth, ...props }: MskSourceProps,
  options: KafkaSourceBindOptions,
  serverless = isServerless(clusterArn),
): KafkaSourceConfig {
  checkMskCluster(scope, { clusterArn, vpcConnectionArn, serverless });
  const settings = topicSettings(scope, props, options);
  const { clusterUuid, topicArn, groupArn } = mskArns(clusterArn);
  const { destinationTopic } = options;
  // The compiler asks for it too; JavaScript does not.
  if (typeof auth?.bind !== 'function') throw unfit(scope, auth, ANY);
  const { statements, sourceAccessConfigurations } = auth.bind(scope, {
    msk: {
      clusterArn,
      topicArn: topicArn(settings.topic),
      groupArn: groupArn(settings.consumerGroupId),
      destinationTopicArn: destinationTopic === undefined ? undefined : topicArn(destinationTopic),
      vpcConnectionArn,
    },
  });
  if (serverless) checkIam(scope, { statements, sourceAccessConfigurations });
  return {
    ...settings,
    sourceName: clusterUuid,
    eventSourceArn: vpcConnectionArn ?? clusterArn,
    sourceAccessConfigurations,
    statements: [
      new iam.PolicyStatement({
        sid: 'DescribeCluster',
        actions: ['kafka:DescribeCluster', 'kafka:DescribeClusterV2', 'kafka:GetBootstrapBrokers'],
        resources: [clusterArn],
      }),
      ...(vpcConnectionArn === undefined ? [] : [describeConnection(vpcConnectionArn)]),
      ...statements,
      ...networkStatements(scope),
    ],
  };
}

export function mskServerlessSource(
  scope: IConstruct,
  props: MskServerlessSourceProps,
  options: KafkaSourceBindOptions,
): KafkaSourceConfig {
  return mskSource(scope, { auth: Auth.iam(), ...props }, options, true);
}

function describeConnection(vpcConnectionArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'DescribeVpcConnection',
    actions: ['kafka:DescribeVpcConnection'],
    resources: [vpcConnectionArn],
  });
}

/** With any other authentication the mapping is told something, or the role is granted nothing. */
function checkIam(scope: IConstruct, { statements, sourceAccessConfigurations }: AuthConfig): void {
  const [told] = sourceAccessConfigurations;
  if (told === undefined && statements.length > 0) return;
  throw unfit(scope, told?.type.type ?? 'Auth.none()', 'Auth.iam(), the only one that MSK Serverless knows');
}

const ANY = 'Auth.iam(), Auth.scram512(), Auth.mtls() or Auth.none()';

function unfit(scope: IConstruct, received: unknown, accepted: string): PropsError {
  const change = 'Choose Auth.iam() where the cluster has IAM access control: it needs no secret.';
  return new PropsError(scope, { prop: 'auth', received, accepted, change });
}

import * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { Auth, type AuthConfig } from '../../auth';
import type { KafkaSourceBindOptions, KafkaSourceConfig } from '../../kafka-source';
import type { MskServerlessSourceProps, MskSourceProps } from '../../kafka-source-props';
import { checkProps } from '../check-kinds';
import { checkPart } from '../check-part';
import { PropsError } from '../props-error';
import { checkMskCluster, isServerless } from './check-msk-cluster';
import { mskArns } from './msk-arns';
import { networkStatements } from './network-statements';
import { topicSettings } from './topic-settings';

const ANY = 'Auth.iam(), Auth.scram512(), Auth.mtls() or Auth.none()';
const CHOOSE_IAM = 'Choose Auth.iam() where the cluster has IAM access control: it needs no secret.';

export function mskSource(
  scope: IConstruct,
  given: MskSourceProps,
  options: KafkaSourceBindOptions,
  isKnownServerless = false,
): KafkaSourceConfig {
  checkProps(scope, 'source', given, 'KafkaSource.msk({ clusterArn, topic, auth })');
  const { clusterArn, vpcConnectionArn, auth, ...props } = given;
  const serverless = isKnownServerless || isServerless(clusterArn);
  checkMskCluster(scope, { clusterArn, vpcConnectionArn, serverless });
  const settings = topicSettings(scope, props, options);
  const { clusterUuid, topicArn, groupArn } = mskArns(clusterArn);
  const { destinationTopic } = options;
  checkPart(scope, auth, { prop: 'auth', accepted: ANY, change: CHOOSE_IAM });
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
        // The Service Authorization Reference knows no resource for GetBootstrapBrokers, and AWS grants it on a cluster
        // nevertheless. Source: MSK Developer Guide, accessing one Amazon MSK cluster.
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
  checkProps(scope, 'source', props, 'KafkaSource.mskServerless({ clusterArn, topic })');
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
  throw new PropsError(scope, {
    prop: 'auth',
    received: told?.type.type ?? 'Auth.none()',
    accepted: 'Auth.iam(), the only one that MSK Serverless knows',
    change: CHOOSE_IAM,
  });
}

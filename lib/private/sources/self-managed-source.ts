import { type SourceAccessConfiguration, SourceAccessConfigurationType } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { Auth } from '../../auth';
import type { KafkaSourceBindOptions, KafkaSourceConfig } from '../../kafka-source';
import type { SelfManagedSourceProps } from '../../kafka-source-props';
import { checkKinds, checkProps } from '../check-kinds';
import { checkPart } from '../check-part';
import { SECURITY_GROUPS, SUBNETS, VPC } from '../kinds';
import { PropsError } from '../props-error';
import { checkBootstrapServers } from './check-bootstrap-servers';
import { checkClusterName } from './check-cluster-name';
import { networkStatements, type PollerNetwork } from './network-statements';
import { pollerNetwork } from './poller-network';
import { checkSecret, readSecret } from './read-secret';
import { topicSettings } from './topic-settings';

/** Of credentials, certificate, subnets and security groups together. Source: Lambda API Reference, CreateEventSourceMapping. */
const MAXIMUM_ACCESS_CONFIGURATIONS = 22;

export function selfManagedSource(
  scope: IConstruct,
  props: SelfManagedSourceProps,
  options: KafkaSourceBindOptions,
): KafkaSourceConfig {
  checkProps(scope, 'source', props, 'KafkaSource.selfManaged({ bootstrapServers, clusterName, topic, auth })');
  checkKinds(scope, props, { vpc: VPC, vpcSubnets: SUBNETS, securityGroups: SECURITY_GROUPS });
  const { bootstrapServers, clusterName, auth = Auth.none(), rootCaCertificate } = props;
  checkBootstrapServers(scope, bootstrapServers);
  checkClusterName(scope, clusterName);
  if (rootCaCertificate !== undefined) checkSecret(scope, 'rootCaCertificate', rootCaCertificate);
  const network = pollerNetwork(scope, props);
  checkPart(scope, auth, {
    prop: 'auth',
    accepted: 'Auth.scram512(), Auth.scram256(), Auth.plain(), Auth.mtls() or Auth.none()',
    change: 'Choose one with the secret that the brokers know.',
  });
  const credentials = auth.bind(scope, { msk: undefined });
  if (network === undefined && credentials.sourceAccessConfigurations.length === 0) throw open(scope);

  const sourceAccessConfigurations: SourceAccessConfiguration[] = [
    ...credentials.sourceAccessConfigurations,
    ...(rootCaCertificate === undefined
      ? []
      : [{ type: SourceAccessConfigurationType.SERVER_ROOT_CA_CERTIFICATE, uri: rootCaCertificate.secretArn }]),
    ...(network === undefined ? [] : entrances(network)),
  ];
  checkCount(scope, sourceAccessConfigurations.length);
  return {
    ...topicSettings(scope, props, options),
    sourceName: clusterName,
    bootstrapServers,
    sourceAccessConfigurations,
    statements: [
      ...credentials.statements,
      ...(rootCaCertificate === undefined
        ? []
        : readSecret(
            scope,
            'RootCertificate',
            'rootCaCertificate',
            rootCaCertificate,
            rootCaCertificate.encryptionKey,
          )),
      ...(network === undefined ? [] : networkStatements(scope, network)),
    ],
  };
}

function entrances({ subnetIds, securityGroupIds }: PollerNetwork): SourceAccessConfiguration[] {
  return [
    ...subnetIds.map((uri) => ({ type: SourceAccessConfigurationType.VPC_SUBNET, uri })),
    ...securityGroupIds.map((uri) => ({ type: SourceAccessConfigurationType.VPC_SECURITY_GROUP, uri })),
  ];
}

/** Source: Lambda Developer Guide, permissions for self-managed Kafka. */
function open(scope: IConstruct): PropsError {
  return new PropsError(scope, {
    prop: 'auth',
    received: 'Auth.none()',
    accepted: 'a secret, for brokers that are reached over the internet',
    change: 'Choose Auth.scram512() or another Auth with a secret; or say in which vpc the brokers are.',
  });
}

function checkCount(scope: IConstruct, count: number): void {
  if (count <= MAXIMUM_ACCESS_CONFIGURATIONS) return;
  throw new PropsError(scope, {
    prop: 'vpcSubnets',
    received: `${count} subnets, security groups and secrets`,
    accepted: `at most ${MAXIMUM_ACCESS_CONFIGURATIONS} together`,
    change: 'Choose fewer: one subnet in each availability zone of the brokers, as with { onePerAz: true }, is enough.',
  });
}

import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as msk from 'aws-cdk-lib/aws-msk';
import { Construct } from 'constructs';

/** Where clients that sign with IAM connect. Source: Amazon MSK Developer Guide, "Port information". */
const IAM_PORT = 9098;
const AVAILABILITY_ZONES = 2;

export interface DemoClusterProps {
  readonly topic: string;
  /** Whether pollers that Lambda chooses can read the topic. They need a way to Lambda and to STS. */
  readonly onDemandPollers: boolean;
}

/** The smallest cluster that MSK provisions, with one topic, in a network of its own that has no way out. */
export class DemoCluster extends Construct {
  readonly clusterArn: string;
  readonly topicResource: msk.CfnTopic;
  /** Kafka's own default, which MSK leaves as it is. */
  readonly topicRetention = Duration.days(7);
  readonly vpc: ec2.IVpc;
  /** Of the brokers, of the pollers, which take on the cluster's, and of whoever else talks to the brokers. */
  readonly securityGroup: ec2.SecurityGroup;

  constructor(scope: Construct, id: string, { topic, onDemandPollers }: DemoClusterProps) {
    super(scope, id);
    this.vpc = new ec2.Vpc(this, 'Vpc', {
      maxAzs: AVAILABILITY_ZONES,
      natGateways: 0,
      subnetConfiguration: [{ name: 'Brokers', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }],
      // It would take a custom resource with a function and rights of its own, for a group that nothing is in.
      restrictDefaultSecurityGroup: false,
    }) as ec2.IVpc;
    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: this.vpc,
      description: 'Brokers, pollers and producers of the msk-once demo',
    });
    this.securityGroup.addIngressRule(this.securityGroup, ec2.Port.tcp(IAM_PORT), 'Kafka with IAM');
    if (onDemandPollers) this.openWayForOnDemandPollers();

    const cluster = this.createCluster();
    this.clusterArn = cluster.attrArn;
    this.topicResource = new msk.CfnTopic(this, 'Topic', {
      clusterArn: this.clusterArn,
      topicName: topic,
      partitionCount: 6,
      replicationFactor: AVAILABILITY_ZONES,
    });
  }

  private createCluster(): msk.CfnCluster {
    const brokerLogs = new logs.LogGroup(this, 'BrokerLogs', {
      retention: logs.RetentionDays.ONE_WEEK,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    return new msk.CfnCluster(this, 'Cluster', {
      clusterName: Stack.of(this).stackName,
      // Topics as resources need 3.6 or later (MSK Developer Guide, "Topic operations").
      kafkaVersion: '3.9.x',
      numberOfBrokerNodes: AVAILABILITY_ZONES,
      brokerNodeGroupInfo: {
        instanceType: 'kafka.t3.small',
        clientSubnets: this.vpc.isolatedSubnets.map(({ subnetId }) => subnetId),
        securityGroups: [this.securityGroup.securityGroupId],
        storageInfo: { ebsStorageInfo: { volumeSize: 10 } },
      },
      clientAuthentication: { sasl: { iam: { enabled: true } }, unauthenticated: { enabled: false } },
      // At rest MSK always encrypts, with the key that it manages itself where no other is named.
      encryptionInfo: { encryptionInTransit: { clientBroker: 'TLS', inCluster: true } },
      loggingInfo: { brokerLogs: { cloudWatchLogs: { enabled: true, logGroup: brokerLogs.logGroupName } } },
    });
  }

  /** Source: Lambda Developer Guide, "Configuring network access for MSK". Provisioned pollers need none of it. */
  private openWayForOnDemandPollers(): void {
    this.securityGroup.addIngressRule(this.securityGroup, ec2.Port.HTTPS, 'Pollers to Lambda and STS');
    for (const [id, service] of [
      ['Lambda', ec2.InterfaceVpcEndpointAwsService.LAMBDA],
      ['Sts', ec2.InterfaceVpcEndpointAwsService.STS],
    ] as const) {
      this.vpc.addInterfaceEndpoint(id, { service, securityGroups: [this.securityGroup], open: false });
    }
  }
}

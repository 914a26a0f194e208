import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { OnceFunction } from '../../lib';
import { BootstrapServers } from './bootstrap-servers';
import type { DemoCluster } from './demo-cluster';

/** A function that writes made-up flights to the topic of the cluster, for as many as it is invoked with. */
export class FlightProducer extends Construct {
  readonly functionName: string;

  constructor(scope: Construct, id: string, cluster: DemoCluster) {
    super(scope, id);
    const { clusterArn, topicResource, vpc, securityGroup } = cluster;
    const producer = new OnceFunction(this, 'Function', {
      entry: join(__dirname, '..', '..', 'handlers', 'entry', 'producer.ts'),
      timeout: Duration.minutes(2),
      logGroup: new logs.LogGroup(this, 'Logs', {
        retention: logs.RetentionDays.ONE_WEEK,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
      vpc,
      vpcSubnets: { subnets: vpc.isolatedSubnets },
      securityGroups: [securityGroup],
      environment: {
        FLIGHTS_BROKERS: new BootstrapServers(this, 'BootstrapServers', clusterArn).addresses,
        FLIGHTS_TOPIC: topicResource.topicName,
        FLIGHTS_SECURITY: 'iam',
      },
    });
    for (const statement of writeStatements(clusterArn, topicResource.attrTopicArn))
      producer.addToRolePolicy(statement);
    this.functionName = producer.functionName;
  }
}

/**
 * What an idempotent producer does. Source: Amazon MSK Developer Guide, "Semantics of IAM authorization policy actions
 * and resources".
 */
function writeStatements(clusterArn: string, topicArn: string): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({
      sid: 'ConnectToCluster',
      actions: ['kafka-cluster:Connect', 'kafka-cluster:WriteDataIdempotently'],
      resources: [clusterArn],
    }),
    new iam.PolicyStatement({
      sid: 'WriteTopic',
      actions: ['kafka-cluster:DescribeTopic', 'kafka-cluster:WriteData'],
      resources: [topicArn],
    }),
  ];
}

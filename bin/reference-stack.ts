import { join } from 'node:path';
import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import {
  Auth,
  KafkaProcessor,
  KafkaSource,
  type MskSourceProps,
  Pollers,
  ProcessorDashboard,
  PropsError,
} from '../lib';
import {
  acknowledgeDemoCluster,
  acknowledgeFlightProducer,
  acknowledgeProcessor,
} from './reference/acknowledge-findings';
import { DemoCluster } from './reference/demo-cluster';
import { FlightProducer } from './reference/flight-producer';

const SAMPLE_CLUSTER_ARN = 'arn:aws:kafka:us-east-1:123456789012:cluster/sample/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d-1';
const POLLERS = { provisioned: Pollers.provisioned({ minimum: 1, maximum: 4 }), 'on-demand': Pollers.onDemand() };
/** The function of each way of remembering. */
const REMEMBER = { transaction: 'flights-transaction.ts', ledger: 'flights-ledger.ts', identity: 'flights.ts' };
/** What the stack makes to show itself; undefined: nothing. */
const DEMO = { none: undefined, cluster: 'cluster' };

/**
 * The demo as it would be deployed: flights come from a topic, and each is added once to the counters of its airport.
 *
 * Context, each optional: `clusterArn`, `topic`, `pollers` (`provisioned`, which is the default, or `on-demand`),
 * `remember` (`transaction`, which is the default, `ledger` or `identity`), `demo` (`none`, which is the default, or
 * `cluster`: the stack makes the cluster, too, and a function that writes flights to it).
 */
export class ReferenceStack extends Stack {
  private readonly topic = this.context('topic', 'flights');

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const pollers = this.contextOf('pollers', POLLERS);
    const entry = this.contextOf('remember', REMEMBER);
    const demo = this.contextOf('demo', DEMO);
    const cluster = demo === undefined ? this.existingCluster() : this.demoCluster(pollers === POLLERS['on-demand']);

    // The counters are the effects: they outlive the stack as the memory of them does.
    const counters = new dynamodb.TableV2(this, 'Counters', {
      partitionKey: { name: 'airport', type: dynamodb.AttributeType.STRING },
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    });
    const flights = new KafkaProcessor(this, 'Flights', {
      entry: join(__dirname, '..', 'handlers', 'entry', entry),
      source: KafkaSource.msk({ ...cluster, topic: this.topic, auth: Auth.iam() }),
      pollers,
      timeout: Duration.seconds(10),
      environment: { COUNTERS_TABLE: counters.tableName },
    });
    // In a transaction too: DynamoDB checks the action of each of its items.
    counters.grant(flights, 'dynamodb:UpdateItem');
    new CfnOutput(this, 'CountersTable', {
      value: counters.tableName,
      description: 'Table with the flights per airport',
    });
    new ProcessorDashboard(this, 'Dashboard', { mappings: [flights] });
    acknowledgeProcessor(flights);
  }

  private existingCluster(): Pick<MskSourceProps, 'clusterArn'> {
    return { clusterArn: this.context('clusterArn', SAMPLE_CLUSTER_ARN) };
  }

  private demoCluster(
    onDemandPollers: boolean,
  ): Pick<MskSourceProps, 'clusterArn' | 'topicResource' | 'topicRetention'> {
    const named = this.node.tryGetContext('clusterArn');
    if (named !== undefined) {
      throw new PropsError(this, {
        prop: 'context clusterArn',
        received: named,
        accepted: 'none beside -c demo=cluster, which makes a cluster',
        change: 'Leave one of the two out.',
      });
    }
    const cluster = new DemoCluster(this, 'Demo', { topic: this.topic, onDemandPollers });
    const producer = new FlightProducer(this, 'Producer', cluster);
    acknowledgeDemoCluster(cluster);
    acknowledgeFlightProducer(producer);
    new CfnOutput(this, 'ProducerFunction', {
      value: producer.functionName,
      description: 'Function that writes flights to the topic when it is invoked',
    });
    const { clusterArn, topicResource, topicRetention } = cluster;
    return { clusterArn, topicResource, topicRetention };
  }

  private context(name: string, otherwise: string): string {
    return this.node.tryGetContext(name) ?? otherwise;
  }

  /** What the context chooses; the first is the default. */
  private contextOf<Choice>(name: string, choices: Readonly<Record<string, Choice>>): Choice {
    const accepted = Object.keys(choices);
    const received = this.context(name, accepted[0] as string);
    if (Object.hasOwn(choices, received)) return choices[received] as Choice;
    throw new PropsError(this, {
      prop: `context ${name}`,
      received,
      accepted: accepted.join(' or '),
      change: `Write -c ${name}=${accepted[0]}.`,
    });
  }
}

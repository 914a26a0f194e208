import { join } from 'node:path';
import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { Auth, KafkaProcessor, KafkaSource, Pollers, PropsError } from '../lib';

const SAMPLE_CLUSTER_ARN = 'arn:aws:kafka:us-east-1:123456789012:cluster/sample/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d-1';
const POLLERS = ['provisioned', 'on-demand'];
const REMEMBER = ['identity'];
const REMEMBER_LATER = ['ledger', 'transaction'];

/**
 * The demo as it would be deployed: flights come from a topic, and each is added once to the counters of its airport.
 *
 * Context, each optional: `clusterArn`, `topic`, `pollers` (`provisioned`, `on-demand`), `remember` (`identity`).
 */
export class ReferenceStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const clusterArn = this.context('clusterArn', SAMPLE_CLUSTER_ARN);
    const topic = this.context('topic', 'flights');
    const pollers = this.contextOf('pollers', POLLERS);
    this.contextOf('remember', REMEMBER, REMEMBER_LATER);

    // The counters are the effects: they outlive the stack as the memory of them does.
    const counters = new dynamodb.TableV2(this, 'Counters', {
      partitionKey: { name: 'airport', type: dynamodb.AttributeType.STRING },
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    });
    const flights = new KafkaProcessor(this, 'Flights', {
      entry: join(__dirname, '..', 'handlers', 'entry', 'flights.ts'),
      source: KafkaSource.msk({ clusterArn, topic, auth: Auth.iam() }),
      pollers: pollers === 'provisioned' ? Pollers.provisioned({ minimum: 1, maximum: 4 }) : Pollers.onDemand(),
      timeout: Duration.seconds(10),
      environment: { COUNTERS_TABLE: counters.tableName },
    });
    counters.grant(flights, 'dynamodb:UpdateItem');
    new CfnOutput(this, 'CountersTable', {
      value: counters.tableName,
      description: 'Table with the flights per airport',
    });
  }

  private context(name: string, otherwise: string): string {
    return this.node.tryGetContext(name) ?? otherwise;
  }

  /** The first one accepted is the default. */
  private contextOf(name: string, accepted: string[], later: string[] = []): string {
    const received = this.context(name, accepted[0] as string);
    if (accepted.includes(received)) return received;
    throw new PropsError(this, {
      prop: `context ${name}`,
      received,
      accepted: accepted.join(' or '),
      change: later.includes(received) ? `"${received}" is not built yet.` : `Write -c ${name}=${accepted[0]}.`,
    });
  }
}

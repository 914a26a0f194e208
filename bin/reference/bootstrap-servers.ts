import { RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';

const ANSWER = 'BootstrapBrokerStringSaslIam';

/** Asks MSK for the addresses of the brokers while the stack is deployed: CloudFormation does not know them. */
export class BootstrapServers extends Construct {
  /** `host:port`, with commas between. */
  readonly addresses: string;

  constructor(scope: Construct, id: string, clusterArn: string) {
    super(scope, id);
    const logGroup = new logs.LogGroup(this, 'Logs', {
      retention: logs.RetentionDays.ONE_WEEK,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(
      new iam.PolicyStatement({
        sid: 'WriteLogs',
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    const answer = new AwsCustomResource(this, 'Answer', {
      onUpdate: {
        service: 'Kafka',
        action: 'GetBootstrapBrokers',
        parameters: { ClusterArn: clusterArn },
        outputPaths: [ANSWER],
        physicalResourceId: PhysicalResourceId.of('BootstrapServers'),
      },
      policy: AwsCustomResourcePolicy.fromStatements([
        new iam.PolicyStatement({
          sid: 'AskForBrokers',
          actions: ['kafka:GetBootstrapBrokers'],
          // Amazon MSK Developer Guide, "Accessing one Amazon MSK cluster". The Service Authorization Reference names no
          // resource for this action.
          resources: [clusterArn],
        }),
      ]),
      role,
      logGroup,
      installLatestAwsSdk: false,
    });
    this.addresses = answer.getResponseField(ANSWER);
  }
}

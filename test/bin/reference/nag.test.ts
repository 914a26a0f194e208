import { type App, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ReferenceStack } from '../../../bin/reference-stack';
import { findingsOf, referenceApp, referenceStack, VARIANTS } from './reference-app';

function checkedApp(): App {
  const app = referenceApp();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}

test('AwsSolutions find nothing in any form of the reference stack that is not acknowledged', () => {
  const app = checkedApp();
  for (const variant of VARIANTS) referenceStack(app, variant);

  expect(findingsOf(app)).toBe('');
});

test('each acknowledgement is about something that is found, and says why', () => {
  const app = referenceApp();
  for (const variant of VARIANTS) referenceStack(app, variant);
  app.synth();
  const report = new AwsSolutionsChecks(app).validateScope(app);
  const found = report.violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => ({ id: `AwsSolutions::${ruleName}`, path: constructPath as string })),
  );

  const acknowledged = app.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(data as Record<string, string>))
      .filter(([id]) => id.startsWith('AwsSolutions::'))
      .map(([id, reason]) => ({ id, reason, path: node.path })),
  );
  const idle = acknowledged.filter(
    ({ id, path }) => !found.some((finding) => finding.id === id && finding.path.startsWith(`${path}/`)),
  );

  expect(acknowledged.length).toBeGreaterThan(0);
  expect(idle).toEqual([]);
  expect(acknowledged.filter(({ reason }) => !/^[A-Z].{20,}\.$/.test(reason))).toEqual([]);
});

test('they would find a queue that is added and takes messages without TLS', () => {
  const app = checkedApp();
  new sqs.Queue(new ReferenceStack(app, 'MskOnceReference'), 'Open', { encryption: sqs.QueueEncryption.UNENCRYPTED });

  expect(findingsOf(app)).toContain('AwsSolutions-SQS4');
});

test('they would find another wildcard in the role of the processor', () => {
  const app = checkedApp();
  const stack = new ReferenceStack(app, 'MskOnceReference');
  const role = stack.node.findChild('Flights').node.findChild('Role') as iam.Role;
  role.addToPolicy(new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::every/*'] }));

  expect(findingsOf(app)).toContain('AwsSolutions-IAM5[Resource::arn:aws:s3:::every/*]');
});

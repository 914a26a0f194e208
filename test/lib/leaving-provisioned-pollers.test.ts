import { Template } from 'aws-cdk-lib/assertions';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Pollers } from '../../lib';
import { only, processor, stack } from './fixture/stack';

const MAPPING = 'AWS::Lambda::EventSourceMapping';

test('provisioned pollers that a mapping had are ended by an empty setting, which reaches the template', () => {
  const scope = stack();
  const orders = processor(scope, { pollers: Pollers.onDemand() });
  (orders.mapping.node.defaultChild as lambda.CfnEventSourceMapping).provisionedPollerConfig = {};

  expect(only(Template.fromStack(scope), MAPPING).Properties.ProvisionedPollerConfig).toEqual({});
});

test('and are not named otherwise: a mapping that is made new is refused with an empty setting', () => {
  const scope = stack();
  processor(scope, { pollers: Pollers.onDemand() });

  expect(only(Template.fromStack(scope), MAPPING).Properties).not.toHaveProperty('ProvisionedPollerConfig');
});

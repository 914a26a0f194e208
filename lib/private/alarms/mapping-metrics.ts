import { Stack } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';

/** Whether the service publishes a group of metrics for the mapping. Asked of the resource, so of any mapping. */
export function publishes(mapping: lambda.EventSourceMapping, group: lambda.MetricType): boolean {
  const { metricsConfig } = mapping.node.defaultChild as lambda.CfnEventSourceMapping;
  const { metrics = [] } = (Stack.of(mapping).resolve(metricsConfig) ?? {}) as { metrics?: readonly string[] };
  return metrics.includes(group);
}

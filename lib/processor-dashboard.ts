import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { KafkaMappingBase } from './kafka-mapping-base';
import { dashboardRows } from './private/alarms/dashboard-rows';
import { checkKind, checkProps, constructToBe } from './private/check-kinds';
import { listOf, MAPPING } from './private/kinds';

export interface ProcessorDashboardProps extends cloudwatch.DashboardProps {
  /** Processors and further mappings, in the order in which they are shown. */
  readonly mappings: KafkaMappingBase[];
}

/**
 * A dashboard with the same rows for each mapping: its alarms; what became of the records, the rate of duplicates, age
 * and lag; dead letters, workers that got in each other's way, errors, durations; what the service counts.
 *
 * @example
 * new ProcessorDashboard(stack, 'Dashboard', { mappings: [orders, returns] });
 */
export class ProcessorDashboard extends cloudwatch.Dashboard {
  constructor(scope: Construct, id: string, props: ProcessorDashboardProps) {
    const toBe = constructToBe(scope, id);
    checkProps(toBe, 'props', props, 'new ProcessorDashboard(scope, id, { mappings: [orders] })');
    const { mappings, ...own } = props;
    checkKind(toBe, 'mappings', mappings, listOf(MAPPING));
    super(scope, id, own);
    for (const mapping of mappings) this.addMapping(mapping);
  }

  /** Adds the rows of one more mapping below the others. */
  addMapping(mapping: KafkaMappingBase): void {
    checkKind(this, 'mapping', mapping, MAPPING);
    for (const row of dashboardRows(mapping)) this.addWidgets(...row);
  }
}

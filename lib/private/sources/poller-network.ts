import type { IConstruct } from 'constructs';
import type { SelfManagedSourceProps } from '../../kafka-source-props';
import { PropsError } from '../props-error';
import type { PollerNetwork } from './network-statements';

/** undefined: the brokers are reached over the internet. */
export function pollerNetwork(
  scope: IConstruct,
  { vpc, vpcSubnets, securityGroups = [] }: SelfManagedSourceProps,
): PollerNetwork | undefined {
  if (vpc === undefined) {
    if (vpcSubnets !== undefined || securityGroups.length > 0) throw noVpc(scope);
    return undefined;
  }
  if (securityGroups.length === 0) throw noSecurityGroups(scope);
  const { subnetIds } = vpc.selectSubnets(vpcSubnets);
  if (subnetIds.length === 0) throw noSubnets(scope);
  return { subnetIds, securityGroupIds: securityGroups.map(({ securityGroupId }) => securityGroupId) };
}

export function noVpc(scope: IConstruct): PropsError {
  return new PropsError(scope, {
    prop: 'vpc',
    received: undefined,
    accepted: 'the VPC that vpcSubnets and securityGroups are of',
    change: 'Give it too, or leave both out where nothing enters a network of yours.',
  });
}

function noSecurityGroups(scope: IConstruct): PropsError {
  return new PropsError(scope, {
    prop: 'securityGroups',
    received: undefined,
    accepted: 'at least one security group, with vpc',
    change: 'Give a group that the brokers let in on their port: which one that is, only their owner knows.',
  });
}

function noSubnets(scope: IConstruct): PropsError {
  return new PropsError(scope, {
    prop: 'vpcSubnets',
    received: 'no subnet',
    accepted: 'at least one subnet of the vpc',
    change: 'Select subnets from which the brokers are reached.',
  });
}

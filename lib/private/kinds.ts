import { RemovalPolicy, Token } from 'aws-cdk-lib';
import { Construct, Dependable, type IDependable } from 'constructs';

/** What a prop has to be, as far as that can be told at a glance. */
export interface Kind {
  readonly accepted: string;
  /** What to do, as a sentence. */
  readonly change: string;
  fits(value: unknown): boolean;
}

const OR_LEAVE_OUT = 'Write it so, or leave it out.';

export const TEXT: Kind = {
  accepted: 'a text',
  change: 'Write it in quotes.',
  fits: (value) => typeof value === 'string',
};

export const NUMBER: Kind = {
  accepted: 'a number',
  change: 'Write it without quotes.',
  fits: (value) => typeof value === 'number',
};

export const FLAG: Kind = {
  accepted: 'true or false',
  change: OR_LEAVE_OUT,
  fits: (value) => typeof value === 'boolean',
};

/** Further props, so no construct. */
export function object(accepted: string): Kind {
  return { accepted, change: OR_LEAVE_OUT, fits: (value) => isObject(value) && !Construct.isConstruct(value) };
}

/** One value more. */
export function either(value: unknown, { accepted, change, fits }: Kind): Kind {
  return { accepted, change, fits: (other) => other === value || fits(other) };
}

/** @param enumeration as a user writes its name */
export function oneOf(enumeration: string, values: object): Kind {
  // One of numbers also holds its names, by number.
  const known = Object.entries(values).filter(([name]) => Number.isNaN(Number(name)));
  return {
    accepted: `one of ${enumeration}`,
    change: `Take it from ${enumeration}, or leave it out.`,
    fits: (value) => known.some(([, one]) => one === value),
  };
}

/**
 * Told by a member, as two copies of aws-cdk-lib have two classes of one name.
 *
 * @param members any of them
 */
export function having(members: string | readonly string[], accepted: string, change: string): Kind {
  return { accepted, change, fits: (value) => isObject(value) && [members].flat().some((member) => member in value) };
}

export function listOf({ accepted, change, fits }: Kind): Kind {
  return {
    accepted: `a list, each of it ${accepted}`,
    change,
    fits: (value) => Array.isArray(value) && value.every((one) => Token.isUnresolved(one) || fits(one)),
  };
}

export const KEY = having(
  'keyArn',
  'a kms.Key, or an imported one',
  'Import a key that exists with kms.Key.fromKeyArn(scope, id, arn).',
);

export const VPC = having(
  'selectSubnets',
  'an ec2.Vpc, or an imported one',
  'Import a VPC that exists with ec2.Vpc.fromLookup() or ec2.Vpc.fromVpcAttributes().',
);

export const SUBNETS = object('a selection, as { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }');

export const SECURITY_GROUPS = listOf(
  having(
    'securityGroupId',
    'an ec2.SecurityGroup, or an imported one',
    'Import a group that exists with ec2.SecurityGroup.fromSecurityGroupId(scope, id, groupId).',
  ),
);

export const GRANTEE = having(
  'grantPrincipal',
  'an iam.IGrantable, as a role, a user or a function',
  'Import a role that exists with iam.Role.fromRoleArn(scope, id, arn).',
);

export const REMOVAL_POLICY = oneOf('RemovalPolicy', RemovalPolicy);

export const MAPPING = having(
  'metricDuplicateRate',
  'a KafkaProcessor or a KafkaMapping',
  'Give the construct itself, not its function, alias or event source mapping.',
);

export const DEPENDABLE: Kind = {
  accepted: 'a construct',
  change: 'Give what makes the topic, or leave it out.',
  fits: (value) => {
    try {
      return Dependable.of(value as IDependable) !== undefined;
    } catch {
      return false;
    }
  },
};

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

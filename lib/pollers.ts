import { Token } from 'aws-cdk-lib';
import type { ProvisionedPollerConfig } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import type { ResponseMode } from '../contract/environment';
import { LIMITS, POLLER_GROUP_NAME } from '../contract/limits';
import { checkProps } from './private/check-kinds';
import { checkWholeNumber } from './private/check-range';
import { PropsError } from './private/props-error';

/** How many event pollers the mapping keeps. Equal numbers avoid the rebalances that scaling brings. */
export interface ProvisionedPollersProps {
  /** At least these are always running, and paid. From 1 to 200. */
  readonly minimum: number;

  /** At most these run. From 1 to 2,000; more than the topic has partitions never do. */
  readonly maximum: number;

  /**
   * Mappings of one VPC that name the same group share the units that their pollers are paid by: at most 100 mappings,
   * and 2,000 pollers as the sum of their maximums. Up to 128 letters, digits, `-`, `_`; `''` takes a mapping out of its
   * group.
   *
   * @default - no group: the mapping has units of its own
   */
  readonly pollerGroupName?: string;
}

/** What the pollers ask of the mapping. */
export interface PollersConfig {
  readonly mode: ResponseMode;
  readonly reportBatchItemFailures: boolean;
  /** undefined: on demand. */
  readonly provisionedPollerConfig?: ProvisionedPollerConfig;
}

/**
 * Who reads the topic. The choice decides how an invocation reports what is still to be done, and what it costs, so
 * there is no default.
 */
export abstract class Pollers {
  /**
   * Pollers of the mapping's own, paid by the hour. Only they read partial batch responses: an invocation with an open
   * record names it and succeeds (the `partial` mode).
   */
  static provisioned(props: ProvisionedPollersProps): Pollers {
    return new ProvisionedPollers(props);
  }

  /**
   * Pollers that Lambda chooses, at no price of their own. There are no partial batch responses: an invocation with an
   * open record throws, the whole batch returns, and the marks skip what is done (the `throw` mode).
   *
   * A mapping that had provisioned pollers keeps them, and their price, until one deployment says `{}` for them: the
   * recipe is in docs/constructs.md, Pollers on demand.
   */
  static onDemand(): Pollers {
    return new OnDemandPollers();
  }

  /** Called by the processor, which is the scope: errors carry its path. */
  abstract bind(scope: IConstruct): PollersConfig;
}

class ProvisionedPollers extends Pollers {
  constructor(private readonly props: ProvisionedPollersProps) {
    super();
  }

  bind(scope: IConstruct): PollersConfig {
    checkProps(scope, 'pollers', this.props, 'Pollers.provisioned({ minimum, maximum })');
    const { minimum, maximum, pollerGroupName } = this.props;
    checkWholeNumber(scope, 'pollers minimum', minimum, LIMITS.minimumPollers, 'One poller reads up to 5 MB/s.');
    checkWholeNumber(scope, 'pollers maximum', maximum, LIMITS.maximumPollers, 'One per partition is the most of use.');
    checkOrder(scope, minimum, maximum);
    checkGroupName(scope, pollerGroupName);
    return {
      mode: 'partial',
      reportBatchItemFailures: true,
      provisionedPollerConfig: {
        minimumPollers: minimum,
        maximumPollers: maximum,
        ...(pollerGroupName !== undefined && { pollerGroupName }),
      },
    };
  }
}

class OnDemandPollers extends Pollers {
  bind(): PollersConfig {
    return { mode: 'throw', reportBatchItemFailures: false };
  }
}

function checkOrder(scope: IConstruct, minimum: number, maximum: number): void {
  if (Token.isUnresolved(minimum) || Token.isUnresolved(maximum) || maximum >= minimum) return;
  throw new PropsError(scope, {
    prop: 'pollers maximum',
    received: maximum,
    accepted: `at least the minimum, ${minimum}`,
    change: 'Raise the maximum or lower the minimum.',
  });
}

function checkGroupName(scope: IConstruct, name: string | undefined): void {
  if (name === undefined || Token.isUnresolved(name)) return;
  // The compiler asks for a text too; JavaScript does not.
  if (typeof name === 'string' && POLLER_GROUP_NAME.test(name)) return;
  throw new PropsError(scope, {
    prop: 'pollers pollerGroupName',
    received: name,
    accepted: 'up to 128 letters, digits, "-", "_"',
    change: 'Choose a name of these characters, the same for all mappings of the group.',
  });
}

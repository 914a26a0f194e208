import type { DeliveryFaults, InvocationFault } from '../event-source/delivery-faults';
import type { Decision } from './decision';
import type { Scheduler } from './scheduler';

const FAULTS: Partial<Record<Decision['do'], InvocationFault>> = {
  'throttle-delivery': 'throttle',
  'duplicate-delivery': 'duplicate-delivery',
  'crash-after-success': 'crash-after-success',
};

/** Lets the schedule decide what goes wrong in the event source. */
export function deliveryDirector(scheduler: Scheduler): DeliveryFaults {
  const counts = new Map<string, number>();
  const next = (kind: string) => {
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return `${kind}#${count}`;
  };
  return {
    invocation: ({ poller }) => {
      const decision = scheduler.decide('delivery', next(`${poller} delivery`));
      const fault = decision && FAULTS[decision.do];
      return fault ? [fault] : [];
    },
    commitFails: ({ poller }) => scheduler.decide('commit', next(`${poller} commit`))?.do === 'refuse-commit',
    destinationFails: () => false,
  };
}

import { LIMITS } from '../../contract/limits';
import type { PropertyReader } from './property-reader';
import { isObject } from './template';
import { templateInvalid } from './template-error';

export interface Pollers {
  readonly minimum: number;
  readonly maximum: number;
}

// Source: Lambda Developer Guide, Kafka event poller scaling modes.
const DEFAULT_POLLERS: Pollers = { minimum: 1, maximum: 200 };

/** The provisioned pollers of a mapping; `undefined`: it polls on demand. */
export function readPollers(properties: PropertyReader): Pollers | undefined {
  const config = properties.value('ProvisionedPollerConfig');
  // An empty object is how a mapping goes back to on-demand polling.
  if (!isObject(config) || Object.keys(config).length === 0) return undefined;
  const minimum = properties.number(LIMITS.minimumPollers, 'ProvisionedPollerConfig', 'MinimumPollers');
  const maximum = properties.number(LIMITS.maximumPollers, 'ProvisionedPollerConfig', 'MaximumPollers');
  const pollers = { minimum: minimum ?? DEFAULT_POLLERS.minimum, maximum: maximum ?? DEFAULT_POLLERS.maximum };
  if (pollers.minimum > pollers.maximum) {
    throw templateInvalid(
      properties.path('ProvisionedPollerConfig'),
      `has MinimumPollers ${pollers.minimum} above MaximumPollers ${pollers.maximum}.`,
    );
  }
  return pollers;
}

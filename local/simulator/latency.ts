import type { Plan } from './plan';
import { hashOf } from './trace';

/**
 * How long a message is under way: within the plan's bounds, and for one message always the same, whatever else
 * happens, so that a schedule from which something was taken keeps its times.
 */
export function latencyMs({ seed, latency: { minimumMs, maximumMs } }: Plan, message: string): number {
  return minimumMs + (hashOf(message, seed) % (maximumMs - minimumMs + 1));
}

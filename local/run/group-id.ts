const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\]):\d+$/;

/**
 * The consumer group of a mapping for a local run: its own on brokers of this machine, another one elsewhere. A local run
 * must not take partitions from a deployed mapping, nor move its offsets.
 */
export function localGroupId(consumerGroupId: string, brokers: readonly string[]): string {
  return brokers.every((broker) => LOOPBACK.test(broker)) ? consumerGroupId : `${consumerGroupId}-local`;
}

/**
 * The laws of Broker and GroupMember, written once and run on every implementation. A law is a value, so that broken
 * brokers can be shown to break it (`broker-mutants.test.ts`).
 */
import type { BrokerLaw, BrokerWorld } from './broker/broker-world';
import { GROUP_LAWS } from './broker/group-laws';
import { READING_LAWS } from './broker/reading-laws';
import { START_LAWS } from './broker/start-laws';
import { TOPIC_LAWS } from './broker/topic-laws';

export const BROKER_LAWS: readonly BrokerLaw[] = [...TOPIC_LAWS, ...READING_LAWS, ...START_LAWS, ...GROUP_LAWS];

/** Runs every law in a test of its own. */
export function testBrokerLaws(open: () => BrokerWorld): void {
  test.each(BROKER_LAWS)('$name', ({ holds }) => holds(open()));
}

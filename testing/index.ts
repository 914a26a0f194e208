/// <reference types="node" preserve="true" />
export type { Mapping, Mappings, ResponseMode } from '../contract/environment';
export type { BatchResponse, KafkaEvent, KafkaEventRecord } from '../contract/event';
export {
  type AnyHandler,
  type DeliverOptions,
  type Delivery,
  deliverUntilDone,
  type TypedHandler,
} from './deliver-until-done';
export { TestingError } from './errors';
export { type FakeContext, type FakeContextOptions, fakeContext } from './fake-context';
export type { TestRun } from './journal';
export { type KafkaEventOptions, kafkaEvent } from './kafka-event';
export type { MarkedOutcome, OffsetRange } from './memory-view';
export type { TestContent } from './record-bytes';
export { type Place, type RecordRef, recordName, recordNames } from './record-name';
export { READINGS, type Reading } from './redelivery';
export { openRecords } from './response';
export { TestClock } from './test-clock';
export { type TestEnvironmentOptions, testEnvironment, withTestEnvironment } from './test-environment';
export type { LoggedLine } from './test-ports';
export { type TestProcessor, type TestProcessorOptions, testProcessor } from './test-processor';
export type { HeaderValue, TestHeaders, TestRecord } from './test-record';
export { realTime, type TestTime } from './test-time';
export { assertTookEffectOnce } from './took-effect-once';

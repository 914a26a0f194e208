import type { Letter } from '../../contract/letter';
import type { ReportedDocument } from '../destinations/report-delivery';
import type { ReportedOption } from '../event-source/choices';
import type { FaultReport } from '../faults/fault-report';
import type { MappingEnd, MappingLog } from './mapping-log';
import type { RecordEntry, RecordOutcome } from './record-log';

/** The report of a local run. `version` changes when a field does. */
export interface LocalReport {
  readonly version: 1;
  readonly ok: boolean;
  readonly seed: number;
  /** What the run chose where the service's documentation is silent. */
  readonly options: readonly ReportedOption[];
  readonly mappings: readonly ReportedMapping[];
  /** Of each mapping, by partition and offset. */
  readonly records: readonly RecordEntry[];
  /** Answers that the service would not have understood. */
  readonly refusedResponses: readonly { readonly mapping: string; readonly text: string }[];
  readonly faults: readonly FaultReport[];
  /** What on-failure destinations without a stand-in would have received. */
  readonly documents: readonly ReportedDocument[];
  /** Dead letters in the queues and buckets of this process, as they lie there. */
  readonly letters: readonly Letter[];
  readonly timing: { readonly startedAt: string; readonly seconds: number };
}

export interface ReportedMapping {
  readonly mapping: string;
  readonly function: string;
  readonly topic: string;
  readonly consumerGroup: string;
  readonly end: MappingEnd;
  /** Records handed to the function, repeats included. */
  readonly deliveries: number;
  /** How many records came to what; `open` counts also those that were never handed out, where they are known. */
  readonly outcomes: Readonly<Record<RecordOutcome, number>>;
  /** Dropped by the mapping's filter. */
  readonly filtered: number;
  /** Given up, and taken by no destination; they are open, too. */
  readonly lost: number;
  /** Answers that the service would not have understood. */
  readonly refused: number;
  /** Why partitions stand still for good. */
  readonly blocked: readonly string[];
}

/** @param undelivered records that wait on the topic. */
export function reportedMapping(log: MappingLog, undelivered: number): ReportedMapping {
  const { mapping, records, end, lost, refusedCount, blocked } = log;
  return {
    mapping: mapping.logicalId,
    function: mapping.function.name,
    topic: mapping.topic,
    consumerGroup: mapping.consumerGroupId,
    end,
    deliveries: records.deliveries,
    outcomes: { ...records.counts, open: records.counts.open + undelivered },
    filtered: records.filteredRecords,
    lost,
    refused: refusedCount,
    blocked,
  };
}

/** Nothing is open, lost or blocked, and the service would have understood every answer. */
export function isWell({ end, outcomes, lost, refused }: ReportedMapping): boolean {
  return end !== 'blocked' && outcomes.open === 0 && lost === 0 && refused === 0;
}

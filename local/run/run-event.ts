import type { FailureCondition } from '../destinations/failure';
import type { ReportedDocument } from '../destinations/report-delivery';
import type { InvocationResult } from '../worker/invocation-result';
import type { ReportedMapping } from './report';

/** First and last offset of a batch in each partition, by the partition's number. */
export type BatchOffsets = Readonly<Record<string, readonly [first: number, last: number]>>;

interface OfMapping {
  readonly mapping: string;
}

interface OfPoller extends OfMapping {
  readonly poller: string;
}

/** What happens in a local run, one after the other: the terminal shows it, `--json` writes it as it is. */
export type RunEvent =
  | { readonly type: 'produced'; readonly topic: string; readonly records: number }
  | (OfMapping & {
      readonly type: 'started';
      readonly function: string;
      readonly topic: string;
      readonly consumerGroup: string;
    })
  | (OfPoller & {
      readonly type: 'delivered';
      readonly records: number;
      readonly retries: number;
      readonly offsets: BatchOffsets;
    })
  | (OfPoller & {
      readonly type: 'answered';
      readonly result: InvocationResult['kind'];
      /** How many records are to come again. */
      readonly again: number;
      readonly durationMs: number;
      readonly error?: string;
    })
  | (OfMapping & { readonly type: 'complaint'; readonly kind: 'error' | 'warning'; readonly text: string })
  | (OfMapping & {
      readonly type: 'discarded';
      readonly records: number;
      readonly condition: FailureCondition;
      readonly reason: string;
      readonly delivered: boolean;
    })
  | (OfMapping & {
      readonly type: 'blocked';
      readonly records: number;
      readonly offsets: BatchOffsets;
      readonly reason: string;
    })
  | (OfMapping & { readonly type: 'document' } & ReportedDocument)
  | { readonly type: 'worker-ended'; readonly worker: string; readonly result: InvocationResult['kind'] }
  | { readonly type: 'fault'; readonly fault: string }
  | {
      readonly type: 'ended';
      /** `blocked`: partitions stand still for good, and all else is resolved. */
      readonly end: 'resolved' | 'blocked' | 'interrupted' | 'timed-out' | 'failed';
      readonly ok: boolean;
      readonly mappings: readonly ReportedMapping[];
    }
  | { readonly type: 'output'; readonly worker: string; readonly line: string }
  /** Something for a person to know. */
  | { readonly type: 'note'; readonly text: string };

import type { TimestampType } from '../../contract/event';
import type { ProcessedRecord } from '../options';
import type { Headers } from '../record/headers';
import type { RawRecord } from '../record/parse-event';
import type { Run } from './run';

/** What `process` gets. Its key is decoded, and its signal made, when somebody looks at them. */
export class OfferedRecord<T> implements ProcessedRecord<T> {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly timestampType: TimestampType;
  readonly value: T;
  readonly headers: Headers;
  readonly attempt: number;
  readonly #raw: RawRecord;
  readonly #run: Run<T>;

  constructor(run: Run<T>, value: T, attempt: number) {
    const raw = run.state.record;
    this.topic = raw.topic;
    this.partition = raw.partition;
    this.offset = raw.offset;
    this.timestamp = raw.timestamp;
    this.timestampType = raw.timestampType;
    this.value = value;
    this.headers = raw.headers;
    this.attempt = attempt;
    this.#raw = raw;
    this.#run = run;
  }

  get key(): Buffer | undefined {
    return this.#raw.key;
  }

  get signal(): AbortSignal {
    return this.#run.signal;
  }
}

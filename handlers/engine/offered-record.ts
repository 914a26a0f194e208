import type { TimestampType } from '../../contract/event';
import type { ProcessedRecord } from '../options';
import type { Headers } from '../record/headers';
import type { RawRecord } from '../record/parse-event';
import { KEY_BYTES } from './record-state';
import type { Run } from './run';

/** What `process` gets. The bytes of its key are read, and its signal made, when somebody looks at them. */
export class OfferedRecord<T> implements ProcessedRecord<T, unknown> {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly timestampType: TimestampType;
  readonly value: T;
  readonly headers: Headers;
  readonly attempt: number;
  readonly #key: unknown;
  readonly #raw: RawRecord;
  readonly #run: Run<T>;

  constructor(run: Run<T>, value: T, key: unknown, attempt: number) {
    const raw = run.state.record;
    this.topic = raw.topic;
    this.partition = raw.partition;
    this.offset = raw.offset;
    this.timestamp = raw.timestamp;
    this.timestampType = raw.timestampType;
    this.value = value;
    this.headers = raw.headers;
    this.attempt = attempt;
    this.#key = key;
    this.#raw = raw;
    this.#run = run;
  }

  get key(): unknown {
    return this.#key === KEY_BYTES ? this.#raw.key : this.#key;
  }

  get signal(): AbortSignal {
    return this.#run.signal;
  }
}

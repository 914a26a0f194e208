import type { TopicRecord } from '../broker/broker';
import type { PollerSettings } from './poller-settings';
import type { Verdict } from './response';
import { toRetry } from './retry';

/** Records that are delivered together the next time. */
export interface NextBatch {
  readonly records: readonly TopicRecord[];
  /** Failed attempts that count. */
  readonly retries: number;
}

/** What an attempt leaves of a batch; what stands nowhere here is resolved. */
export interface AfterAttempt {
  /** In the order in which they are delivered. */
  readonly next: readonly NextBatch[];
  /** The retry limit gives them up. */
  readonly givenUp: readonly TopicRecord[];
  /** Retries are endless, and so many have failed that the run shows no more of them. */
  readonly blocked: boolean;
}

export type RetryRules = Pick<PollerSettings, 'retryLimit' | 'bisect' | 'choices'>;

/** Rows 6, 14, 15, 17, 18 and 36: what comes again of a batch after this end of its attempt, and what does not. */
export function afterAttempt(batch: NextBatch, verdict: Verdict, rules: RetryRules): AfterAttempt {
  const { retryLimit, choices } = rules;
  const records = toRetry(batch.records, verdict, choices['partial-response']);
  if (records.length === 0) return { next: [], givenUp: [], blocked: false };
  const splits = rules.bisect && verdict.kind === 'failed' && records.length > 1;
  const retries = splits && choices['error-before-split'] === 'not-counted' ? batch.retries : batch.retries + 1;
  if (retries > retryLimit) return { next: [], givenUp: records, blocked: false };
  if (splits)
    return { next: halvesOf(records).map((half) => ({ records: half, retries })), givenUp: [], blocked: false };
  const blocked = retryLimit === Number.POSITIVE_INFINITY && retries > choices['blocked-after-retries'];
  return { next: [{ records, retries }], givenUp: [], blocked };
}

function halvesOf(records: readonly TopicRecord[]): readonly (readonly TopicRecord[])[] {
  const middle = Math.floor(records.length / 2);
  return [records.slice(0, middle), records.slice(middle)];
}

/** What each alarm means and what to do first. A person reads it at night: two or three short sentences. */
export const ALARM_TEXTS = {
  duplicateRate:
    'Many records come again that were done before; they are skipped, and cost time. Look for what makes the service ' +
    'deliver again: open records and errors, pollers that scale, a consumer group that was set back.',
  recordAge:
    'Records start long after their timestamp. If the offset lag grows, the function is too slow; if not, look in the ' +
    'log for records that stay open, and why.',
  offsetLag:
    'Records come faster than they are processed. Compare the duration of invocations with the number of pollers and ' +
    'partitions, and look for errors and throttles.',
  deadLetters:
    'Records were given up and became dead letters; the records after them go on. Read the error in the letter, repair ' +
    'its cause, then run msk-once redrive.',
  oldestLetter:
    'A dead letter has waited for long, and the queue deletes it when its retention is over. Redrive it with ' +
    'msk-once redrive, or copy it to where it lasts.',
  dropped:
    'The service discarded records that were not done, such as a record too large for one invocation. Find their ' +
    'offsets in the log of the mapping, and read them from the topic before it deletes them.',
  abandoned:
    'The service went on without records that were still open, and does not deliver them again. Find their offsets in ' +
    'the log of the function (MSK_ONCE_ABANDONED); see whether a limit of retries or age was set, or the consumer ' +
    'group was moved.',
  massErrors:
    'More than 20 records of one invocation failed for good for one reason, so the rest was left on the topic. If a ' +
    'deployment is at fault (a schema, a bug, a setting), put it right or back, then run msk-once redrive.',
  staleOwners:
    'Another worker took over from one that still ran, so an effect may have happened twice. See whether invocations ' +
    'come near the time-out, or stand still for seconds.',
  unsavedSuccesses:
    'Effects happened and could not be marked as done: they happen again. See whether the table is throttled, denied or ' +
    'out of reach; the log names the records.',
  errors:
    'Invocations fail. A time-out or a crash does that, and with pollers on demand every record that stays open: the ' +
    'log line of the invocation has the reasons.',
  throttles:
    'Lambda refuses invocations, for want of concurrency. Reserve as much for the function as the topic has partitions.',
  open:
    'Records are left open in every few minutes, and what is behind them waits. The log line of the invocation has the ' +
    'reasons: a table or dead letters that do not answer, a ledger that does not fit the topic, an effect that fails, or ' +
    'a time-out too short for the batch.',
  pollingErrors:
    'The pollers cannot read the topic. Look at the state of the mapping and in its log: the usual causes are a secret ' +
    'that was changed, a permission that was taken away, and the network of the brokers.',
} as const;

export type AlarmName = keyof typeof ALARM_TEXTS;

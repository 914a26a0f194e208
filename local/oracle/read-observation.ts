import type { JsonReader } from './json-reader';
import type { Closed, Ended, Held, Observation, OffsetRun, Place, RedriveOutcome } from './observation';

type Kind = Observation['kind'];

const SEEN = ['kind', 'worker', 'atMs'];
const WRITTEN = [...SEEN, 'sentAtMs'];
const PLACE = ['partition', 'offset'];
const HELD = ['identity', 'partition'];

const OUTCOMES: readonly RedriveOutcome[] = ['done', 'duplicate', 'parked', 'open', 'absent'];
const SAYS: readonly NonNullable<Ended['says']>[] = ['permanent', 'outage', 'call'];

/** Reads one observation of each kind. */
const READERS: { readonly [Name in Kind]: (reader: JsonReader) => Observation } = {
  delivered(reader) {
    reader.object([...SEEN, 'records']);
    return { kind: 'delivered', ...seen(reader), records: reader.get('records').list().map(readPlace) };
  },
  answered(reader) {
    reader.object([...SEEN, 'open']);
    return { kind: 'answered', ...seen(reader), open: reader.get('open').list().map(readPlace) };
  },
  failed(reader) {
    reader.object(SEEN);
    return { kind: 'failed', ...seen(reader) };
  },
  started(reader) {
    reader.object([...SEEN, ...PLACE, 'run', 'attempt', 'isShared']);
    const isShared = reader.get('isShared').optional((one) => one.flag());
    const attempt = reader.get('attempt').optional((one) => one.count());
    return {
      kind: 'started',
      ...running(reader),
      ...(attempt !== undefined && { attempt }),
      ...(isShared !== undefined && { isShared }),
    };
  },
  ended(reader) {
    reader.object([...SEEN, ...PLACE, 'run', 'result', 'says']);
    const result = reader.get('result').oneOf(['resolved', 'rejected', 'aborted']);
    const says = reader.get('says').optional((one) => one.oneOf(SAYS));
    return { kind: 'ended', ...running(reader), result, ...(says !== undefined && { says }) };
  },
  effect(reader) {
    reader.object([...WRITTEN, ...PLACE, 'run', 'isCopy']);
    const isCopy = reader.get('isCopy').optional((one) => one.flag());
    return { kind: 'effect', ...written(reader), ...running(reader), ...(isCopy !== undefined && { isCopy }) };
  },
  claim(reader) {
    reader.object([...WRITTEN, ...HELD, 'leaseUntilMs']);
    const [atMs, leaseUntilMs] = [reader.get('atMs').number(), reader.get('leaseUntilMs').number()];
    return { kind: 'claim', ...written(reader), ...held(reader), atMs, leaseUntilMs };
  },
  lease(reader) {
    reader.object([...WRITTEN, ...HELD, 'leaseUntilMs']);
    return { kind: 'lease', ...written(reader), ...held(reader), leaseUntilMs: reader.get('leaseUntilMs').number() };
  },
  mark(reader) {
    reader.object([...WRITTEN, ...HELD, 'closes', 'rememberedUntilMs', 'leaseUntilMs']);
    const leaseUntilMs = reader.get('leaseUntilMs').optional((one) => one.number());
    return { kind: 'mark', ...written(reader), ...closed(reader), ...(leaseUntilMs !== undefined && { leaseUntilMs }) };
  },
  'write-lost'(reader) {
    reader.object([...SEEN, ...HELD, 'write']);
    const write = reader.get('write').oneOf(['claim', 'lease', 'mark']);
    return { kind: 'write-lost', ...seen(reader), ...held(reader), write };
  },
  letter(reader) {
    reader.object([...WRITTEN, ...PLACE, 'attempts', 'error']);
    const attempts = reader.get('attempts').optional((one) => one.count());
    const error = reader.get('error').optional((one) => one.text());
    return {
      kind: 'letter',
      ...written(reader),
      ...place(reader),
      ...(attempts !== undefined && { attempts }),
      ...(error !== undefined && { error }),
    };
  },
  'letter-lost'(reader) {
    reader.object([...SEEN, ...PLACE]);
    return { kind: 'letter-lost', ...seen(reader), ...place(reader) };
  },
  parked(reader) {
    reader.object([...WRITTEN, ...PLACE]);
    return { kind: 'parked', ...written(reader), ...place(reader) };
  },
  redrive(reader) {
    reader.object([...SEEN, 'seen']);
    return { kind: 'redrive', ...seen(reader), seen: readObservation(reader.get('seen')) };
  },
  redriven(reader) {
    reader.object([...WRITTEN, ...PLACE]);
    return { kind: 'redriven', ...written(reader), ...place(reader) };
  },
  'redrive-answer'(reader) {
    reader.object([...SEEN, 'outcomes']);
    const outcomes = reader.get('outcomes').optional((one) => one.list().map(readOutcome));
    return { kind: 'redrive-answer', ...seen(reader), ...(outcomes !== undefined && { outcomes }) };
  },
  frozen(reader) {
    reader.object(SEEN);
    return { kind: 'frozen', ...seen(reader) };
  },
  thawed(reader) {
    reader.object(SEEN);
    return { kind: 'thawed', ...seen(reader) };
  },
  killed(reader) {
    reader.object([...SEEN, 'cause']);
    return { kind: 'killed', ...seen(reader), cause: reader.get('cause').name() };
  },
};

export function readObservation(reader: JsonReader): Observation {
  reader.entries();
  const kind = reader.get('kind').oneOf(Object.keys(READERS) as Kind[]);
  return READERS[kind](reader);
}

function seen(reader: JsonReader) {
  const atMs = reader.get('atMs').optional((one) => one.number());
  return { worker: reader.get('worker').name(), ...(atMs !== undefined && { atMs }) };
}

function written(reader: JsonReader) {
  const sentAtMs = reader.get('sentAtMs').optional((one) => one.number());
  return { ...seen(reader), ...(sentAtMs !== undefined && { sentAtMs }) };
}

function running(reader: JsonReader) {
  const run = reader.get('run').optional((one) => one.count());
  return { ...seen(reader), ...place(reader), ...(run !== undefined && { run }) };
}

function place(reader: JsonReader): Place {
  return { partition: reader.get('partition').count(), offset: reader.get('offset').count() };
}

function readPlace(reader: JsonReader): Place {
  reader.object(PLACE);
  return place(reader);
}

function readOutcome(reader: JsonReader): Place & { readonly outcome: RedriveOutcome } {
  reader.object([...PLACE, 'outcome']);
  return { ...place(reader), outcome: reader.get('outcome').oneOf(OUTCOMES) };
}

function held(reader: JsonReader): Held {
  const [identity, partition] = [reader.get('identity'), reader.get('partition')];
  if (identity.isLeftOut === partition.isLeftOut) throw reader.invalid('one with either an identity or a partition');
  return identity.isLeftOut ? { partition: partition.count() } : { identity: identity.name() };
}

function closed(reader: JsonReader): Closed {
  const { identity, partition } = held(reader);
  const [closes, until] = [reader.get('closes'), reader.get('rememberedUntilMs')];
  if (identity === undefined) {
    if (!until.isLeftOut) throw until.invalid('none: offsets are remembered for good');
    return { partition, closes: closes.list().map(readRun) };
  }
  if (!closes.isLeftOut) throw closes.invalid('none: the mark of an identity closes the identity');
  const rememberedUntilMs = until.optional((one) => one.number());
  return { identity, ...(rememberedUntilMs !== undefined && { rememberedUntilMs }) };
}

function readRun(reader: JsonReader): OffsetRun {
  const [first, last, ...more] = reader.list().map((offset) => offset.count());
  if (first === undefined || last === undefined || more.length > 0 || first > last) {
    throw reader.invalid('the first and the last offset of a run');
  }
  return [first, last];
}

import { LIMITS } from '../../contract/limits';
import { CHOICES, type Choice } from '../event-source/choice-table';
import { PARTIAL_READINGS } from '../event-source/retry';
import { type Decision, INTERFERENCES, type Interference } from './decision';
import { Fields, listOf } from './fields';
import {
  BATCH_FAILURES,
  type BatchPlan,
  type DeadLettersPlan,
  FAILURE_CLASSES,
  type FunctionPlan,
  LANE_ORDERS,
  type MappingPlan,
  MINIMUM_GAP,
  type Plan,
  type PlannedRecord,
  REMEMBERS,
  RESPONSE_MODES,
  type RedrivePlan,
  SPECIAL_WRITES,
  STORES,
  type Work,
} from './plan';

export function readPlan(fields: Fields): Plan {
  const latency = fields.object('latency');
  const work = fields.object('work');
  return whole(fields, {
    seed: fields.number('seed'),
    ...readRemembering(fields),
    store: fields.oneOf('store', STORES),
    mode: fields.oneOf('mode', RESPONSE_MODES),
    reading: fields.oneOf('reading', PARTIAL_READINGS),
    order: fields.oneOf('order', LANE_ORDERS),
    function: readFunction(fields.object('function')),
    ...(fields.has('batch') && { batch: readBatch(fields) }),
    ...(fields.has('deadLetters') && { deadLetters: readDeadLetters(fields.object('deadLetters')) }),
    ...(fields.has('redrives') && { redrives: fields.list('redrives', readRedrive) }),
    mapping: readMapping(fields.object('mapping')),
    latency: whole(latency, readLatency(latency)),
    clocksAheadMs: fields.list('clocksAheadMs', readMs),
    partitions: fields.list('partitions', (records, path) =>
      listOf(records, path, (record, place) => readRecord(new Fields(record, place))),
    ),
    work: Object.fromEntries(work.names.map((id) => [id, readWork(work.object(id))])),
  });
}

export function readDecision(value: unknown, path: string): Decision {
  const fields = new Fields(value, path);
  const at = fields.text('at');
  const kind = fields.oneOf('do', KINDS);
  switch (kind) {
    case 'delay':
    case 'freeze':
    case 'lose':
    case 'copy':
    case 'down':
      return whole(fields, { at, do: kind, ms: fields.number('ms') });
    case 'rewind':
      return whole(fields, { at, do: kind, partition: fields.number('partition'), offset: fields.number('offset') });
    default:
      return whole(fields, { at, do: kind });
  }
}

const KINDS: readonly Interference[] = [...new Set(Object.values(INTERFERENCES).flat())];

function readRemembering(fields: Fields): Pick<Plan, 'remember' | 'identity' | 'independent'> {
  const remember = fields.oneOf('remember', REMEMBERS);
  const [identity, independent] = [fields.flag('identity'), fields.flag('independent')];
  const isRight = remember === 'transaction' || identity === (remember === 'identity');
  if (!isRight) throw fields.problem('identity', `${!identity}, with remember ${remember}`);
  if (independent && remember !== 'transaction') {
    throw fields.problem('independent', `false, with remember ${remember}`);
  }
  return { remember, identity, independent };
}

/** Bounds of the service, and of `processRecords`. */
function readFunction(fields: Fields): FunctionPlan {
  const clockSkewMs = fields.number('clockSkewMs', 0, 60_000);
  return whole(fields, {
    timeoutMs: fields.number('timeoutMs', 1, LIMITS.functionTimeoutSeconds.maximum * 1_000),
    concurrency: fields.number('concurrency', 1, 10_000),
    leaseMs: fields.number('leaseMs', Math.max(1_000, 2 * clockSkewMs + 1), 15 * 60_000),
    clockSkewMs,
    abortGraceMs: fields.number('abortGraceMs', 0, 10_000),
    checkpointMs: fields.number('checkpointMs', 1, 60_000),
  });
}

function readBatch(plan: Fields): BatchPlan {
  if (plan.value('remember') === 'transaction') throw plan.problem('batch', 'nothing, with remember transaction');
  const fields = plan.object('batch');
  return whole(fields, {
    maxRecordsPerCall: fields.number('maxRecordsPerCall', 1, 10_000),
    failures: fields.oneOf('failures', BATCH_FAILURES),
    ...(fields.has('rejects') && { rejects: fields.number('rejects') }),
  });
}

function readDeadLetters(fields: Fields): DeadLettersPlan {
  return whole(fields, {
    retries: fields.number('retries', 0, 100),
    maxAttempts: fields.number('maxAttempts', 1, 1_000),
    ...(fields.has('down') && { down: readDown(fields.object('down')) }),
  });
}

function readDown(fields: Fields): NonNullable<DeadLettersPlan['down']> {
  return whole(fields, { afterMs: fields.number('afterMs'), ms: fields.number('ms') });
}

function readRedrive(value: unknown, path: string): RedrivePlan {
  const fields = new Fields(value, path);
  return whole(fields, {
    afterMs: fields.number('afterMs'),
    ...(fields.has('heals') && { heals: fields.true('heals') }),
  });
}

function readMapping(fields: Fields): MappingPlan {
  const { batchSize, batchingWindowSeconds, minimumPollers } = LIMITS;
  return whole(fields, {
    batchSize: fields.number('batchSize', batchSize.minimum, batchSize.maximum),
    batchingWindowMs: fields.number('batchingWindowMs', 0, batchingWindowSeconds.maximum * 1_000),
    pollers: fields.number('pollers', minimumPollers.minimum, minimumPollers.maximum),
    startingPosition: fields.oneOf('startingPosition', ['TRIM_HORIZON', 'LATEST']),
    startsAtMs: fields.number('startsAtMs'),
    choices: readChoices(fields.object('choices')),
  });
}

function readChoices(fields: Fields): MappingPlan['choices'] {
  const table: readonly Choice[] = CHOICES;
  const chosen = table.filter(({ name }) => fields.has(name));
  const read = ({ name, accepted }: Choice) =>
    'minimum' in accepted ? fields.text(name) : fields.oneOf(name, accepted);
  return whole(fields, Object.fromEntries(chosen.map((choice) => [choice.name, read(choice)])));
}

function readLatency(fields: Fields): Plan['latency'] {
  const minimumMs = fields.number('minimumMs');
  return { minimumMs, maximumMs: fields.number('maximumMs', minimumMs) };
}

function readRecord(fields: Fields): PlannedRecord {
  return whole(fields, {
    id: fields.text('id'),
    amount: fields.number('amount'),
    ...(fields.has('key') && { key: fields.text('key') }),
    ...(fields.has('producedAtMs') && { producedAtMs: fields.number('producedAtMs') }),
    ...(fields.has('gap') && { gap: fields.number('gap', MINIMUM_GAP) }),
    ...(fields.has('isGarbage') && { isGarbage: fields.true('isGarbage') }),
  });
}

function readWork(fields: Fields): Work {
  return whole(fields, {
    ...(fields.has('ms') && { ms: fields.number('ms') }),
    ...(fields.has('failures') && { failures: fields.number('failures', -1) }),
    ...(fields.has('failsAs') && { failsAs: fields.oneOf('failsAs', FAILURE_CLASSES) }),
    ...(fields.has('kills') && { kills: fields.number('kills', -1) }),
    ...(fields.has('hangs') && { hangs: fields.number('hangs', -1) }),
    ...(fields.has('whenAborted') && { whenAborted: fields.oneOf('whenAborted', ['abandon', 'ignore']) }),
    ...(fields.has('writes') && { writes: fields.oneOf('writes', SPECIAL_WRITES) }),
  });
}

function readMs(value: unknown, path: string): number {
  return new Fields({ [path]: value }).number(path, Number.MIN_SAFE_INTEGER);
}

/** Nothing else stands there. */
function whole<Value>(fields: Fields, value: Value): Value {
  fields.done();
  return value;
}

/**
 * A history as JSON: one object of
 *
 * - `remember`: `ledger`, `identity` or `transaction`, the promise that it is judged by;
 * - `order`: `partition`, `key` or `none`;
 * - `identity`, `independent`, `maxAttempts`, `checkpointMs`, `seesLostWrites`, `keepsLeases`, `clockAheadMs`: see `Promised`; may be left out;
 * - `topic`: a list of `{partition, offset, key?, identity?, payload?, isUnfit?, takesEffect?}`, see `TopicFact`; what lies before
 *   the start of the mapping is left out;
 * - `observations`: a list of what was seen, in the order in which it took effect, each with its `kind` and `worker` and
 *   the properties that `observation.ts` gives to its kind; times are milliseconds since any moment, and never fall;
 * - `committed`: from a partition to the next offset, `{"0": 12}`; where one is left out nothing is committed.
 *
 * Whatever else stands there, or is missing, is an error that names its place.
 */
import type { History } from './history';
import { historyInvalid, JsonReader } from './json-reader';
import type { Observation } from './observation';
import type { Promised, TopicFact } from './promise';
import { readObservation } from './read-observation';
import { nameOf } from './units';

const PROMISED = [
  'remember',
  'order',
  'identity',
  'independent',
  'maxAttempts',
  'checkpointMs',
  'seesLostWrites',
  'keepsLeases',
  'clockAheadMs',
];
const FACT = ['partition', 'offset', 'key', 'identity', 'payload', 'isUnfit', 'takesEffect'];

/** Reads a history from its JSON text. Throws `MSK_ONCE_HISTORY_INVALID` with the place that is wrong. */
export function readHistory(json: string): History {
  const reader = new JsonReader(parsed(json), '');
  reader.object([...PROMISED, 'topic', 'observations', 'committed']);
  const topic = readTopic(reader.get('topic'));
  const observations = reader
    .get('observations')
    .list()
    .map((observation) => ({ observation: readObservation(observation), reader: observation }));
  checkSequence(observations);
  return {
    promised: readPromised(reader),
    topic,
    observations: observations.map(({ observation }) => observation),
    committed: new Map(
      reader
        .get('committed')
        .entries()
        .map(([partition, offset]) => [partitionOf(partition, offset), offset.count()]),
    ),
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw historyInvalid('The text', (error as Error).message, 'JSON');
  }
}

function readPromised(reader: JsonReader): Promised {
  const remember = reader.get('remember').oneOf(['ledger', 'identity', 'transaction']);
  const [identity, independent] = [reader.get('identity'), reader.get('independent')];
  for (const one of [identity, independent]) {
    if (remember !== 'transaction' && !one.isLeftOut) throw one.invalid('none: it belongs to a transaction');
  }
  return {
    remember,
    order: reader.get('order').oneOf(['partition', 'key', 'none']),
    identity: identity.optional((one) => one.flag()),
    independent: independent.optional((one) => one.flag()),
    maxAttempts: reader.get('maxAttempts').optional((one) => one.count()),
    checkpointMs: reader.get('checkpointMs').optional((one) => one.number()),
    seesLostWrites: reader.get('seesLostWrites').optional((one) => one.flag()),
    keepsLeases: reader.get('keepsLeases').optional((one) => one.flag()),
    clockAheadMs: reader
      .get('clockAheadMs')
      .optional((clocks) => Object.fromEntries(clocks.entries().map(([worker, ahead]) => [worker, ahead.number()]))),
  };
}

function readTopic(reader: JsonReader): TopicFact[] {
  const seen = new Set<string>();
  return reader.list().map((record) => {
    record.object(FACT);
    const fact: TopicFact = {
      partition: record.get('partition').count(),
      offset: record.get('offset').count(),
      key: record.get('key').optional((one) => one.text()),
      identity: record.get('identity').optional((one) => one.name()),
      payload: record.get('payload').optional((one) => one.text()),
      isUnfit: record.get('isUnfit').optional((one) => one.flag()),
      takesEffect: record.get('takesEffect').optional((one) => one.flag()),
    };
    if (seen.has(nameOf(fact))) throw record.invalid('each partition and offset once');
    seen.add(nameOf(fact));
    return fact;
  });
}

/** Time never falls, nobody answers or ends what had not begun, and a dead worker is given nothing. */
function checkSequence(
  observations: readonly { readonly observation: Observation; readonly reader: JsonReader }[],
): void {
  const delivered = new Set<string>();
  const dead = new Set<string>();
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const { observation, reader } of observations) {
    const { kind, worker, atMs = lastMs } = observation;
    if (atMs < lastMs) throw reader.get('atMs').invalid(`a time not before ${lastMs}, that of an observation above`);
    lastMs = atMs;
    if (dead.has(worker) && NEEDS_LIFE.has(kind)) throw reader.invalid(`none of ${worker}, which was killed above`);
    if (kind === 'killed') dead.add(worker);
    if (kind === 'delivered') delivered.add(worker);
    const ends = kind === 'answered' || kind === 'failed';
    if (ends && !delivered.delete(worker)) throw reader.invalid(`one after a delivery to ${worker}`);
  }
}

const NEEDS_LIFE: ReadonlySet<Observation['kind']> = new Set([
  'delivered',
  'answered',
  'failed',
  'started',
  'ended',
  'killed',
]);

function partitionOf(name: string, reader: JsonReader): number {
  if (!/^\d+$/.test(name)) throw reader.invalid('a property named by its partition, such as "0"');
  return Number(name);
}

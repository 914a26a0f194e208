import { LIMITS } from '../../../contract/limits';
import type { PropertyReader, Range } from '../../../local/template/property-reader';
import { shown } from '../../../local/template/template-error';
import { error, type Judgement } from '../finding';
import type { Rule } from '../rule';

// Source of both: Lambda Developer Guide, Kafka retry configurations.
const RETRIES = { minimum: -1, maximum: 10_000 };
const RECORD_AGE = { minimum: 60, maximum: 604_800 };
const ENDLESS = -1;

/** Numbers that the service refuses. */
function range(name: string, limits: Range, ...keys: string[]): Rule {
  return {
    name,
    *judge({ mapping }): Iterable<Judgement> {
      yield* outside(mapping, limits, keys);
    },
  };
}

export const batchSize = range('batch-size', LIMITS.batchSize, 'BatchSize');
export const batchingWindow = range('batching-window', LIMITS.batchingWindowSeconds, 'MaximumBatchingWindowInSeconds');
export const retries = range('retry-attempts', RETRIES, 'MaximumRetryAttempts');

export const recordAge: Rule = {
  name: 'record-age',
  *judge({ mapping }): Iterable<Judgement> {
    if (Number(mapping.value('MaximumRecordAgeInSeconds')) === ENDLESS) return;
    yield* outside(mapping, RECORD_AGE, ['MaximumRecordAgeInSeconds'], '-1, or ');
  },
};

export const pollers: Rule = {
  name: 'pollers',
  *judge({ mapping }): Iterable<Judgement> {
    const [least, most] = ['MinimumPollers', 'MaximumPollers'].map((key) => ['ProvisionedPollerConfig', key]) as [
      string[],
      string[],
    ];
    yield* outside(mapping, LIMITS.minimumPollers, least);
    yield* outside(mapping, LIMITS.maximumPollers, most);
    const [minimum, maximum] = [mapping.value(...least), mapping.value(...most)];
    if (minimum === undefined || maximum === undefined || Number(maximum) >= Number(minimum)) return;
    yield refused(mapping, most, maximum, `numbers from the minimum, ${minimum}`);
  },
};

function* outside(mapping: PropertyReader, limits: Range, keys: readonly string[], before = ''): Iterable<Judgement> {
  const { minimum, maximum } = limits;
  const value = mapping.value(...keys);
  if (value === undefined) return;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= minimum && number <= maximum) return;
  yield refused(mapping, keys, value, `${before}whole numbers from ${minimum} to ${maximum}`);
}

function refused(mapping: PropertyReader, keys: readonly string[], value: unknown, accepted: string): Judgement {
  return error(
    mapping.path(...keys),
    `is ${shown(value)}; accepted are ${accepted}.`,
    'The service refuses it.',
    'Choose another number, or leave the property out.',
  );
}

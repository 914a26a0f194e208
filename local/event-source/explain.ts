import type { KafkaMapping } from '../template/kafka-mapping';
import { CHOICES } from './choice-table';
import { acceptedValues, type Choices } from './choices';
import { retryLimit } from './poller-settings';

type Table = (typeof CHOICES)[number];

/**
 * One line per row, beginning with its name: the value in force, the accepted values, how well the row is known, its
 * number, the choices of its details, and what it is about. With a mapping, also what it makes of the row.
 */
export function explain(choices: Choices, mapping?: KafkaMapping): readonly string[] {
  const rows = CHOICES.filter((choice, index) => CHOICES[index - 1]?.row !== choice.row);
  return rows.map((row) => {
    const details = CHOICES.filter((choice) => choice.row === row.row && choice !== row);
    const here = mapping && OF_MAPPING[row.name]?.(mapping);
    return [
      `${described(row, choices)}; row ${row.row}`,
      ...details.map((detail) => `with ${described(detail, choices)}`),
      ...(here === undefined ? [] : [`in this mapping: ${here}`]),
      [row, ...details].map(({ about }) => about).join(' '),
    ].join('; ');
  });
}

function described(choice: Table, choices: Choices): string {
  return `${choice.name}: ${choices[choice.name]}; accepted: ${acceptedValues(choice)}; ${choice.tag}`;
}

/** What a mapping's own settings make of a row. */
const OF_MAPPING: Partial<Record<Table['name'], (mapping: KafkaMapping) => string>> = {
  'batch-mixing': ({ batchSize }) => `${batchSize} records at most`,
  'partial-response': ({ reportBatchItemFailures }) =>
    reportBatchItemFailures ? 'read' : 'ReportBatchItemFailures is off',
  'retry-counter': (mapping) => {
    const limit = retryLimit(mapping);
    return limit === Number.POSITIVE_INFINITY ? 'endless retries' : `${limit} retries`;
  },
  'endless-with-destination': ({ onFailure }) => `on-failure destination ${onFailure?.kind ?? 'none'}`,
  bisect: ({ bisectBatchOnFunctionError }) => (bisectBatchOnFunctionError ? 'on' : 'off'),
  'record-age': ({ maximumRecordAgeSeconds: age }) => (age < 0 ? 'no limit' : `${age} s at most`),
  'filter-mismatch': ({ filters }) => `${filters.length} filters`,
  'batching-window': ({ batchingWindowMs }) => `${batchingWindowMs} ms`,
  recreate: ({ consumerGroupId, startingPosition }) => `group ${consumerGroupId}, ${startingPosition}`,
  'polling-mode': ({ pollers }) =>
    pollers ? `provisioned, ${pollers.minimum} to ${pollers.maximum} pollers` : 'on-demand',
};

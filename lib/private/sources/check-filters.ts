import { Annotations, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { PropsError } from '../props-error';

/** As `FilterCriteria.filter()` makes them. */
type Filters = { readonly [name: string]: unknown }[];

/** Source: Lambda Developer Guide, event filtering: the quota can be raised to the second. */
const QUOTA = 5;
const MAXIMUM = 10;
/** Source: Lambda API Reference, Filter. */
const MAXIMUM_LENGTH = 4096;

const ADVICE = 'Write lambda.FilterCriteria.filter({ value: { … } }).';

/** A list without filters is none: every record is delivered. */
export function checkFilters(scope: IConstruct, filters: Filters): void {
  // The compiler asks for a list too; JavaScript does not.
  if (!Array.isArray(filters)) {
    throw new PropsError(scope, { prop: 'filters', received: filters, accepted: 'a list of filters', change: ADVICE });
  }
  if (filters.length > MAXIMUM) {
    throw new PropsError(scope, {
      prop: 'filters',
      received: `${filters.length} filters`,
      accepted: `at most ${MAXIMUM}`,
      change: 'One pattern may list several values of a field, and a record passes if it fits any pattern: join some.',
    });
  }
  if (filters.length > QUOTA) {
    Annotations.of(scope).addWarningV2(
      'msk-once:filterQuota',
      `The mapping has ${filters.length} filters. More than ${QUOTA} are accepted only where the account's quota was raised.`,
    );
  }
  for (const [index, filter] of filters.entries()) checkFilter(scope, `filters[${index}]`, filter);
}

function checkFilter(scope: IConstruct, prop: string, filter: Filters[number]): void {
  const refusal = (received: unknown, accepted: string, change: string) =>
    new PropsError(scope, { prop, received, accepted, change });
  const pattern = filter?.pattern;
  if (typeof pattern !== 'string') throw refusal(filter, '{ pattern: "<JSON>" }', ADVICE);
  const keys = keysOf(pattern);
  // A token may stand for a pattern, or for a part that makes it JSON.
  if (keys === undefined && Token.isUnresolved(pattern)) return;
  if (keys === undefined) throw refusal(pattern, 'the JSON of an object', ADVICE);
  if (keys.length !== 1 || keys[0] !== 'value') {
    const change = `Of a Kafka record only the value can be filtered, neither key nor headers nor topic. ${ADVICE}`;
    throw refusal(pattern, 'a pattern on `value` alone', change);
  }
  if (!Token.isUnresolved(pattern) && pattern.length > MAXIMUM_LENGTH) {
    const change = 'Filter by less, and let the handler skip the rest.';
    throw refusal(`${pattern.length} characters`, `at most ${MAXIMUM_LENGTH}`, change);
  }
}

/** undefined: no JSON of an object. */
function keysOf(pattern: string): string[] | undefined {
  try {
    const parsed: unknown = JSON.parse(pattern);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? Object.keys(parsed) : undefined;
  } catch {
    return undefined;
  }
}

import type { Letter } from '../../contract/letter';
import { letterIdParts } from './letter-id';

/** Whether a letter is to be redriven. */
export type Filter = (letter: Letter) => boolean;

/** What is wrong with a filter, as a person would say it. */
export class FilterProblem {
  constructor(readonly text: string) {}
}

const TEXTS: Readonly<Record<string, (letter: Letter) => string | undefined>> = {
  topic: ({ record }) => record.topic,
  code: ({ error }) => error.code,
  name: ({ error }) => error.name,
  id: ({ id }) => id,
  consumer: ({ consumer }) => consumer,
  source: ({ source }) => source ?? '',
};
const NUMBERS: Readonly<Record<string, (letter: Letter) => number>> = {
  partition: ({ record }) => record.partition,
  offset: ({ record }) => record.offset,
  attempts: ({ attempts }) => attempts,
  generation: ({ id }) => letterIdParts(id)?.generation ?? Number.NaN,
};
/** Of the last failure: from the first on, and up to but without the second. */
const TIMES: Readonly<Record<string, (atMs: number, givenMs: number) => boolean>> = {
  after: (atMs, givenMs) => atMs >= givenMs,
  before: (atMs, givenMs) => atMs < givenMs,
};

/** What stands in a filter, for whoever wrote it wrong. */
export const FILTER_NAMES: readonly string[] = [TEXTS, NUMBERS, TIMES].flatMap((kind) => Object.keys(kind));

/**
 * Reads `topic=orders,code=MSK_ONCE_VALUE_INVALID|MSK_ONCE_VALUE_UNDECODABLE,offset=10..20`: conditions with commas between them, which
 * must all hold; of each one value or several with `|` between them, of which one must fit. Several texts must all hold.
 */
export function parseFilter(texts: readonly string[]): Filter | FilterProblem {
  const conditions: Filter[] = [];
  for (const text of texts.flatMap((one) => one.split(','))) {
    const condition = conditionOf(text);
    if (condition instanceof FilterProblem) return condition;
    conditions.push(condition);
  }
  return (letter) => conditions.every((holds) => holds(letter));
}

function conditionOf(text: string): Filter | FilterProblem {
  const at = text.indexOf('=');
  const name = text.slice(0, Math.max(at, 0)).trim();
  const values = text
    .slice(at + 1)
    .split('|')
    .map((value) => value.trim());
  if (at < 1 || values.includes('')) return problem(text, 'NAME=VALUE');
  const ofText = TEXTS[own(TEXTS, name)];
  if (ofText) return (letter) => values.includes(ofText(letter) ?? '');
  const ofNumber = NUMBERS[own(NUMBERS, name)];
  if (ofNumber) return numbers(text, ofNumber, values);
  const holds = TIMES[own(TIMES, name)];
  if (holds) return time(text, holds, values);
  return problem(text, `NAME=VALUE, with a name of ${FILTER_NAMES.join(', ')}`);
}

const own = (kind: object, name: string) => (Object.hasOwn(kind, name) ? name : '');

/** One number, or from one to another, both included; either of them may be left away. */
const RANGE = /^(?:(\d+)|(\d*)\.\.(\d*))$/;

function numbers(text: string, of: (letter: Letter) => number, values: readonly string[]): Filter | FilterProblem {
  const ranges: [number, number][] = [];
  for (const value of values) {
    const [match, one, from, to] = RANGE.exec(value) ?? [];
    if (match === undefined || match === '..') return problem(text, 'a whole number, or FROM..TO');
    const range: [number, number] = [Number(one ?? from ?? 0), Number((one ?? to) || Number.MAX_SAFE_INTEGER)];
    if (range[0] > range[1]) return problem(text, 'FROM..TO with FROM not above TO');
    ranges.push(range);
  }
  return (letter) => {
    const number = of(letter);
    return ranges.some(([from, to]) => number >= from && number <= to);
  };
}

const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

function time(
  text: string,
  holds: (atMs: number, givenMs: number) => boolean,
  values: readonly string[],
): Filter | FilterProblem {
  const [value = '', ...more] = values;
  const givenMs = Date.parse(value);
  if (more.length > 0 || !TIME.test(value) || Number.isNaN(givenMs)) {
    return problem(text, 'one time such as 2026-11-01T00:00:00Z, or a day in UTC such as 2026-11-01');
  }
  return ({ lastFailure }) => holds(Date.parse(lastFailure), givenMs);
}

const problem = (text: string, accepted: string) =>
  new FilterProblem(`--filter has ${JSON.stringify(text)}; accepted is ${accepted}.`);

import { type DeadLettersPlace, parseDeadLetters } from '../../handlers/dead-letters/place';
import { CommandLine } from '../command-line';
import { type Filter, FilterProblem, parseFilter } from './filter';
import { parseFunction, type RedriveFunction } from './function-name';

const DEFAULT_HOLD_S = 60;

export const USAGE = `Usage: msk-once redrive --from PLACE --function NAME:ALIAS [options]

Runs the records of dead letters again, by invoking the function with them, and deletes the letters of those that are
done. Without --apply it only says what is there and what would be done: it invokes nothing and deletes nothing.

  --from PLACE          the URL of a queue, or s3://BUCKET/PREFIX
  --function NAME:ALIAS the function and the alias of its mapping, or the ARN of that alias
  --filter CONDITIONS   only letters of which they all hold, such as topic=orders,code=MSK_ONCE_VALUE_INVALID
                          topic, code, name, id, consumer, source   =TEXT, or several with | between them
                          partition, offset, attempts, generation   =N, or FROM..TO, both included
                          after, before                             =TIME, of the last failure: 2026-11-01T00:00:00Z
                        code and name are those of the error; may stand several times
  --rate N              at most so many records in a second         (default as fast as the function answers)
  --hold-s N            how long messages stay hidden when this process dies   (default ${DEFAULT_HOLD_S}; they come back at once
                        at its end)
  --apply               invokes the function and deletes the letters of what is done
  --json FILE           writes the result as JSON
  --help                this text

It may be ended at any time and run again: what is done already is not done twice, and its letter is only cleaned away.

Exit codes: 0 nothing is left that was to be redriven, 1 letters are left whose records failed again, cannot be read or
are not parked any more, 2 usage, 3 the function refuses the letters or is none of msk-once, 5 not finished: run it
again, 7 queue, bucket or Lambda cannot be reached, 130 Ctrl-C in a dry run.`;

export interface RedriveArguments {
  readonly from: DeadLettersPlace;
  readonly function: RedriveFunction;
  /** As it was given. */
  readonly filterText: string | undefined;
  readonly filter: Filter;
  /** Records in a second. */
  readonly rate: number | undefined;
  readonly holdS: number;
  readonly apply: boolean;
  readonly json: string | undefined;
}

const LINE = new CommandLine(USAGE);
const MOST_RATE = 1_000_000;
/** Source: SQS API Reference, ChangeMessageVisibility. */
const MOST_HOLD_S = 43_200;

/** undefined: somebody asked for help. Throws a UsageError for whatever is wrong, before anything is read. */
export function readArguments(argv: readonly string[]): RedriveArguments | undefined {
  const values = LINE.parse(argv, {
    from: { type: 'string' },
    function: { type: 'string' },
    filter: { type: 'string', multiple: true, default: [] as string[] },
    rate: { type: 'string' },
    'hold-s': { type: 'string' },
    apply: { type: 'boolean' },
    json: { type: 'string' },
    help: { type: 'boolean' },
  });
  if (values.help) return undefined;
  const filter = parseFilter(values.filter);
  if (filter instanceof FilterProblem) throw LINE.refused(filter.text);
  if (values.json !== undefined) LINE.checkWritable('--json', values.json);
  return {
    from: placeOf(values.from),
    function: functionOf(values.function),
    filterText: values.filter.length === 0 ? undefined : values.filter.join(','),
    filter,
    rate: values.rate === undefined ? undefined : LINE.wholeNumber('--rate', values.rate, 1, MOST_RATE),
    holdS: LINE.wholeNumber('--hold-s', values['hold-s'] ?? String(DEFAULT_HOLD_S), 1, MOST_HOLD_S),
    apply: values.apply ?? false,
    json: values.json,
  };
}

/** What stands in MSK_ONCE_DEAD_LETTERS is taken too: beside a queue its bucket is known by the pointers. */
function placeOf(text: string | undefined): DeadLettersPlace {
  const accepted =
    'the URL of a queue, such as https://sqs.eu-west-1.amazonaws.com/111122223333/letters, or s3://BUCKET/PREFIX';
  if (text === undefined) throw LINE.refused(`--from is missing; accepted is ${accepted}.`);
  const place = parseDeadLetters(/^https?:/.test(text) ? `sqs:${text}` : text);
  if (place) return place;
  throw LINE.refused(`--from is ${JSON.stringify(text)}; accepted is ${accepted}.`);
}

function functionOf(text: string | undefined): RedriveFunction {
  const accepted =
    'NAME:ALIAS, such as orders:Orders-partial, or the ARN of the alias: it says which mapping the records belong to';
  if (text === undefined) throw LINE.refused(`--function is missing; accepted is ${accepted}.`);
  const found = parseFunction(text);
  if (found) return found;
  throw LINE.refused(`--function is ${JSON.stringify(text)}; accepted is ${accepted}.`);
}

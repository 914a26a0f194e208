import {
  ENVIRONMENT,
  MAPPING_NAME,
  type Mapping,
  type Mappings,
  MINIMUM_REMEMBER_FOR_SECONDS,
} from '../contract/environment';
import { DEAD_LETTERS_SHAPE, type DeadLettersPlace, parseDeadLetters } from './dead-letters/place';
import { environmentInvalid, environmentMissing, idempotencyDisabled, sharedProcess } from './errors';

export interface Environment {
  readonly table: string;
  readonly mappings: Mappings;
  readonly rememberForSeconds: number;
  /** undefined: none are configured. */
  readonly deadLetters: DeadLettersEnvironment | undefined;
}

export interface DeadLettersEnvironment {
  readonly place: DeadLettersPlace;
  /** Whether the SDK is told to find the service somewhere else than at AWS. */
  readonly hasSqsEndpoint: boolean;
  readonly hasS3Endpoint: boolean;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Values that Powertools' own boolean parser reads as false, and the empty string. */
const FALSY = new Set(['', '0', 'n', 'no', 'f', 'false', 'off']);

/** Reads and checks the variables of a deployed function. Throws at the first one that is missing or unusable. */
export function readEnvironment(variables: Variables): Environment {
  refuseDisabledIdempotency(variables);
  const shared = variables[ENVIRONMENT.lambdaMaxConcurrency]?.trim();
  if (shared !== undefined && shared !== '' && shared !== '1') {
    throw sharedProcess({ name: ENVIRONMENT.lambdaMaxConcurrency, received: shared });
  }
  return {
    table: required(variables, ENVIRONMENT.table, 'the name of the idempotency table'),
    mappings: parseMappings(required(variables, ENVIRONMENT.mappings, 'what the event source mappings are, as JSON')),
    rememberForSeconds: parseSeconds(
      required(variables, ENVIRONMENT.rememberForSeconds, 'how long a done mark is remembered, in seconds'),
    ),
    deadLetters: deadLettersOf(variables),
  };
}

function deadLettersOf(variables: Variables): DeadLettersEnvironment | undefined {
  const text = variables[ENVIRONMENT.deadLetters]?.trim();
  if (text === undefined || text === '') return undefined;
  const place = parseDeadLetters(text);
  if (place === undefined) {
    const received = JSON.stringify(text);
    throw environmentInvalid({ name: ENVIRONMENT.deadLetters, received, accepted: DEAD_LETTERS_SHAPE });
  }
  const isSet = (name: string) => (variables[name] ?? '') !== '';
  return {
    place,
    hasSqsEndpoint: isSet(ENVIRONMENT.sqsEndpoint) || isSet(ENVIRONMENT.endpoint),
    hasS3Endpoint: isSet(ENVIRONMENT.s3Endpoint) || isSet(ENVIRONMENT.endpoint),
  };
}

/** Throws when Powertools' switch asks for effects without idempotency (protocol D5). */
export function refuseDisabledIdempotency(variables: Variables): void {
  const disabled = variables[ENVIRONMENT.powertoolsDisabled]?.trim();
  if (disabled !== undefined && !FALSY.has(disabled.toLowerCase())) {
    throw idempotencyDisabled({ name: ENVIRONMENT.powertoolsDisabled, received: disabled });
  }
}

function required(variables: Variables, name: string, meaning: string): string {
  const value = variables[name]?.trim();
  if (value === undefined || value === '') throw environmentMissing({ name, meaning });
  return value;
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!Number.isSafeInteger(seconds) || seconds < MINIMUM_REMEMBER_FOR_SECONDS) {
    throw environmentInvalid({
      name: ENVIRONMENT.rememberForSeconds,
      received: JSON.stringify(text),
      accepted: `a whole number of seconds, ${MINIMUM_REMEMBER_FOR_SECONDS} or more`,
    });
  }
  return seconds;
}

const MAPPINGS_SHAPE =
  '{"<mapping>": {"consumer": "<consumer group id>", "source"?: "<name>", "generation": <number>}}';

function parseMappings(text: string): Mappings {
  const invalid = (received: string) =>
    environmentInvalid({ name: ENVIRONMENT.mappings, received, accepted: MAPPINGS_SHAPE });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw invalid('not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw invalid('not a JSON object');
  const entries = Object.entries(parsed);
  if (entries.length === 0) throw invalid('without a mapping');
  return Object.fromEntries(
    entries.map(([name, entry]) => {
      if (!MAPPING_NAME.test(name)) throw invalid(`wrong at the name ${JSON.stringify(name)}`);
      if (!isMapping(entry)) throw invalid(`wrong at ${JSON.stringify(name)}: ${JSON.stringify(entry)}`);
      return [name, entry];
    }),
  );
}

function isMapping(entry: unknown): entry is Mapping {
  if (typeof entry !== 'object' || entry === null) return false;
  const { consumer, source, generation } = entry as Record<string, unknown>;
  return (
    typeof consumer === 'string' &&
    consumer !== '' &&
    (source === undefined || typeof source === 'string') &&
    Number.isSafeInteger(generation) &&
    (generation as number) >= 0
  );
}

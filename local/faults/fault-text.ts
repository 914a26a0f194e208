import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';
import { type Fault, lastOf } from './fault';
import { definitionOf, FAULT_NAMES, type FaultName, isFaultName, type KeyDefinition } from './fault-definitions';

/** The name of a fault and its settings, with or without a place. */
export type FaultWithoutPlace = Omit<Fault, 'at'>;

/** Reads `NAME@N[,key=value…]`, such as `answer-lost@17` or `kill-after@5,operation=UpdateItem`. Throws a LocalError. */
export function parseFault(text: string): Fault {
  const [head = '', ...words] = text.split(',');
  const at = head.indexOf('@');
  const name = faultName(text, at < 0 ? head : head.slice(0, at));
  const number = head.slice(at + 1);
  if (at < 0 || !/^[1-9]\d{0,8}$/.test(number)) {
    throw invalid(text, `it needs a place, as in ${name}@17: the number of the ${placeWords(name)}, from 1 on`);
  }
  const fault: Fault = { name, at: Number(number), settings: settingsOf(text, name, words) };
  if (lastOf(fault) < fault.at) throw invalid(text, `"to" must not lie before the place, ${fault.at}`);
  return fault;
}

/** Reads `NAME[,key=value…]`, for a fault that is placed later. Throws a LocalError. */
export function parseFaultWithoutPlace(text: string): FaultWithoutPlace {
  const [name = '', ...words] = text.split(',');
  if (name.includes('@')) throw invalid(text, `it is to stand without a place here: ${name.split('@')[0]}`);
  const known = faultName(text, name);
  const settings = settingsOf(text, known, words);
  if (settings.to !== undefined) throw invalid(text, '"to" names a place, and this fault is to stand without one here');
  return { name: known, settings };
}

/** The text that parseFault reads. */
export function formatFault({ name, at, settings }: Fault): string {
  return [`${name}@${at}`, ...words(name, settings)].join(',');
}

export function formatFaultWithoutPlace({ name, settings }: FaultWithoutPlace): string {
  return [name, ...words(name, settings)].join(',');
}

/** In the order of the definition, so that one fault has one text. */
function words(name: FaultName, settings: Fault['settings']): string[] {
  return Object.keys(definitionOf(name).keys).flatMap((key) =>
    settings[key] === undefined ? [] : [`${key}=${settings[key]}`],
  );
}

function faultName(text: string, name: string): FaultName {
  if (isFaultName(name)) return name;
  throw invalid(text, `there is no fault ${JSON.stringify(name)}; accepted is one of ${FAULT_NAMES.join(', ')}`);
}

function settingsOf(text: string, name: FaultName, words: readonly string[]): Fault['settings'] {
  const { keys } = definitionOf(name);
  const settings: Record<string, string | number> = {};
  for (const word of words) {
    const equals = word.indexOf('=');
    const key = equals < 0 ? word : word.slice(0, equals);
    const definition = Object.hasOwn(keys, key) ? keys[key] : undefined;
    if (definition === undefined) {
      const accepted = Object.keys(keys).join(', ') || 'none';
      throw invalid(text, `${name} has no key ${JSON.stringify(key)}; accepted is ${accepted}`);
    }
    if (equals < 0) throw invalid(text, `the key ${key} has no value; write ${key}=…`);
    if (settings[key] !== undefined) throw invalid(text, `the key ${key} stands there twice`);
    settings[key] = readValue(text, key, word.slice(equals + 1), definition);
  }
  return settings;
}

function readValue(text: string, key: string, value: string, definition: KeyDefinition): string | number {
  const refuse = (accepted: string) => invalid(text, `${key} is ${JSON.stringify(value)}; accepted is ${accepted}`);
  if (definition.kind === 'text') {
    if (value === '') throw refuse('a name');
    return value;
  }
  if (definition.kind === 'choice') {
    if (!definition.accepted.includes(value)) throw refuse(definition.accepted.join(', '));
    return value;
  }
  const { minimum, maximum } = definition;
  const number = Number(value);
  if (!/^-?\d+$/.test(value) || Object.is(number, -0) || number < minimum || number > maximum) {
    throw refuse(`a whole number from ${minimum} to ${maximum}`);
  }
  return number;
}

function placeWords(name: FaultName): string {
  return PLACE_WORDS[definitionOf(name).place];
}

const PLACE_WORDS = {
  request: 'request',
  answer: 'answer',
  invocation: 'delivery',
  commit: 'commit',
  destination: 'delivery to the destination',
  worker: 'worker that is started',
} as const;

function invalid(text: string, problem: string): LocalError {
  return new LocalError(ERROR_CODES.usage, `The fault ${JSON.stringify(text)} cannot be read: ${problem}.`, EXIT.usage);
}

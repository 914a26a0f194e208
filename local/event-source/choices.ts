import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';
import { CHOICES, type Choice } from './choice-table';

type Table = (typeof CHOICES)[number];

export type ChoiceName = Table['name'];

/** A value for every choice of the table: numbers where it has a range, names elsewhere. */
export type Choices = {
  readonly [One in Table as One['name']]: One['accepted'] extends readonly (infer Value)[] ? Value : number;
};

/** The choices of a run as its report lists them. */
export interface ReportedOption {
  readonly row: number;
  readonly name: string;
  readonly value: string | number;
}

/** Everywhere the least favourable behaviour that the documentation permits. */
export function defaultChoices(): Choices {
  return Object.fromEntries(CHOICES.map((choice) => [choice.name, choice.default])) as Choices;
}

/**
 * The default choices with some of them replaced, as texts from a command line.
 * An unknown name and a value that is not accepted are errors that say what is.
 */
export function chooseFrom(overrides: Readonly<Record<string, string>>): Choices {
  const chosen = Object.entries(overrides).map(([name, text]): [string, string | number] => {
    const choice = CHOICES.find((one) => one.name === name);
    if (choice === undefined) throw refused(`There is no choice ${shown(name)}; there are ${CHOICE_NAMES.join(', ')}.`);
    return [name, valueFrom(choice, text)];
  });
  return { ...defaultChoices(), ...Object.fromEntries(chosen) };
}

export const CHOICE_NAMES: readonly ChoiceName[] = CHOICES.map(({ name }) => name);

/** For reports: every choice with its value, in the order of the rows. */
export function reportedOptions(choices: Choices): readonly ReportedOption[] {
  return CHOICES.map(({ row, name }) => ({ row, name, value: choices[name] }));
}

/** Accepted values as a person reads them. */
export function acceptedValues({ accepted }: Choice): string {
  return 'minimum' in accepted ? `${accepted.minimum} to ${accepted.maximum}` : accepted.join(' | ');
}

function valueFrom(choice: Choice, text: string): string | number {
  const { accepted } = choice;
  if ('minimum' in accepted) {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= accepted.minimum && number <= accepted.maximum) return number;
    throw refused(`${choice.name} is ${shown(text)}; accepted is a whole number, ${acceptedValues(choice)}.`);
  }
  if (accepted.includes(text)) return text;
  throw refused(`${choice.name} is ${shown(text)}; accepted is ${acceptedValues(choice)}.`);
}

const shown = (text: string) => JSON.stringify(text);

const refused = (problem: string) => new LocalError(ERROR_CODES.usage, problem, EXIT.usage);

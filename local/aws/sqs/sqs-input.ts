import { invalidParameter, SqsError, unsupported } from './sqs-error';

/** The input of an operation: each parameter is asked for by its kind, and none may be left over. */
export class SqsInput {
  readonly #given: Readonly<Record<string, unknown>>;

  /** @param known The parameters that are played. */
  constructor(operation: string, given: object, known: readonly string[]) {
    this.#given = given as Readonly<Record<string, unknown>>;
    const other = Object.keys(given).find((name) => !known.includes(name) && this.#given[name] !== undefined);
    if (other !== undefined) throw unsupported(`the parameter ${other} of ${operation}`);
  }

  text(name: string): string {
    const value = this.optionalText(name);
    if (value !== undefined) return value;
    throw new SqsError('MissingParameter', `The request must contain the parameter ${name}.`);
  }

  optionalText(name: string): string | undefined {
    const value = this.#given[name];
    if (value === undefined || typeof value === 'string') return value;
    throw wrongKind(name);
  }

  /** A whole number within these. */
  number(name: string, from: number, to: number): number | undefined {
    const value = this.#given[name];
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to) return value;
    throw invalidParameter(
      `Value ${JSON.stringify(value)} for parameter ${name} is invalid. Must be >= ${from} and <= ${to}, if provided.`,
    );
  }

  texts(name: string): readonly string[] {
    const value = this.#given[name] ?? [];
    if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
    throw wrongKind(name);
  }

  map(name: string): Readonly<Record<string, string>> {
    const value = this.#given[name] ?? {};
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongKind(name);
    return value as Readonly<Record<string, string>>;
  }

  /** The members of a batch, at most ten, each with an id of its own. */
  entries(operation: string, known: readonly string[]): { readonly id: string; readonly input: SqsInput }[] {
    const value = this.#given.Entries;
    if (!Array.isArray(value) || value.length === 0) {
      throw new SqsError(
        'EmptyBatchRequest',
        `There should be at least one ${operation}RequestEntry in the request.`,
        'AWS.SimpleQueueService.EmptyBatchRequest',
      );
    }
    if (value.length > BATCH_ENTRIES) {
      throw new SqsError(
        'TooManyEntriesInBatchRequest',
        `Maximum number of entries per request are ${BATCH_ENTRIES}. You have sent ${value.length}.`,
        'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
      );
    }
    const entries = value.map((entry: object) => {
      const input = new SqsInput(operation, entry, ['Id', ...known]);
      return { id: input.text('Id'), input };
    });
    const double = entries.find(({ id }, index) => entries.findIndex((one) => one.id === id) < index);
    if (double === undefined) return entries;
    throw new SqsError(
      'BatchEntryIdsNotDistinct',
      `Id ${double.id} repeated.`,
      'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
    );
  }
}

/** Source: SQS API Reference, SendMessageBatch. */
const BATCH_ENTRIES = 10;

const wrongKind = (name: string) => new SqsError('SerializationException', `The parameter ${name} is of another type.`);

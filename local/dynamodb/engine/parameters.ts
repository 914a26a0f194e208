import { notInEngine, validationError } from './errors';

export type Parameters = Readonly<Record<string, unknown>>;

/** Values of an optional parameter with which it changes nothing. */
const INERT: Readonly<Record<string, unknown>> = {
  ReturnConsumedCapacity: 'NONE',
  ReturnItemCollectionMetrics: 'NONE',
};

/** A parameter that the engine does not know is refused by its name: taken silently it would make a test lie. */
export function requireKnownParameters(where: string, input: unknown, known: readonly string[]): Parameters {
  const parameters = requireObject(where, input);
  for (const name of Object.keys(parameters)) {
    const value = parameters[name];
    if (known.includes(name) || value === undefined || value === null || INERT[name] === value) continue;
    throw notInEngine(`${name} of ${where}`, known.join(', '));
  }
  return parameters;
}

export function requireObject(where: string, input: unknown): Parameters {
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as Parameters;
  throw validationError(`${where} must be an object, found ${JSON.stringify(input) ?? 'nothing'}`);
}

export function requireList(where: string, input: unknown): readonly unknown[] {
  if (Array.isArray(input)) return input;
  throw validationError(`${where} must be a list, found ${JSON.stringify(input) ?? 'nothing'}`);
}

export function optionalText(parameters: Parameters, name: string): string | undefined {
  const value = parameters[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw validationError(`${name} must be a string, found ${JSON.stringify(value)}`);
  return value;
}

export function optionalFlag(parameters: Parameters, name: string): boolean {
  const value = parameters[name] ?? false;
  if (typeof value !== 'boolean') throw validationError(`${name} must be a boolean, found ${JSON.stringify(value)}`);
  return value;
}

export function optionalLimit(parameters: Parameters): number | undefined {
  const value = parameters.Limit;
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return value;
  throw validationError('Limit must be greater than or equal to 1');
}

const NAME = /^[a-zA-Z0-9_.-]{3,255}$/;

/** The name of a table or of an index that is to be created. */
export function requireName(value: unknown): string {
  if (typeof value === 'string' && NAME.test(value)) return value;
  throw validationError(
    'Invalid table/index name.  Table/index names must be between 3 and 255 characters long, ' +
      `and may contain only the characters a-z, A-Z, 0-9, '_', '-', and '.'; found ${JSON.stringify(value) ?? 'nothing'}`,
  );
}

export function oneOf<Value extends string>(
  parameters: Parameters,
  name: string,
  accepted: readonly [Value, ...Value[]],
): Value {
  const value = parameters[name] ?? accepted[0];
  if (accepted.includes(value as Value)) return value as Value;
  throw validationError(
    `1 validation error detected: Value '${String(value)}' at '${name}' failed to satisfy constraint: ` +
      `Member must satisfy enum value set: [${accepted.join(', ')}]`,
  );
}

import type { AttributeValue } from '../attribute-value';
import { bindCondition } from '../bind-condition';
import { bindUpdate } from '../bind-update';
import type { Condition } from '../condition';
import { type DocumentPath, requireSeparatePaths } from '../document-path';
import { DynamoDbEngineError, validationError } from '../errors';
import { ENGINE_LIMITS } from '../limits';
import { cachedParser } from '../parse-cache';
import { parseAttributeValue } from '../parse-value';
import { type Binding, bindPath, type ConditionSyntax, type UpdateActionSyntax, type ValueSyntax } from '../syntax';
import type { UpdateAction } from '../update';
import { parseCondition } from './condition-parser';
import { parseProjection } from './projection-parser';
import { parseUpdate } from './update-parser';

export interface ExpressionInput {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>>;
}

const conditionOf = cachedParser(parseCondition);
const updateOf = cachedParser(parseUpdate);
const projectionOf = cachedParser(parseProjection);

/** The names and values of one request. It knows which of them its expressions have used: the rest is an error. */
export class Placeholders implements Binding {
  readonly nestedPaths: DocumentPath[] = [];
  readonly #names: ReadonlyMap<string, string>;
  readonly #values: ReadonlyMap<string, AttributeValue>;
  readonly #usedNames = new Set<string>();
  readonly #usedValues = new Set<string>();

  constructor(input: ExpressionInput, expressions: readonly (string | undefined)[]) {
    const names = input.ExpressionAttributeNames ?? undefined;
    const values = input.ExpressionAttributeValues ?? undefined;
    if (expressions.every((text) => text === undefined)) {
      if (names !== undefined)
        throw validationError('ExpressionAttributeNames can only be specified when using expressions');
      if (values !== undefined)
        throw validationError('ExpressionAttributeValues can only be specified when using expressions');
    }
    this.#names = parseNames(names);
    this.#values = parseValues(values);
  }

  condition(parameter: string, text: string | undefined): Condition | undefined {
    return this.#bind(parameter, text, (expression) => {
      const syntax = conditionOf(expression);
      requireFewOperators(syntax);
      return bindCondition(syntax, this);
    });
  }

  update(text: string | undefined): readonly UpdateAction[] | undefined {
    return this.#bind('UpdateExpression', text, (expression) =>
      bindUpdate(updateOf(expression) as readonly UpdateActionSyntax[], this),
    );
  }

  projection(text: string | undefined): readonly DocumentPath[] | undefined {
    return this.#bind('ProjectionExpression', text, (expression) => {
      const paths = projectionOf(expression).map((path) => bindPath(path, this));
      requireSeparatePaths(paths);
      return paths;
    });
  }

  get values(): readonly AttributeValue[] {
    return [...this.#values.values()];
  }

  /** After the last expression. */
  requireAllUsed(): void {
    requireUsed('ExpressionAttributeNames', this.#names, this.#usedNames);
    requireUsed('ExpressionAttributeValues', this.#values, this.#usedValues);
  }

  name(alias: string): string {
    const name = this.#names.get(alias);
    if (name === undefined) {
      throw validationError(
        `An expression attribute name used in the document path is not defined; attribute name: ${alias}`,
      );
    }
    this.#usedNames.add(alias);
    return name;
  }

  value(syntax: ValueSyntax): AttributeValue {
    if (!('placeholder' in syntax))
      throw new Error('An expression holds placeholders only: a bug of the in-process engine.');
    const value = this.#values.get(syntax.placeholder);
    if (value === undefined) {
      throw validationError(
        `An expression attribute value used in expression is not defined; attribute value: ${syntax.placeholder}`,
      );
    }
    this.#usedValues.add(syntax.placeholder);
    return value;
  }

  #bind<Bound>(parameter: string, text: string | undefined, bind: (text: string) => Bound): Bound | undefined {
    if (text === undefined) return undefined;
    return withPrefix(`Invalid ${parameter}: `, () => {
      if (text === '') throw validationError('The expression can not be empty;');
      const bytes = Buffer.byteLength(text);
      if (bytes > ENGINE_LIMITS.expressionBytes) {
        throw validationError(`Expression size has exceeded the maximum allowed size; expression size: ${bytes}`);
      }
      return bind(text);
    });
  }
}

function withPrefix<Result>(prefix: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (error instanceof DynamoDbEngineError) throw validationError(`${prefix}${error.message}`);
    throw error;
  }
}

const ALIAS = /^#[A-Za-z0-9_]+$/;
const PLACEHOLDER = /^:[A-Za-z0-9_]+$/;

function parseNames(names: Readonly<Record<string, string>> | undefined): ReadonlyMap<string, string> {
  if (names === undefined) return new Map();
  const parsed = new Map<string, string>();
  for (const alias of Object.keys(names)) {
    const name = names[alias];
    if (!ALIAS.test(alias)) {
      throw validationError(`ExpressionAttributeNames contains invalid key: Syntax error; key: "${alias}"`);
    }
    if (typeof name !== 'string' || name === '') {
      throw validationError(`ExpressionAttributeNames contains invalid value: Empty attribute name for key ${alias}`);
    }
    parsed.set(alias, name);
  }
  if (parsed.size === 0) throw validationError('ExpressionAttributeNames must not be empty');
  return parsed;
}

function parseValues(values: Readonly<Record<string, unknown>> | undefined): ReadonlyMap<string, AttributeValue> {
  if (values === undefined) return new Map();
  const placeholders = Object.keys(values);
  if (placeholders.length === 0) throw validationError('ExpressionAttributeValues must not be empty');
  const wrong = placeholders.find((placeholder) => !PLACEHOLDER.test(placeholder));
  if (wrong !== undefined) {
    throw validationError(`ExpressionAttributeValues contains invalid key: Syntax error; key: "${wrong}"`);
  }
  return withPrefix(
    'ExpressionAttributeValues contains invalid value: ',
    () => new Map(placeholders.map((placeholder) => [placeholder, parseAttributeValue(values[placeholder])])),
  );
}

function requireUsed(parameter: string, given: ReadonlyMap<string, unknown>, used: ReadonlySet<string>): void {
  if (used.size === given.size) return;
  const unused = [...given.keys()].filter((key) => !used.has(key));
  throw validationError(`Value provided in ${parameter} unused in expressions: keys: {${unused.join(', ')}}`);
}

function requireFewOperators(syntax: ConditionSyntax): void {
  if (countOperators(syntax) <= ENGINE_LIMITS.expressionOperators) return;
  throw validationError(
    `The expression contains too many operators; operator count: ${ENGINE_LIMITS.expressionOperators + 1}`,
  );
}

function countOperators(syntax: ConditionSyntax): number {
  switch (syntax.kind) {
    case 'and':
    case 'or':
      return syntax.conditions.reduce((count, each) => count + 1 + countOperators(each), -1);
    case 'not':
      return 1 + countOperators(syntax.condition);
    default:
      return 1;
  }
}

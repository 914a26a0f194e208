import type { AttributeValue } from '../attribute-value';
import { validationError } from '../errors';
import { ENGINE_LIMITS } from '../limits';
import { oneOf, optionalFlag, optionalText, requireKnownParameters, requireList } from '../parameters';
import { parseAttributeValue } from '../parse-value';

const STATEMENT_PARAMETERS = ['Statement', 'Parameters', 'ReturnValuesOnConditionCheckFailure'] as const;

/** A statement of a request before its text is looked at. */
export interface StatementRequest {
  readonly text: string;
  readonly parameters: readonly AttributeValue[];
  readonly returnsOldOnFailure: boolean;
}

export function readStatementRequest(where: string, input: unknown, more: readonly string[] = []): StatementRequest {
  const request = requireKnownParameters(where, input, [...STATEMENT_PARAMETERS, ...more]);
  optionalFlag(request, 'ConsistentRead');
  const text = optionalText(request, 'Statement');
  if (text === undefined) throw validationError('The statement was empty.');
  if (text.length > ENGINE_LIMITS.statementLength) {
    throw validationError(`Member must have length less than or equal to ${ENGINE_LIMITS.statementLength}`);
  }
  if (Array.isArray(request.Parameters) && request.Parameters.length === 0) {
    throw validationError(
      "Value '[]' at 'parameters' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  }
  const parameters = requireList(`Parameters of ${where}`, request.Parameters ?? []);
  return {
    text,
    parameters: parameters.map((value) => parseAttributeValue(value)),
    returnsOldOnFailure: oneOf(request, 'ReturnValuesOnConditionCheckFailure', ['NONE', 'ALL_OLD']) === 'ALL_OLD',
  };
}

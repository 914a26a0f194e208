import type { StandardSchemaV1 } from '@standard-schema/spec';
import { isThenable } from '../core/thenable';
import { valueInvalid } from '../errors';
import { issuePlaces, issueTexts } from './issue-places';

/** What a Standard Schema puts out for a value, now or later. Throws or rejects with its issues, as a permanent error. */
export function validate(schema: StandardSchemaV1, value: unknown): unknown {
  const result = schema['~standard'].validate(value);
  return isThenable(result) ? result.then((later) => outputOf(schema, later)) : outputOf(schema, result);
}

function outputOf(schema: StandardSchemaV1, { issues, ...result }: StandardSchemaV1.Result<unknown>): unknown {
  if (issues === undefined) return (result as StandardSchemaV1.SuccessResult<unknown>).value;
  const { vendor } = schema['~standard'];
  // The texts quote the value, which is nothing for a message.
  throw valueInvalid({ vendor, places: issuePlaces(schema, issues) }, { cause: new Error(issueTexts(issues)) });
}

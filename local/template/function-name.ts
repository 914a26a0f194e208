/** What `FunctionName` of a mapping, an alias or a version says. */
export interface FunctionReference {
  readonly functionName: string;
  /** An alias, a version number or `$LATEST`. */
  readonly qualifier: string | undefined;
}

// `name`, `<account>:function:name`, or the full ARN; each with or without a qualifier.
// Source: Lambda API Reference, CreateEventSourceMapping, FunctionName.
const FUNCTION_NAME = /^(?:(?:arn:[^:]+:lambda:[^:]+:)?[^:]+:function:)?([^:]+)(?::([^:]+))?$/;

export function parseFunctionName(text: string): FunctionReference {
  const match = FUNCTION_NAME.exec(text);
  return { functionName: match?.[1] ?? text, qualifier: match?.[2] };
}

/** A qualifier that is no alias. */
export function isVersion(qualifier: string): boolean {
  return qualifier === '$LATEST' || /^\d+$/.test(qualifier);
}

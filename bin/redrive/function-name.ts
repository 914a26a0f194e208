/** The function that is invoked, as Lambda's API takes it. */
export interface RedriveFunction {
  /** As it was given: a name or an ARN, with its qualifier. */
  readonly text: string;
  readonly functionName: string;
  /** The alias of the mapping, which says whose records they are. */
  readonly qualifier: string;
  /** Where the ARN names one. */
  readonly region: string | undefined;
}

// Source: Lambda API Reference, Invoke, FunctionName and Qualifier.
const NAME =
  /^((?:(?:arn:aws[a-z-]*:lambda:([a-z0-9-]+):)?\d{12}:function:)?[A-Za-z0-9_-]{1,140}):([A-Za-z0-9_-]{1,128}|\$LATEST)$/;

/** `NAME:ALIAS`, `<account>:function:NAME:ALIAS`, or the full ARN of the alias; undefined: it is none of them. */
export function parseFunction(text: string): RedriveFunction | undefined {
  const [, functionName, region, qualifier] = NAME.exec(text) ?? [];
  if (functionName === undefined || qualifier === undefined) return undefined;
  return { text, functionName, qualifier, region };
}

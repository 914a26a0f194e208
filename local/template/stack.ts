import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';
import { createResolver, type Resolver } from './intrinsics';
import { LOCAL_REGION, type LocalValues } from './local-values';
import { type AssemblyStack, readAssembly } from './read-assembly';
import { own, type Resource } from './template';

export interface StackOptions {
  /** Which stack of the assembly, by its name or its construct path. Needed where there are several. */
  readonly stack?: string;
  /** @default the region that the stack is bound to, else us-east-1. */
  readonly region?: string;
  /** Put behind the names that the template leaves open, so that two runs can share a database. @default nothing. */
  readonly nameSuffix?: string;
  /** Values of template parameters. @default the parameters' own defaults. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** A stack whose values can be read as if it were deployed. */
export interface Stack extends AssemblyStack {
  readonly region: string;
  readonly resolve: Resolver['resolve'];
  readonly exists: Resolver['exists'];
}

/** Reads a stack from a cloud assembly or a template file. Nothing is resolved before it is asked for. */
export function readStack(path: string, options: StackOptions = {}): Stack {
  const stack = readAssembly(path, options.stack);
  refuseUnknownParameters(stack, options.parameters ?? {});
  const values: LocalValues = {
    region: options.region ?? stack.region ?? LOCAL_REGION,
    stackName: stack.stackName,
    nameSuffix: options.nameSuffix ?? '',
    parameters: options.parameters ?? {},
  };
  return { ...stack, region: values.region, ...createResolver(stack.template, values) };
}

function refuseUnknownParameters({ file, template }: AssemblyStack, given: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(given)) {
    if (own(template.Parameters, name) !== undefined) continue;
    const known = Object.keys(template.Parameters).join(', ') || 'none';
    const problem = `${file} has no parameter ${name}. It has: ${known}.`;
    throw new LocalError(ERROR_CODES.usage, problem, EXIT.usage);
  }
}

/** The resources of a type that exist, their conditions considered. */
export function resourcesOfType(stack: Stack, ...types: readonly string[]): (readonly [logicalId: string, Resource])[] {
  return Object.entries(stack.template.Resources).filter(
    ([logicalId, { Type }]) => types.includes(Type) && stack.exists(logicalId),
  );
}

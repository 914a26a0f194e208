import { createResolver, NESTED_STACK, type Resolver } from './intrinsics';
import { LOCAL_REGION, type LocalValues } from './local-values';
import { nestedValues, outputValue, readNested } from './nested-stack';
import { checkGiven } from './parameters';
import { placeOf } from './places';
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
  /** Leads from the deployed stack to this one, with a slash at its end: `Orders/`. Empty for the deployed stack. */
  readonly prefix: string;
  readonly resolve: Resolver['resolve'];
  readonly exists: Resolver['exists'];
  /** Where the template writes a property of a resource, as an error names it. */
  place(logicalId: string, ...keys: readonly string[]): string;
  /** The stacks nested in it that are created. */
  nested(): readonly NestedStack[];
  /** The stack that is deployed, and all that are nested in it. */
  deployment(): readonly Stack[];
}

export interface NestedStack {
  readonly logicalId: string;
  /** `undefined`: its template is not on this machine. */
  readonly stack: Stack | undefined;
}

/** A resource that is created, and the stack that it belongs to. */
export interface Found {
  readonly stack: Stack;
  readonly logicalId: string;
  readonly resource: Resource;
}

/** Reads a stack from a cloud assembly or a template file. Nothing is resolved before it is asked for. */
export function readStack(path: string, options: StackOptions = {}): Stack {
  const assembly = readAssembly(path, options.stack);
  const given = options.parameters ?? {};
  checkGiven(assembly.file, assembly.template, given);
  return openStack(assembly, {
    region: options.region ?? assembly.region ?? LOCAL_REGION,
    stackName: assembly.stackName,
    nameSuffix: options.nameSuffix ?? '',
    prefix: '',
    given: (parameter) => own(given, parameter),
  });
}

/** @param parents from the deployed stack down; empty for that one itself. */
function openStack(assembly: AssemblyStack, values: LocalValues, parents: readonly Stack[] = []): Stack {
  const { template } = assembly;
  const opened = new Map<string, Stack | undefined>();
  const open = (logicalId: string): Stack | undefined => {
    if (!opened.has(logicalId)) {
      const chain = [...parents, stack];
      const nested = readNested(chain, stack, logicalId);
      opened.set(logicalId, nested && openStack(nested, nestedValues(stack, logicalId, values), chain));
    }
    return opened.get(logicalId);
  };
  const stack: Stack = {
    ...assembly,
    ...createResolver(template, values, (logicalId, output, path) =>
      outputValue(open(logicalId), stack, logicalId, output, path),
    ),
    region: values.region,
    prefix: values.prefix,
    place: (logicalId, ...keys) => placeOf(template, values.prefix, logicalId, keys),
    nested: () =>
      Object.entries(template.Resources)
        .filter(([logicalId, { Type }]) => Type === NESTED_STACK && stack.exists(logicalId))
        .map(([logicalId]) => ({ logicalId, stack: open(logicalId) })),
    deployment: () => withNested(parents[0] ?? stack),
  };
  return stack;
}

function withNested(stack: Stack): readonly Stack[] {
  return [stack, ...stack.nested().flatMap((nested) => (nested.stack === undefined ? [] : withNested(nested.stack)))];
}

/** The resources of these types in the whole deployment that are created, their conditions considered. */
export function findResources(stack: Stack, ...types: readonly string[]): Found[] {
  return stack.deployment().flatMap((member) =>
    Object.entries(member.template.Resources)
      .filter(([logicalId, { Type }]) => types.includes(Type) && member.exists(logicalId))
      .map(([logicalId, resource]) => ({ stack: member, logicalId, resource })),
  );
}

/** Unique in the deployment, and the template's own id in a stack that is not nested. */
export function idOf({ stack, logicalId }: Pick<Found, 'stack' | 'logicalId'>): string {
  return `${stack.prefix}${logicalId}`;
}

/** The path of the construct that made the resource, where the CDK noted it. */
export function constructPathOf({ stack, logicalId }: Pick<Found, 'stack' | 'logicalId'>): string | undefined {
  const path = own(stack.template.Resources, logicalId)?.Metadata?.['aws:cdk:path'];
  return typeof path === 'string' ? path.replace(/\/Resource$/, '') : undefined;
}

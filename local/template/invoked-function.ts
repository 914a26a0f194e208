import { isVersion, parseFunctionName } from './function-name';
import { type LambdaFunction, readFunction } from './lambda-function';
import { readProperties } from './property-reader';
import { functionArn } from './resource-values';
import { type Found, findResources, type Stack } from './stack';
import { shown, templateInvalid } from './template-error';

/** A function as a mapping names it. */
export interface InvokedFunction {
  readonly function: LambdaFunction;
  readonly aliasName: string | undefined;
  /** Ends with the alias or the version, if the mapping gives one. */
  readonly invokedFunctionArn: string;
}

/** Reads what `FunctionName` of a mapping calls. `path` is the place of that property. */
export function readInvokedFunction(stack: Stack, written: string, path: string): InvokedFunction {
  const { functionName, qualifier } = parseFunctionName(written);
  const found = findFunction(stack, functionName, path);
  const aliasName = qualifier === undefined || isVersion(qualifier) ? undefined : qualifier;
  const version = aliasName === undefined ? qualifier : aliasVersion(stack, functionName, aliasName, path);
  return {
    function: readFunction(found, functionName, version ?? '$LATEST'),
    aliasName,
    invokedFunctionArn: functionArn(stack.region, functionName, qualifier),
  };
}

/** The function of that name, wherever in the deployment it is. */
export function findFunction(stack: Stack, functionName: string, path: string): Found {
  const functions = findResources(stack, 'AWS::Lambda::Function').map((found) => ({ found, name: nameOf(found) }));
  const match = functions.find(({ name }) => name === functionName);
  if (match !== undefined) return match.found;
  throw templateInvalid(
    path,
    `calls ${shown(functionName)}, and the template has no function of that name. It has: ${functions.map(({ name }) => name).join(', ') || 'none'}. Only functions of the same stack can be run.`,
  );
}

/** Of a function whose name has no local value only its logical id is known; it is another one. */
function nameOf({ stack, logicalId }: Found): string {
  return attempt(() => String(stack.resolve({ Ref: logicalId }, stack.place(logicalId)))) ?? logicalId;
}

export function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function aliasVersion(stack: Stack, functionName: string, aliasName: string, path: string): string {
  const aliases = findResources(stack, 'AWS::Lambda::Alias')
    .map(({ stack: owner, logicalId }) => readProperties(owner, logicalId))
    .filter(
      (alias) => attempt(() => parseFunctionName(alias.requiredText('FunctionName')).functionName) === functionName,
    );
  const found = aliases.find((alias) => alias.text('Name') === aliasName);
  if (found !== undefined) return found.text('FunctionVersion') ?? '$LATEST';
  const names = aliases.map((alias) => alias.text('Name')).join(', ') || 'none';
  throw templateInvalid(
    path,
    `calls the alias ${shown(aliasName)} of ${functionName}, which the template does not have. It has: ${names}.`,
  );
}

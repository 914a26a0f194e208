import { LIMITS } from '../../contract/limits';
import { codeDirectory, writtenCode } from './code-directory';
import { isVersion, parseFunctionName } from './function-name';
import { readProperties } from './property-reader';
import { functionArn } from './resource-values';
import { resourcesOfType, type Stack } from './stack';
import { isObject, own } from './template';
import { shown, templateInvalid, templateUnsupported } from './template-error';

/** A function as the template deploys it: what the worker process needs to play its runtime. */
export interface LambdaFunction {
  readonly logicalId: string;
  readonly name: string;
  /** `$LATEST`, or the version that the alias points to. */
  readonly version: string;
  readonly region: string;
  readonly handler: string;
  readonly runtime: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly logGroupName: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Absolute path of the folder that holds the code. */
  readonly assetPath: string;
}

/** A function as a mapping names it. */
export interface InvokedFunction {
  readonly function: LambdaFunction;
  readonly aliasName: string | undefined;
  /** Ends with the alias or the version, if the mapping gives one. */
  readonly invokedFunctionArn: string;
}

// Source: Lambda API Reference, CreateFunction.
const DEFAULT_TIMEOUT_SECONDS = 3;
const DEFAULT_MEMORY_MB = 128;
const MEMORY_MB = { minimum: 128, maximum: 10_240 };

/** Finds what `FunctionName` of a mapping calls. `path` is the place of that property. */
export function readInvokedFunction(stack: Stack, written: string, path: string): InvokedFunction {
  const { functionName, qualifier } = parseFunctionName(written);
  const logicalId = findFunction(stack, functionName, path);
  const aliasName = qualifier === undefined || isVersion(qualifier) ? undefined : qualifier;
  const version = aliasName === undefined ? qualifier : aliasVersion(stack, functionName, aliasName, path);
  return {
    function: readFunction(stack, logicalId, functionName, version ?? '$LATEST'),
    aliasName,
    invokedFunctionArn: functionArn(stack.region, functionName, qualifier),
  };
}

function findFunction(stack: Stack, functionName: string, path: string): string {
  const names = resourcesOfType(stack, 'AWS::Lambda::Function').map(([logicalId]) => ({
    logicalId,
    // Of a function whose name has no local value only its logical id is known; it is another one.
    name: attempt(() => String(stack.resolve({ Ref: logicalId }, `Resources.${logicalId}`))) ?? logicalId,
  }));
  const found = names.find(({ name }) => name === functionName);
  if (found !== undefined) return found.logicalId;
  throw templateInvalid(
    path,
    `calls ${shown(functionName)}, and the template has no function of that name. It has: ${names.map(({ name }) => name).join(', ') || 'none'}. Only functions of the same stack can be run.`,
  );
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function aliasVersion(stack: Stack, functionName: string, aliasName: string, path: string): string {
  const aliases = resourcesOfType(stack, 'AWS::Lambda::Alias')
    .map(([logicalId]) => readProperties(stack, logicalId))
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

function readFunction(stack: Stack, logicalId: string, name: string, version: string): LambdaFunction {
  const properties = readProperties(stack, logicalId);
  const code = writtenCode(stack, logicalId);
  if (properties.text('PackageType') === 'Image' || (isObject(code) && own(code, 'ImageUri') !== undefined)) {
    throw templateUnsupported(
      properties.path('PackageType'),
      'is a container image. Only functions from a folder of code can be run.',
    );
  }
  const runtime = properties.requiredText('Runtime');
  if (!/^nodejs\d+\.x$/.test(runtime)) {
    throw templateUnsupported(
      properties.path('Runtime'),
      `is ${shown(runtime)}. Only Node.js runtimes (nodejs22.x) can be run.`,
    );
  }
  const timeoutSeconds = properties.number(LIMITS.functionTimeoutSeconds, 'Timeout') ?? DEFAULT_TIMEOUT_SECONDS;
  return {
    logicalId,
    name,
    version,
    region: stack.region,
    handler: properties.requiredText('Handler'),
    runtime,
    timeoutMs: timeoutSeconds * 1000,
    memoryMb: properties.number(MEMORY_MB, 'MemorySize') ?? DEFAULT_MEMORY_MB,
    logGroupName: properties.text('LoggingConfig', 'LogGroup') ?? `/aws/lambda/${name}`,
    environment: readEnvironment(stack, logicalId),
    assetPath: codeDirectory(stack, logicalId),
  };
}

function readEnvironment(stack: Stack, logicalId: string): Readonly<Record<string, string>> {
  const properties = readProperties(stack, logicalId);
  const variables = properties.value('Environment', 'Variables') ?? {};
  const path = properties.path('Environment', 'Variables');
  if (!isObject(variables)) throw templateInvalid(path, `is ${shown(variables)}, not an object.`);
  return Object.fromEntries(
    Object.entries(variables).map(([key, value]) => {
      if (typeof value === 'object') throw templateInvalid(`${path}.${key}`, `is ${shown(value)}, not text.`);
      return [key, String(value)];
    }),
  );
}

import { codeDirectory, writtenCode } from './code-directory';
import { type PropertyReader, readProperties } from './property-reader';
import { constructPathOf, type Found, idOf } from './stack';
import { isObject, own } from './template';
import { shown, templateInvalid, templateUnsupported } from './template-error';

/** A function as the template deploys it: what the worker process needs to play its runtime. */
export interface LambdaFunction {
  /** Unique in the deployment: of a function in a nested stack it is a path, `Orders/Function`. */
  readonly logicalId: string;
  /** Absent where the CDK noted none. */
  readonly constructPath?: string;
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

// Source: Lambda API Reference, CreateFunction.
const DEFAULT_TIMEOUT_SECONDS = 3;
const DEFAULT_MEMORY_MB = 128;
/** A function may have more than the 14 minutes that one behind a Kafka mapping may: that is the mapping's to judge. */
const TIMEOUT_SECONDS = { minimum: 1, maximum: 900 };
const MEMORY_MB = { minimum: 128, maximum: 10_240 };

export function readFunction(found: Found, name: string, version: string): LambdaFunction {
  const { stack, logicalId } = found;
  const properties = readProperties(stack, logicalId);
  refuseImage(found, properties);
  refuseLayers(properties);
  const runtime = properties.requiredText('Runtime');
  if (!/^nodejs\d+\.x$/.test(runtime)) {
    throw templateUnsupported(
      properties.path('Runtime'),
      `is ${shown(runtime)}. Only Node.js runtimes (nodejs22.x) can be run.`,
    );
  }
  const timeoutSeconds = properties.number(TIMEOUT_SECONDS, 'Timeout') ?? DEFAULT_TIMEOUT_SECONDS;
  const constructPath = constructPathOf(found);
  return {
    logicalId: idOf(found),
    ...(constructPath !== undefined && { constructPath }),
    name,
    version,
    region: stack.region,
    handler: properties.requiredText('Handler'),
    runtime,
    timeoutMs: timeoutSeconds * 1000,
    memoryMb: properties.number(MEMORY_MB, 'MemorySize') ?? DEFAULT_MEMORY_MB,
    logGroupName: properties.text('LoggingConfig', 'LogGroup') ?? `/aws/lambda/${name}`,
    environment: readEnvironment(properties),
    assetPath: codeDirectory(stack, logicalId),
  };
}

function refuseImage({ stack, logicalId }: Found, properties: PropertyReader): void {
  const code = writtenCode(stack, logicalId);
  if (properties.text('PackageType') !== 'Image' && !(isObject(code) && own(code, 'ImageUri') !== undefined)) return;
  throw templateUnsupported(
    properties.path('PackageType'),
    'is a container image. Only functions from a folder of code can be run.',
  );
}

function refuseLayers(properties: PropertyReader): void {
  const layers = properties.list('Layers');
  if (layers.length === 0) return;
  throw templateUnsupported(
    properties.path('Layers'),
    `is ${shown(layers)}. Layers are not there locally, so a package that only a layer holds, as the AWS SDK or Powertools often are, would not be found. Bundle what the function needs, and leave the layers out for local runs.`,
  );
}

function readEnvironment(properties: PropertyReader): Readonly<Record<string, string>> {
  const keys = ['Environment', 'Variables'];
  return Object.fromEntries(
    properties.names(...keys).flatMap((name): (readonly [string, string])[] => {
      const value = properties.value(...keys, name);
      if (value === undefined) return [];
      if (typeof value !== 'object') return [[name, String(value)]];
      throw templateInvalid(properties.path(...keys, name), `is ${shown(value)}, not text.`);
    }),
  );
}

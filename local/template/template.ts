import { shown, templateInvalid, templateUnsupported } from './template-error';

export type JsonObject = Readonly<Record<string, unknown>>;

export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties?: JsonObject;
  readonly Metadata?: JsonObject;
}

/** A CloudFormation template: the sections that are read here, none of them resolved. */
export interface Template {
  readonly Parameters: Readonly<Record<string, JsonObject>>;
  readonly Mappings: Readonly<Record<string, unknown>>;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, Resource>>;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A property that the object itself holds: a template may name a resource `constructor`. */
export function own<T>(object: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

export function parseTemplate(text: string, file: string): Template {
  if (!text.trimStart().startsWith('{')) {
    throw templateUnsupported(
      file,
      'does not begin with "{", and only templates in JSON are read. `cdk synth` writes one to cdk.out; name that folder.',
    );
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw templateInvalid(file, `is not JSON: ${(error as Error).message}. Synthesize it again.`, { cause: error });
  }
  if (!isObject(parsed) || !isObject(parsed.Resources)) {
    throw templateInvalid(file, 'has no "Resources", so it is not a CloudFormation template.');
  }
  for (const [logicalId, resource] of Object.entries(parsed.Resources)) {
    if (!isObject(resource) || typeof resource.Type !== 'string') {
      throw templateInvalid(`Resources.${logicalId}`, `in ${file} has no "Type": ${shown(resource)}.`);
    }
  }
  return {
    Parameters: section(parsed, 'Parameters', file) as Template['Parameters'],
    Mappings: section(parsed, 'Mappings', file),
    Conditions: section(parsed, 'Conditions', file),
    Resources: parsed.Resources as unknown as Template['Resources'],
  };
}

function section(template: JsonObject, name: string, file: string): JsonObject {
  const value = template[name] ?? {};
  if (!isObject(value)) throw templateInvalid(name, `in ${file} is ${shown(value)}, not an object.`);
  return value;
}

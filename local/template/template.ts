import type { Places } from './places';

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
  /** Those of SAM as what a deployment makes of them. */
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, unknown>>;
  /** By logical id: where the file writes a resource that it writes elsewhere. */
  readonly places: ReadonlyMap<string, Places>;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object that CloudFormation would replace by a value. */
export function isIntrinsic(value: unknown): boolean {
  return isObject(value) && Object.keys(value).some((key) => key === 'Ref' || key.startsWith('Fn::'));
}

/** A property that the object itself holds: a template may name a resource `constructor`. */
export function own<T>(object: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

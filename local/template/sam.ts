import type { Places } from './places';
import type { Generated } from './sam-event';
import { expandFunction } from './sam-function';
import { isObject, type JsonObject, own, type Resource } from './template';
import { shown, templateInvalid } from './template-error';

/** SAM lets a resource do without all globals (`*`) or some of them. */
type SamResource = Resource & { readonly IgnoreGlobals?: unknown };

/**
 * Replaces what SAM replaces at deployment, as far as it concerns a local run: functions with their Kafka events,
 * simple tables, applications and layers. The rest stays as it is.
 */
export function expandSam(
  resources: Readonly<Record<string, Resource>>,
  globals: JsonObject,
): { readonly Resources: Readonly<Record<string, Resource>>; readonly places: ReadonlyMap<string, Places> } {
  const Resources: Record<string, Resource> = {};
  const places = new Map<string, Places>();
  for (const [logicalId, resource] of Object.entries(resources)) {
    const generated = expand(logicalId, resource, globals);
    if (generated === undefined) Resources[logicalId] = resource;
    for (const { logicalId: id, Type, Properties, places: written } of generated ?? []) {
      const attributes = id === logicalId ? resource : conditionOf(resource);
      Resources[id] = { ...attributes, Type, Properties };
      places.set(id, written);
    }
  }
  return { Resources, places };
}

function conditionOf({ Condition }: Resource): Pick<Resource, 'Condition'> {
  return Condition === undefined ? {} : { Condition };
}

function expand(logicalId: string, resource: SamResource, globals: JsonObject): readonly Generated[] | undefined {
  const properties = resource.Properties ?? {};
  const as = (Type: string, Properties: JsonObject, places: Places = {}) => [{ logicalId, Type, Properties, places }];
  switch (resource.Type) {
    case 'AWS::Serverless::Function':
      return expandFunction(logicalId, properties, heeded(globals.Function, resource.IgnoreGlobals));
    case 'AWS::Serverless::SimpleTable':
      return as('AWS::DynamoDB::Table', simpleTable(logicalId, properties));
    case 'AWS::Serverless::Application': {
      const { Location, ...rest } = properties;
      const place = `Resources.${logicalId}.Properties.Location`;
      return as('AWS::CloudFormation::Stack', { ...rest, TemplateURL: Location }, { TemplateURL: place });
    }
    case 'AWS::Serverless::LayerVersion':
      return as('AWS::Lambda::LayerVersion', properties);
    default:
      return undefined;
  }
}

function heeded(globals: unknown, ignored: unknown): JsonObject {
  if (!isObject(globals) || ignored === '*') return {};
  const without = Array.isArray(ignored) ? ignored : [];
  return Object.fromEntries(Object.entries(globals).filter(([name]) => !without.includes(name)));
}

const ATTRIBUTE_TYPES: Readonly<Record<string, string>> = { String: 'S', Number: 'N', Binary: 'B' };

/** One key and no sort key. Source: AWS SAM, AWS::Serverless::SimpleTable. */
function simpleTable(logicalId: string, properties: JsonObject): JsonObject {
  const { PrimaryKey, ...rest } = properties;
  const { Name, Type } = isObject(PrimaryKey) ? PrimaryKey : { Name: 'id', Type: 'String' };
  const AttributeType = own(ATTRIBUTE_TYPES, String(Type));
  if (AttributeType === undefined) {
    throw templateInvalid(
      `Resources.${logicalId}.Properties.PrimaryKey.Type`,
      `is ${shown(Type)}; accepted are ${Object.keys(ATTRIBUTE_TYPES).join(', ')}.`,
    );
  }
  return {
    ...rest,
    KeySchema: [{ AttributeName: Name, KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: Name, AttributeType }],
  };
}

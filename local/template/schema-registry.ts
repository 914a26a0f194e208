import type { PropertyReader } from './property-reader';
import { isObject } from './template';
import { shown, templateInvalid } from './template-error';

/** A registry whose schemas the service decodes records with before it filters and delivers them. */
export interface SchemaRegistry {
  /** Of a Glue registry its ARN, else the address of a registry with Confluent's interface. */
  readonly uri: string;
  /** `JSON`: the decoded record; `SOURCE`: its own bytes without the schema's id. */
  readonly eventRecordFormat: RecordFormat;
  /** What is decoded; the other one is delivered as it is. */
  readonly attributes: readonly RecordAttribute[];
}

export type RecordFormat = 'JSON' | 'SOURCE';
export type RecordAttribute = 'KEY' | 'VALUE';

const FORMATS: readonly RecordFormat[] = ['JSON', 'SOURCE'];
const ATTRIBUTES: readonly RecordAttribute[] = ['KEY', 'VALUE'];

/**
 * The schema registry of a mapping, without how to reach it.
 *
 * @param config the property that holds what belongs to Kafka alone.
 */
export function readSchemaRegistry(properties: PropertyReader, config: string): SchemaRegistry | undefined {
  const keys = [config, 'SchemaRegistryConfig'];
  // An empty object is how a mapping is freed from its registry.
  if (properties.names(...keys).length === 0) return undefined;
  return {
    uri: properties.requiredText(...keys, 'SchemaRegistryURI'),
    eventRecordFormat: oneOf(
      FORMATS,
      properties.requiredText(...keys, 'EventRecordFormat'),
      properties.path(...keys, 'EventRecordFormat'),
    ),
    attributes: readAttributes(properties, [...keys, 'SchemaValidationConfigs']),
  };
}

/** At least one, none twice. Source: Lambda Developer Guide, schema registries with Kafka event sources. */
function readAttributes(properties: PropertyReader, keys: readonly string[]): readonly RecordAttribute[] {
  const path = properties.path(...keys);
  const attributes = properties
    .list(...keys)
    .map((config, index) =>
      oneOf(ATTRIBUTES, isObject(config) ? config.Attribute : undefined, `${path}[${index}].Attribute`),
    );
  if (attributes.length > 0 && new Set(attributes).size === attributes.length) return attributes;
  throw templateInvalid(path, `names ${shown(attributes)}; accepted are KEY, VALUE or both, each once.`);
}

function oneOf<T extends string>(accepted: readonly T[], value: unknown, path: string): T {
  const found = accepted.find((item) => item === value);
  if (found !== undefined) return found;
  throw templateInvalid(path, `is ${shown(value)}; accepted are ${accepted.join(' and ')}.`);
}

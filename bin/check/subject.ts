import { isVersion, parseFunctionName } from '../../local/template/function-name';
import { attempt, findFunction } from '../../local/template/invoked-function';
import { findKafkaMappings } from '../../local/template/kafka-mappings';
import { type PropertyReader, readProperties } from '../../local/template/property-reader';
import { resolvable } from '../../local/template/resolvable';
import type { MappingSelection } from '../../local/template/select-mappings';
import { type Found, findResources, idOf, type Stack } from '../../local/template/stack';
import { isObject } from '../../local/template/template';
import { shown, templateUnsupported } from '../../local/template/template-error';
import { type LettersPlace, readLettersPlace } from './letters-place';
import { type MappingEntry, readMappingEntries } from './mapping-entries';

/** What a person lets the service do. */
export interface Allowed {
  /** Records that fail may end in an on-failure destination, or nowhere. */
  readonly serviceMayDiscard: boolean;
}

/** What a mapping calls. */
export interface Target {
  readonly functionName: string;
  /** `undefined`: the function itself. */
  readonly aliasName: string | undefined;
}

/** How the pollers reach the brokers. */
export interface Access {
  readonly type: string;
  readonly uri: () => string;
  readonly written: unknown;
}

/**
 * A Kafka mapping with all that stands behind it. Everything is read when it is asked for, and throws the reader's
 * error where it cannot be read.
 */
export class Subject {
  readonly id: string;
  readonly logicalId: string;
  readonly stack: Stack;
  readonly mapping: PropertyReader;

  constructor(
    private readonly found: Found,
    /** The other Kafka mappings of the deployment. */
    readonly others: () => readonly Subject[],
    readonly allowed: Allowed,
  ) {
    this.id = idOf(found);
    this.logicalId = found.logicalId;
    this.stack = found.stack;
    this.mapping = readProperties(found.stack, found.logicalId);
  }

  /** Provisioned, and not taken back by an empty object. */
  get hasPollers(): boolean {
    return this.mapping.names('ProvisionedPollerConfig').length > 0;
  }

  get reportsFailures(): boolean {
    return this.mapping.list('FunctionResponseTypes').length > 0;
  }

  /** `undefined`: the service takes the mapping's UUID. */
  get consumerGroupId(): string | undefined {
    const ofMsk = () => this.mapping.text('AmazonManagedKafkaEventSourceConfig', 'ConsumerGroupId');
    const ofOthers = () => this.mapping.text('SelfManagedKafkaEventSourceConfig', 'ConsumerGroupId');
    if (this.isMsk) return ofMsk();
    // Without a source either may be meant.
    return ofOthers() ?? (this.written('SelfManagedEventSource') === undefined ? ofMsk() : undefined);
  }

  /** A cluster of Amazon MSK, also one whose ARN is not known here. */
  get isMsk(): boolean {
    return this.written('EventSourceArn') !== undefined;
  }

  /** Credentials and network. What has no local name, such as a security group, is read when it is asked for. */
  access(): readonly Access[] {
    return this.accessAt(this.written('SourceAccessConfigurations'), 'SourceAccessConfigurations');
  }

  /** Credentials of a schema registry. */
  registryAccess(): readonly Access[] {
    const keys = [this.kafkaConfig, 'SchemaRegistryConfig', 'AccessConfigs'];
    const written = keys.reduce<unknown>(
      (value, key) => (isObject(value) ? value[key] : undefined),
      this.found.resource.Properties,
    );
    return this.accessAt(written, ...keys);
  }

  get kafkaConfig(): string {
    return this.isMsk ? 'AmazonManagedKafkaEventSourceConfig' : 'SelfManagedKafkaEventSourceConfig';
  }

  private accessAt(written: unknown, ...keys: string[]): readonly Access[] {
    const list = Array.isArray(written) ? written : this.mapping.list(...keys);
    return list.filter(isObject).map(({ Type, URI }, index) => {
      const place = `${this.mapping.path(...keys)}[${index}]`;
      return {
        type: String(this.stack.resolve(Type, `${place}.Type`)),
        uri: () => String(this.stack.resolve(URI, `${place}.URI`)),
        written: URI,
      };
    });
  }

  /** A property of the mapping without a value for what lies in it. */
  written(property: string): unknown {
    return this.found.resource.Properties?.[property];
  }

  get topic(): string | undefined {
    const [topic] = this.mapping.list('Topics');
    return topic === undefined ? undefined : String(topic);
  }

  get target(): Target {
    const { functionName, qualifier } = parseFunctionName(this.mapping.requiredText('FunctionName'));
    const aliasName = qualifier === undefined || isVersion(qualifier) ? undefined : qualifier;
    return { functionName, aliasName };
  }

  get functionFound(): Found {
    const { functionName } = this.target;
    const place = this.mapping.path('FunctionName');
    const found = attempt(() => findFunction(this.stack, functionName, place));
    if (found !== undefined) return found;
    throw templateUnsupported(place, `calls ${shown(functionName)}, a function that the template does not hold.`);
  }

  get function(): PropertyReader {
    const { stack, logicalId } = this.functionFound;
    return readProperties(stack, logicalId);
  }

  /** The alias that the mapping calls; `undefined`: it calls none, or one of another template. */
  get alias(): PropertyReader | undefined {
    const { functionName, aliasName } = this.target;
    if (aliasName === undefined) return undefined;
    const ofFunction = findResources(this.stack, 'AWS::Lambda::Alias')
      .map(({ stack, logicalId }) => readProperties(stack, logicalId))
      .filter(
        (alias) => parseFunctionName(resolvable(() => alias.text('FunctionName')) ?? '').functionName === functionName,
      );
    // One whose name cannot be read may be the one, and throws.
    return (
      ofFunction.find((alias) => resolvable(() => alias.text('Name')) === aliasName) ??
      ofFunction.find((alias) => alias.text('Name') === aliasName)
    );
  }

  /** `undefined`: not set, or empty. */
  variable(name: string): string | undefined {
    const value = this.function.value('Environment', 'Variables', name);
    // YAML has booleans, of which CloudFormation makes text.
    const text = typeof value === 'boolean' ? `${value}` : this.function.text('Environment', 'Variables', name)?.trim();
    return text === '' ? undefined : text;
  }

  placeOf(variable: string): string {
    return this.function.path('Environment', 'Variables', variable);
  }

  /** `undefined`: the variable is not there, or not of the right form. */
  get entries(): Readonly<Record<string, MappingEntry>> | undefined {
    return readMappingEntries(this);
  }

  /** `undefined`: none are configured, or not in the right form. */
  get letters(): LettersPlace | undefined {
    return readLettersPlace(this);
  }
}

/** The Kafka mappings of a deployment that are chosen. */
export function readSubjects(stack: Stack, selection: MappingSelection, allowed: Allowed): readonly Subject[] {
  const all: readonly Subject[] = findKafkaMappings(stack).map((found) => new Subject(found, () => all, allowed));
  const chosen = new Set(findKafkaMappings(stack, selection).map(idOf));
  return all.filter(({ id }) => chosen.has(id));
}

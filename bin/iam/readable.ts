import { isObject, type JsonObject } from '../../local/template/template';

/** An ARN within a cluster, put together of the parts of the cluster's ARN. */
const WITHIN_CLUSTER =
  /^arn:<part 1 of (<[^>]+>) by ":">:kafka:<part 3 of \1 by ":">:<part 4 of \1 by ":">:(\w+)\/<part 1 of \1 by "\/">\/<part 2 of \1 by "\/">\//;

/** Writes values of a template for people: a reference is the path of its construct, in `<>`. */
export class Readable {
  constructor(private readonly resources: JsonObject) {}

  /** The path of a resource's construct in its stack; its logical id where the template does not tell. */
  nameOf(logicalId: string): string {
    const resource = this.resources[logicalId];
    const path = isObject(resource) && isObject(resource.Metadata) ? resource.Metadata['aws:cdk:path'] : undefined;
    if (typeof path !== 'string') return logicalId;
    return path.replace(/^[^/]*\//, '').replace(/\/(Resource|Default)$/, '');
  }

  text(value: unknown): string {
    if (typeof value === 'string') return value;
    if (!isObject(value)) return JSON.stringify(value);
    const [[name, argument] = ['', undefined], ...others] = Object.entries(value);
    if (others.length > 0) return JSON.stringify(value);
    switch (name) {
      case 'Ref':
        return this.reference(String(argument));
      case 'Fn::GetAtt':
        return this.attribute(argument);
      case 'Fn::Join': {
        const [between, parts] = Array.isArray(argument) ? argument : [];
        if (!Array.isArray(parts)) return JSON.stringify(value);
        const joined = parts.map((part) => this.text(part)).join(between);
        return joined.replace(WITHIN_CLUSTER, '$1:$2/');
      }
      case 'Fn::Select':
        return this.part(argument);
      case 'Fn::Sub':
        return this.substituted(argument);
      default:
        return JSON.stringify(value);
    }
  }

  private substituted(argument: unknown): string {
    const [text, own = {}] = Array.isArray(argument) ? argument : [argument];
    return String(text).replaceAll(/\$\{([^}]+)\}/g, (_, name: string) =>
      Object.hasOwn(own, name) ? this.text(own[name]) : this.named(name),
    );
  }

  /** Within text an attribute is written like a name. */
  private named(name: string): string {
    return name.includes('.') ? this.attribute(name) : this.reference(name);
  }

  private reference(name: string): string {
    const pseudo = /^AWS::(\w+)$/.exec(name)?.[1];
    return `<${pseudo?.replace('AccountId', 'Account').toLowerCase() ?? this.nameOf(name)}>`;
  }

  /** An ARN is the resource itself. */
  private attribute(written: unknown): string {
    const [logicalId = '', ...rest] = Array.isArray(written) ? written.map(String) : String(written).split('.');
    const attribute = rest.join('.');
    const name = this.nameOf(logicalId);
    return /Arn$/.test(attribute) ? `<${name}>` : `<${name}.${attribute}>`;
  }

  private part(written: unknown): string {
    const [index, list] = Array.isArray(written) ? written : [];
    const split = isObject(list) ? list['Fn::Split'] : undefined;
    if (!Array.isArray(split)) return JSON.stringify({ 'Fn::Select': written });
    return `<part ${index} of ${this.text(split[1])} by "${split[0]}">`;
  }
}

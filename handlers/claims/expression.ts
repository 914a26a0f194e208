import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from './claim-item';

/** Collects the names and values of one DynamoDB expression; every name is aliased, since many are reserved words. */
export class Expression {
  readonly #names = new Map<string, string>();
  readonly #values: AttributeValue[] = [];

  name(attribute: string): string {
    const alias = this.#names.get(attribute) ?? `#${this.#names.size}`;
    this.#names.set(attribute, alias);
    return alias;
  }

  value(value: AttributeValue): string {
    this.#values.push(value);
    return `:${this.#values.length - 1}`;
  }

  equals(attribute: string, value: AttributeValue | undefined): string {
    return value === undefined
      ? `attribute_not_exists(${this.name(attribute)})`
      : `${this.name(attribute)} = ${this.value(value)}`;
  }

  set(attributes: Item): string {
    const parts = Object.entries(attributes).map(([name, value]) => `${this.name(name)} = ${this.value(value)}`);
    return `SET ${parts.join(', ')}`;
  }

  remove(attributes: readonly string[]): string {
    return `REMOVE ${attributes.map((attribute) => this.name(attribute)).join(', ')}`;
  }

  get placeholders() {
    return {
      ExpressionAttributeNames: Object.fromEntries([...this.#names].map(([attribute, alias]) => [alias, attribute])),
      ...(this.#values.length === 0
        ? {}
        : { ExpressionAttributeValues: Object.fromEntries(this.#values.map((value, index) => [`:${index}`, value])) }),
    };
  }
}

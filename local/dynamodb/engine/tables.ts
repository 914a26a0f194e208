import { DynamoDbEngineError, notInEngine, tableNotFound, validationError } from './errors';
import { Table, type TableSchema } from './table';

const NAME = /^[a-zA-Z0-9_.-]{1,255}$/;

export class Tables {
  readonly #tables = new Map<string, Table>();

  get(name: string | undefined): Table {
    if (name === undefined) {
      throw validationError("Value null at 'tableName' failed to satisfy constraint: Member must not be null");
    }
    const table = this.#tables.get(name);
    if (table !== undefined) return table;
    if (name.startsWith('arn:')) throw notInEngine(`the ARN of a table in the place of its name (${name})`, 'names');
    if (!NAME.test(name)) {
      throw validationError(
        `Value '${name}' at 'tableName' failed to satisfy constraint: ` +
          'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+, and have 1 to 255 characters',
      );
    }
    throw tableNotFound();
  }

  create(schema: TableSchema, createdAtMs: number): Table {
    if (this.#tables.has(schema.name)) {
      throw new DynamoDbEngineError('ResourceInUseException', 'Cannot create preexisting table');
    }
    const table = new Table(schema, createdAtMs);
    this.#tables.set(schema.name, table);
    return table;
  }

  delete(name: string): void {
    this.#tables.delete(name);
  }

  /** Sorted, as the service lists them. */
  names(): readonly string[] {
    return [...this.#tables.keys()].sort();
  }
}

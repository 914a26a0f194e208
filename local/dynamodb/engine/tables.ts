import { DynamoDbEngineError, tableNotFound, validationError } from './errors';
import { Table, type TableSchema } from './table';

export class Tables {
  readonly #tables = new Map<string, Table>();

  get(name: string | undefined): Table {
    if (name === undefined) {
      throw validationError("Value null at 'tableName' failed to satisfy constraint: Member must not be null");
    }
    const table = this.#tables.get(name);
    if (table === undefined) throw tableNotFound();
    return table;
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

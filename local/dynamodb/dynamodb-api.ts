import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';
import { requestHeaders } from './request-headers';

/** An error that DynamoDB answered, by the service's name for it. */
export class DynamoDbError extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}

export type Attribute = { readonly S?: string; readonly N?: string };
export type DynamoDbItem = Readonly<Record<string, Attribute>>;

/** DynamoDB's JSON over HTTP, without the SDK: what checks a function shares no code with it. */
export class DynamoDbApi {
  constructor(readonly endpoint: string) {}

  async call<Output = unknown>(operation: string, input: object): Promise<Output> {
    const response = await this.#post(operation, input);
    const output = await this.#outputOf(response);
    if (response.ok) return output as Output;
    const name = output.__type?.split('#').at(-1) ?? `HTTP ${response.status}`;
    throw new DynamoDbError(name, output.message ?? output.Message ?? '');
  }

  async scan(table: string): Promise<DynamoDbItem[]> {
    const items: DynamoDbItem[] = [];
    let ExclusiveStartKey: DynamoDbItem | undefined;
    do {
      const page = await this.call<{ Items: DynamoDbItem[]; LastEvaluatedKey?: DynamoDbItem }>('Scan', {
        TableName: table,
        ConsistentRead: true,
        ...(ExclusiveStartKey && { ExclusiveStartKey }),
      });
      items.push(...page.Items);
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return items;
  }

  async #outputOf(response: Response): Promise<{ __type?: string; message?: string; Message?: string }> {
    try {
      return (await response.json()) as object;
    } catch (error) {
      throw this.#unreachable('something else is there', error);
    }
  }

  async #post(operation: string, input: object): Promise<Response> {
    try {
      return await fetch(this.endpoint, {
        method: 'POST',
        headers: requestHeaders(operation),
        body: JSON.stringify(input),
      });
    } catch (error) {
      throw this.#unreachable('nothing is there', error);
    }
  }

  #unreachable(what: string, cause: unknown): LocalError {
    return new LocalError(
      ERROR_CODES.serverUnreachable,
      `No DynamoDB answers at ${this.endpoint}: ${what}. Start one with "msk-once servers", or name another one in MSK_ONCE_DYNAMODB.`,
      EXIT.unreachable,
      { cause },
    );
  }
}

import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';

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

// The local engines check the form of a signature and never the signature itself.
const AUTHORIZATION =
  'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0';

/** DynamoDB's JSON over HTTP, without the SDK: what checks a function shares no code with it. */
export class DynamoDbApi {
  constructor(readonly endpoint: string) {}

  async call<Output = unknown>(operation: string, input: object): Promise<Output> {
    const response = await this.#post(operation, input);
    const output = (await response.json()) as { __type?: string; message?: string; Message?: string };
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

  async #post(operation: string, input: object): Promise<Response> {
    try {
      return await fetch(this.endpoint, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': `DynamoDB_20120810.${operation}`,
          authorization: AUTHORIZATION,
          'x-amz-date': '20260101T000000Z',
        },
        body: JSON.stringify(input),
      });
    } catch (error) {
      throw new LocalError(
        ERROR_CODES.serverUnreachable,
        `No DynamoDB answers at ${this.endpoint}. Start it with "npm run servers", or name another one in MSK_ONCE_DYNAMODB.`,
        EXIT.unreachable,
        { cause: error },
      );
    }
  }
}

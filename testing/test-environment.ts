import { DEFAULT_REMEMBER_FOR_SECONDS, ENVIRONMENT, type Mappings } from '../contract/environment';
import { TEST_MAPPING } from './fake-context';

export interface TestEnvironmentOptions {
  /** @default one mapping, 'Test' */
  readonly mappings?: Mappings;
  /** Of the idempotency table. @default 'MskOnceTest' */
  readonly table?: string;
  /** A DynamoDB that is not AWS's. @default a port of this machine that nobody listens at */
  readonly endpoint?: string;
  /** Beside them, and before them. */
  readonly variables?: Readonly<Record<string, string>>;
}

export const TEST_MAPPINGS: Mappings = { [TEST_MAPPING]: { consumer: 'test', source: 'test', generation: 1 } };

/**
 * The environment that `processRecords` reads at import, with credentials and an endpoint with which nothing reaches
 * AWS by mistake.
 */
export function testEnvironment(options: TestEnvironmentOptions = {}): Record<string, string> {
  const { mappings = TEST_MAPPINGS, table = 'MskOnceTest', endpoint = 'http://127.0.0.1:9' } = options;
  return {
    [ENVIRONMENT.table]: table,
    [ENVIRONMENT.mappings]: JSON.stringify(mappings),
    [ENVIRONMENT.rememberForSeconds]: String(DEFAULT_REMEMBER_FOR_SECONDS),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    ...options.variables,
  };
}

/**
 * Does the work under {@link testEnvironment}, and puts back what was there before. Import the handler in it, and where
 * it is called against a database, call it in it too: the SDK reads its variables at the first request.
 */
export async function withTestEnvironment<Result>(
  work: () => Result | PromiseLike<Result>,
  options: TestEnvironmentOptions = {},
): Promise<Result> {
  const wanted = testEnvironment(options);
  const before = Object.keys(wanted).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, wanted);
  try {
    return await work();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

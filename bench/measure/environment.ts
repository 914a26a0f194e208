import { ENVIRONMENT, type Mappings } from '../../contract/environment';
import type { Scenario } from './scenarios';

export interface TableNames {
  readonly idempotency: string;
  /** Where the transactions have their effect. */
  readonly effects: string;
}

const MAPPINGS: Mappings = {
  bench: { consumer: 'bench', source: '11111111-2222-4333-8444-555555555555', generation: 0 },
};

/** Of a function as it is deployed, on a database at another place. */
export function functionEnvironment(
  { inFlight }: Pick<Scenario, 'inFlight'>,
  endpoint: string,
  tables: TableNames,
): Record<string, string> {
  return {
    [ENVIRONMENT.table]: tables.idempotency,
    [ENVIRONMENT.mappings]: JSON.stringify(MAPPINGS),
    [ENVIRONMENT.rememberForSeconds]: String(14 * 24 * 60 * 60),
    AWS_LAMBDA_FUNCTION_NAME: 'bench',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    BENCH_FUNCTION_ARN: 'arn:aws:lambda:us-east-1:123456789012:function:bench:bench-partial',
    BENCH_EFFECTS_TABLE: tables.effects,
    BENCH_IN_FLIGHT: String(inFlight ?? 0),
  };
}

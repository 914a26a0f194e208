import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { layerOptionInvalid } from '../errors';

export interface OncePersistenceLayerOptions {
  /** Name of the idempotency table; its key is `id`, as a stock layer has it. */
  readonly tableName: string;
  /** A client of your own. With SDK retries it may send a request again; that is harmless. */
  readonly awsSdkV3Client?: DynamoDBClient;
  /** For the client that the layer makes when you give none. */
  readonly clientConfig?: DynamoDBClientConfig;
  /** How long a claim outlives a process that died, milliseconds; it is renewed while the function runs. Default 30 000. */
  readonly leaseMs?: number;
  /** How far clocks of workers may be apart, milliseconds. Default 1 000. */
  readonly clockSkewMs?: number;
}

export interface LayerSettings {
  readonly table: string;
  readonly client: DynamoDBClient;
  readonly leaseMs: number;
  readonly clockSkewMs: number;
}

const OPTIONS: ReadonlySet<string> = new Set<keyof OncePersistenceLayerOptions>([
  'tableName',
  'awsSdkV3Client',
  'clientConfig',
  'leaseMs',
  'clockSkewMs',
]);
/** Powertools' options for the names of attributes, and the names that this table has. */
const FIXED: Readonly<Record<string, string | undefined>> = {
  keyAttr: 'id',
  sortKeyAttr: undefined,
  staticPkValue: undefined,
  statusAttr: 'status',
  expiryAttr: 'expiration',
  inProgressExpiryAttr: 'in_progress_expiration',
  dataAttr: 'data',
  validationKeyAttr: 'validation',
};

const DEFAULT_LEASE_MS = 30_000;
const DEFAULT_CLOCK_SKEW_MS = 1_000;
/** A lease must outlast a slow request. */
const MINIMUM_LEASE_MS = 1_000;

/** As those of `processRecords`: a call that takes longer counts as one without an answer. */
const CONNECTION_TIMEOUT_MS = 500;
const REQUEST_TIMEOUT_MS = 900;
const SOCKETS = 50;

export function layerSettings(options: OncePersistenceLayerOptions): LayerSettings {
  const given: Readonly<Record<string, unknown>> = { ...options };
  for (const [option, received] of Object.entries(given)) {
    if (received === undefined || OPTIONS.has(option)) continue;
    if (!(option in FIXED)) throw layerOptionInvalid({ option, received, accepted: [...OPTIONS].join(', ') });
    const fixed = FIXED[option];
    if (received === fixed) continue;
    const accepted =
      fixed === undefined ? 'no such option: the table has no sort key' : `${JSON.stringify(fixed)} only`;
    throw layerOptionInvalid({ option, received, accepted });
  }
  const { tableName, awsSdkV3Client, clientConfig } = options;
  if (typeof tableName !== 'string' || tableName === '') {
    throw layerOptionInvalid({ option: 'tableName', received: tableName, accepted: 'the name of a table' });
  }
  if (awsSdkV3Client !== undefined && typeof (awsSdkV3Client as Partial<DynamoDBClient>)?.send !== 'function') {
    throw layerOptionInvalid({
      option: 'awsSdkV3Client',
      received: awsSdkV3Client,
      accepted: 'a DynamoDBClient of @aws-sdk/client-dynamodb',
    });
  }
  return {
    table: tableName,
    client: awsSdkV3Client ?? ownClient(clientConfig),
    leaseMs: milliseconds('leaseMs', options.leaseMs, DEFAULT_LEASE_MS, MINIMUM_LEASE_MS),
    clockSkewMs: milliseconds('clockSkewMs', options.clockSkewMs, DEFAULT_CLOCK_SKEW_MS, 0),
  };
}

function milliseconds(option: string, received: number | undefined, fallback: number, minimum: number): number {
  if (received === undefined) return fallback;
  if (!Number.isSafeInteger(received) || received < minimum) {
    throw layerOptionInvalid({ option, received, accepted: `a whole number of milliseconds, ${minimum} or more` });
  }
  return received;
}

function ownClient(config: DynamoDBClientConfig = {}): DynamoDBClient {
  return new DynamoDBClient({
    // The layer asks again by itself, and recognises its own writes.
    maxAttempts: 1,
    cacheMiddleware: true,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      // Without it the SDK only warns when the time is up.
      throwOnRequestTimeout: true,
      httpAgent: { maxSockets: SOCKETS, keepAlive: true },
      httpsAgent: { maxSockets: SOCKETS, keepAlive: true },
    },
    ...config,
  });
}

import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';
import { LOCAL_ACCESS_KEY } from '../worker/worker-environment';

/** A service that plays one of AWS's: the settings with which the SDK's clients reach it, and nothing else. */
export interface StandIn {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly useFipsEndpoint: false;
  readonly useDualstackEndpoint: false;
  readonly maxAttempts: number;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: true;
  };
}

const AMAZON = /(^|\.)(amazonaws\.com(\.cn)?|api\.aws|aws\.dev)\.?$/i;

/**
 * The stand-in that the SDK's own variable names; undefined: none, so that no client may be made, because without an
 * endpoint it would speak to the developer's AWS account. An endpoint of AWS itself is refused.
 */
export function standIn(
  variable: 'AWS_ENDPOINT_URL_SQS' | 'AWS_ENDPOINT_URL_S3',
  env: NodeJS.ProcessEnv,
): StandIn | undefined {
  const endpoint = env[variable];
  if (!endpoint) return undefined;
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new LocalError(
      ERROR_CODES.environmentInvalid,
      `${variable} is "${endpoint}". It takes a URL, for example http://127.0.0.1:19324.`,
      EXIT.usage,
    );
  }
  if (AMAZON.test(url.hostname)) {
    throw new LocalError(
      ERROR_CODES.environmentInvalid,
      `${variable} is "${endpoint}", a real service: a local run sends nothing to AWS. Set it to a stand-in such as http://127.0.0.1:19324, or unset it.`,
      EXIT.refused,
    );
  }
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = env;
  return {
    endpoint,
    region: 'us-east-1',
    // A stand-in that checks signatures needs the keys it was given. No session token, no profile.
    credentials:
      AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY
        ? { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY }
        : { accessKeyId: LOCAL_ACCESS_KEY, secretAccessKey: LOCAL_ACCESS_KEY },
    // A profile that asks for them would make the SDK refuse an endpoint.
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    maxAttempts: 2,
    // In milliseconds. The SDK by itself would wait for ever.
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  };
}

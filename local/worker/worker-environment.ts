import { randomBytes } from 'node:crypto';
import { devNull } from 'node:os';
import type { LambdaFunction } from '../template/lambda-function';

/** Letters and digits only: DynamoDB Local refuses any other access key. */
export const LOCAL_ACCESS_KEY = 'mskonce';

type Environment = Readonly<Record<string, string>>;

// What a function may set itself. Source: Lambda Developer Guide, defined runtime environment variables.
const UNRESERVED: Environment = {
  LANG: 'en_US.UTF-8',
  PATH: '/usr/local/bin:/usr/bin:/bin',
  TZ: ':UTC',
  // Without them the SDK would read the developer's own ~/.aws, which the process's environment does not show.
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  // The SDK warns of the Node.js that runs it, which here is this machine's and not the function's.
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};

/** The whole environment of a worker process: nothing of this process's own is in it. */
export function workerEnvironment(lambda: LambdaFunction, extras: Environment): Environment {
  return {
    ...UNRESERVED,
    ...lambda.environment,
    _HANDLER: lambda.handler,
    LAMBDA_TASK_ROOT: lambda.assetPath,
    AWS_REGION: lambda.region,
    AWS_DEFAULT_REGION: lambda.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${lambda.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: lambda.name,
    AWS_LAMBDA_FUNCTION_VERSION: lambda.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(lambda.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: lambda.logGroupName,
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName(lambda.version),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_ACCESS_KEY_ID: LOCAL_ACCESS_KEY,
    AWS_SECRET_ACCESS_KEY: LOCAL_ACCESS_KEY,
    ...extras,
  };
}

function logStreamName(version: string): string {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
  return `${day}/[${version}]${randomBytes(16).toString('hex')}`;
}

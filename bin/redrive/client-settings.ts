import { ENVIRONMENT } from '../../contract/environment';

/** Of one request, in milliseconds. The SDK by itself would wait for ever. */
export function requestTimeouts(requestTimeout: number) {
  return { connectionTimeout: 5_000, requestTimeout, throwOnRequestTimeout: true };
}

/** Whether the SDK's own variables name another place than AWS for a service. */
export function hasEndpoint(variable: 'sqsEndpoint' | 's3Endpoint', env: NodeJS.ProcessEnv): boolean {
  return [ENVIRONMENT.endpoint, ENVIRONMENT[variable]].some((name) => (env[name] ?? '') !== '');
}

/** The region that a queue's URL names. */
export function regionOfQueue(url: string): string | undefined {
  return /^https:\/\/(?:sqs\.([a-z0-9-]+)\.|([a-z0-9-]+)\.queue\.)amazonaws\.com/.exec(url)?.slice(1).find(Boolean);
}

import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';

export interface ServerAddress {
  /** As a person reads it and as a client takes it. */
  readonly text: string;
  readonly host: string;
  readonly port: number;
}

export const KAFKA_VARIABLE = 'MSK_ONCE_KAFKA';
export const DYNAMODB_VARIABLE = 'MSK_ONCE_DYNAMODB';
export const SQS_VARIABLE = 'MSK_ONCE_SQS';
const KAFKA_DEFAULT = '127.0.0.1:19092';
const DYNAMODB_DEFAULT = 'http://127.0.0.1:18000';
const SQS_DEFAULT = 'http://127.0.0.1:19324';

export function kafkaAddress(env: NodeJS.ProcessEnv = process.env): ServerAddress {
  const text = env[KAFKA_VARIABLE] || KAFKA_DEFAULT;
  const parts = /^([^\s:/,]+):(\d{1,5})$/.exec(text);
  const port = Number(parts?.[2]);
  if (!parts?.[1] || !isPort(port)) {
    throw invalid(KAFKA_VARIABLE, text, 'one host:port without a scheme', KAFKA_DEFAULT);
  }
  return { text, host: parts[1], port };
}

export function dynamodbAddress(env: NodeJS.ProcessEnv = process.env): ServerAddress {
  return httpAddress(env, DYNAMODB_VARIABLE, DYNAMODB_DEFAULT);
}

export function sqsAddress(env: NodeJS.ProcessEnv = process.env): ServerAddress {
  return httpAddress(env, SQS_VARIABLE, SQS_DEFAULT);
}

function httpAddress(env: NodeJS.ProcessEnv, variable: string, byDefault: string): ServerAddress {
  const text = env[variable] || byDefault;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const port = Number(url?.port);
  if (url?.protocol !== 'http:' || !isPort(port)) {
    throw invalid(variable, text, 'a URL with scheme http and a port', byDefault);
  }
  return { text: `http://${url.hostname}:${port}`, host: url.hostname, port };
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536;
}

function invalid(variable: string, value: string, accepted: string, example: string): LocalError {
  return new LocalError(
    ERROR_CODES.environmentInvalid,
    `${variable} is "${value}". It takes ${accepted}, for example ${example}.`,
    EXIT.usage,
  );
}

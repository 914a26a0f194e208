import { generateAuthToken } from 'aws-msk-iam-sasl-signer-js';
import { type KafkaConfig, logLevel } from 'kafkajs';

/** How the brokers are reached, as the environment says it. */
export interface Connection {
  readonly config: KafkaConfig;
  readonly topic: string;
}

/** Reads `FLIGHTS_BROKERS` (`host:port`, with commas), `FLIGHTS_TOPIC` and `FLIGHTS_SECURITY` (`iam` or `none`). */
export function connectionOf(env: NodeJS.ProcessEnv): Connection {
  const security = required(env, 'FLIGHTS_SECURITY');
  if (security !== 'iam' && security !== 'none') {
    throw new Error(`FLIGHTS_SECURITY is ${JSON.stringify(security)}, accepted is iam or none`);
  }
  const region = security === 'iam' ? required(env, 'AWS_REGION') : '';
  return {
    topic: required(env, 'FLIGHTS_TOPIC'),
    config: {
      clientId: 'flight-producer',
      brokers: required(env, 'FLIGHTS_BROKERS').split(','),
      logLevel: logLevel.ERROR,
      ...(security === 'iam' && {
        ssl: true,
        // Asked for with each connection, and valid for 15 minutes, which is longer than an invocation.
        sasl: {
          mechanism: 'oauthbearer',
          oauthBearerProvider: async () => ({ value: (await generateAuthToken({ region })).token }),
        },
      }),
    },
  };
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (!value) throw new Error(`${name} is not set: the stack sets it`);
  return value;
}

import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';
import { addressOf, type BrokerConfig } from './broker-config';
import { causesOf, errorType, isConnectionError } from './kafka-errors';

/** The error in a user's words where we have them, else the error itself. */
export function explained(error: unknown, config: BrokerConfig, topic?: string): unknown {
  if (error instanceof LocalError) return error;
  const refused = refusal(error, config);
  if (refused) return refused;
  if (isConnectionError(error)) return unreachable(config, error);
  if (topic === undefined) return error;
  const codec = causesOf(error).find(({ name }) => name === 'KafkaJSNotImplemented');
  if (codec) return unreadable(topic, codec);
  const type = errorType(error);
  if (type === undefined) return error;
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION') return unknownTopic(topic, config, error);
  if (TOO_LARGE.includes(type)) return tooLarge(topic, type, error);
  if (type.endsWith('AUTHORIZATION_FAILED')) return forbidden(topic, config, type, error);
  return error;
}

export function unknownTopic(topic: string, config: BrokerConfig, cause?: unknown): LocalError {
  return new LocalError(
    ERROR_CODES.usage,
    `There is no topic "${topic}" at ${addressOf(config)}${config.sasl ? `, or user "${config.sasl.username}" may not see it` : ''}. ` +
      'Create it first, or name one that exists.',
    EXIT.usage,
    { cause },
  );
}

export function unreachable(config: BrokerConfig, cause?: unknown): LocalError {
  const remedy = config.ssl || config.sasl ? 'Check its address and that it runs.' : START_OR_NAME_ONE;
  return new LocalError(
    ERROR_CODES.serverUnreachable,
    `No Kafka broker answers at ${addressOf(config)}. ${remedy}`,
    EXIT.unreachable,
    { cause },
  );
}

const START_OR_NAME_ONE = 'Start one with `msk-once servers`, or set MSK_ONCE_KAFKA to one that runs.';
const TOO_LARGE: readonly string[] = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'];

/** A broker that does not let this client in; nothing that passes by itself. */
function refusal(error: unknown, config: BrokerConfig): LocalError | undefined {
  const causes = causesOf(error);
  const said = causes.map(({ code, type, message }) => `${code} ${type} ${message}`).join('\n');
  const { mechanism = '', username } = config.sasl ?? {};
  const address = addressOf(config);
  const refused = (words: string) => new LocalError(ERROR_CODES.usage, words, EXIT.usage, { cause: error });

  if (said.includes('UNSUPPORTED_SASL_MECHANISM')) {
    return refused(
      `Kafka at ${address} does not offer ${mechanism.toUpperCase()}. Set sasl.mechanism of the broker configuration to one that its listener has.`,
    );
  }
  if (causes.some(({ name }) => name === 'KafkaJSSASLAuthenticationError')) {
    return refused(
      `Kafka at ${address} refuses user "${username}" by ${mechanism.toUpperCase()}. ` +
        'Check sasl.username, the password and sasl.mechanism of the broker configuration.',
    );
  }
  const certificate = CERTIFICATE_PROBLEM.exec(said)?.[0];
  if (certificate !== undefined) {
    return refused(
      `The certificate of Kafka at ${address} is not trusted (${certificate}). Set ssl.caFile of the broker configuration ` +
        'to the certificate of the authority that issued it; the certificate must name the host.',
    );
  }
  if (CLIENT_CERTIFICATE_REFUSED.test(said)) {
    return refused(
      `Kafka at ${address} does not accept this client's certificate. Set ssl.certFile and ssl.keyFile of the broker ` +
        'configuration to one that an authority of the broker issued.',
    );
  }
  return undefined;
}

/** Node.js' names of what is wrong with the certificate of a server. */
const CERTIFICATE_PROBLEM =
  /\b(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_\w+|CERT_(?!IFICATE)\w+|ERR_TLS_CERT_ALTNAME_INVALID)\b/;
/** OpenSSL's names of the alerts with which a server ends a handshake. */
const CLIENT_CERTIFICATE_REFUSED = /ERR_SSL_\w*ALERT_\w*(CERTIFICATE|UNKNOWN_CA)\w*|ERR_SSL_\w*CERTIFICATE_REQUIRED/;

function unreadable(topic: string, cause: Error): LocalError {
  return new LocalError(
    ERROR_CODES.usage,
    `Topic "${topic}" holds records that cannot be read here (${cause.message}). Let the producer compress by gzip or not at all.`,
    EXIT.usage,
    { cause },
  );
}

function tooLarge(topic: string, type: string, cause: unknown): LocalError {
  return new LocalError(
    ERROR_CODES.usage,
    `Topic "${topic}" takes no message as large as one of these (${type}): raise its max.message.bytes.`,
    EXIT.usage,
    { cause },
  );
}

function forbidden(topic: string, config: BrokerConfig, type: string, cause: unknown): LocalError {
  const user = config.sasl ? `user "${config.sasl.username}"` : 'this client';
  return new LocalError(
    ERROR_CODES.usage,
    `Kafka at ${addressOf(config)} does not allow ${user} to do this with topic "${topic}" (${type}). ` +
      'Give it the permissions to read, write and describe the topic, and to read the consumer group.',
    EXIT.usage,
    { cause },
  );
}

import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';
import { addressOf, type BrokerConfig } from './broker-config';
import { kafkaClient } from './kafka-client';
import { causesOf } from './kafka-errors';
import { explained, unreachable } from './kafka-explain';

/** Whether a broker answers a metadata request there, and knows a controller. */
export async function kafkaAnswers(config: BrokerConfig, timeoutMs: number): Promise<boolean> {
  return requireAnswer(config, timeoutMs).then(
    () => true,
    () => false,
  );
}

/** Rejects, in words, when no broker answers, or none that lets this client in. */
export async function requireAnswer(config: BrokerConfig, timeoutMs: number): Promise<void> {
  const options = { connectionTimeout: timeoutMs, requestTimeout: timeoutMs, retry: { retries: 0 } };
  const admin = kafkaClient(config, 'msk-once-probe', options).admin();
  try {
    await admin.connect();
    const { brokers, controller } = await admin.describeCluster();
    if (brokers.length === 0 || controller === null) throw unreachable(config);
  } catch (error) {
    throw anotherLanguage(error, config) ?? explained(error, config);
  } finally {
    await admin.disconnect();
  }
}

/** Something took the connection and did not answer as a broker of this configuration does. */
function anotherLanguage(error: unknown, config: BrokerConfig): LocalError | undefined {
  const causes = causesOf(error);
  const wasTaken =
    causes.some(({ name }) => TAKEN.includes(name)) ||
    causes.some(({ code, message }) => TLS_WITHOUT_PARTNER.test(`${code} ${message}`));
  if (!wasTaken) return undefined;
  const reason = config.ssl
    ? 'does not speak TLS as Kafka does: leave "ssl" out of the broker configuration, or name the port of the TLS listener'
    : 'does not speak Kafka in plain text: it is another program, or a Kafka that asks for TLS or SASL, which a broker configuration (--broker-config) holds';
  return new LocalError(
    ERROR_CODES.serverUnreachable,
    `What answers at ${addressOf(config)} ${reason}.`,
    EXIT.unreachable,
    { cause: error },
  );
}

const TAKEN: readonly string[] = ['KafkaJSConnectionClosedError', 'KafkaJSRequestTimeoutError'];
const TLS_WITHOUT_PARTNER = /disconnected before secure TLS|WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG/;

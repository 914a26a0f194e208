import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { plainBroker } from '../broker/broker-config';
import { kafkaAnswers } from '../broker/kafka-answers';
import { KAFKA_VARIABLE, kafkaAddress } from './address';
import { JAVA_OPTIONS, type ServerDefinition, type ServerPlace } from './definition';
import { serverFiles } from './package-root';

/** Apache Kafka: one node that is broker and controller (KRaft), with nothing kept from start to start. */
export const KAFKA: ServerDefinition = {
  name: 'kafka',
  title: 'Kafka',
  variable: KAFKA_VARIABLE,
  downloadMB: 43,
  address: kafkaAddress,
  ports: ({ port }) => [port, port + 1],
  answers: ({ text }) => kafkaAnswers(plainBroker(text), 1_000),
  programs(place) {
    const configuration = writeConfiguration(place);
    const java = [
      ...JAVA_OPTIONS,
      `-Dlog4j2.configurationFile=${serverFiles('kafka', 'log4j2.properties')}`,
      '-cp',
      path.join(place.lib, '*'),
    ];
    return [
      [...java, 'kafka.tools.StorageTool', 'format', '-t', clusterId(), '-c', configuration],
      [...java, 'kafka.Kafka', configuration],
    ];
  },
};

function writeConfiguration({ address, run }: ServerPlace): string {
  const values: Record<string, string> = {
    HOST: address.host,
    PORT: String(address.port),
    CONTROLLER_PORT: String(address.port + 1),
    // A properties file takes a backslash as an escape.
    DATA: path.join(run, 'data').replaceAll('\\', '/'),
  };
  const template = readFileSync(serverFiles('kafka', 'server.properties'), 'utf8');
  const file = path.join(run, 'server.properties');
  writeFileSync(
    file,
    template.replace(/\{([A-Z_]+)\}/g, (placeholder, name: string) => values[name] ?? placeholder),
  );
  return file;
}

/** Kafka's form of a UUID: 16 bytes in base64url. A leading dash would be read as an option. */
function clusterId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? clusterId() : id;
}

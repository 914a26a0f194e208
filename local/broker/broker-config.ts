import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type ConfigField, configRoot } from './config-field';

/** Where a cluster is, and how to prove who we are. */
export interface BrokerConfig {
  /** Each `host:port`. One is enough to find the others. */
  readonly brokers: readonly string[];
  /** Absent: no TLS. */
  readonly ssl?: TlsConfig;
  readonly sasl?: SaslConfig;
}

/** The contents of PEM files. */
export interface TlsConfig {
  /** Default: the authorities that Node.js trusts. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** @default true */
  readonly rejectUnauthorized?: boolean;
}

export interface SaslConfig {
  readonly mechanism: (typeof MECHANISMS)[number];
  readonly username: string;
  readonly password: string;
}

const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

/** A broker that asks for nothing. */
export function plainBroker(address: string): BrokerConfig {
  return { brokers: [address] };
}

/** As messages name the cluster. */
export function addressOf({ brokers }: BrokerConfig): string {
  return brokers.join(', ');
}

/**
 * Reads the file of `--broker-config`:
 * `{ "brokers": ["host:port"], "ssl": true | { "caFile", "certFile", "keyFile", "rejectUnauthorized" },
 * "sasl": { "mechanism", "username", "password" | "passwordEnv" } }`. Paths in it are relative to the file.
 * Throws a `LocalError` that names the field; a password is in no message.
 */
export function readBrokerConfig(file: string, env: NodeJS.ProcessEnv = process.env): BrokerConfig {
  const root = configRoot(file);
  root.allowOnly('brokers', 'ssl', 'sasl');
  const ssl = root.field('ssl');
  const sasl = root.field('sasl');
  return {
    brokers: addressesIn(root.field('brokers')),
    ...(ssl.isPresent() && ssl.value !== false && { ssl: tlsIn(ssl, path.dirname(file)) }),
    ...(sasl.isPresent() && { sasl: saslIn(sasl, env) }),
  };
}

function addressesIn(field: ConfigField): readonly string[] {
  const addresses: readonly unknown[] = Array.isArray(field.value) ? field.value : [];
  const isAddress = (one: unknown): one is string => typeof one === 'string' && isHostAndPort(one);
  if (addresses.length === 0 || !addresses.every(isAddress)) {
    throw field.wrong('a list of at least one "host:port" without a scheme, such as ["b-1.example.com:9094"]');
  }
  return addresses;
}

function isHostAndPort(text: string): boolean {
  const port = Number(/^[^\s:/,]+:(\d{1,5})$/.exec(text)?.[1]);
  return port > 0 && port < 65_536;
}

function tlsIn(field: ConfigField, directory: string): TlsConfig {
  if (field.value === true) return {};
  field.requireObject('true, or an object with "caFile", "certFile" and "keyFile"');
  field.allowOnly('caFile', 'certFile', 'keyFile', 'rejectUnauthorized');
  const [caFile, certFile, keyFile] = [field.field('caFile'), field.field('certFile'), field.field('keyFile')];
  if (certFile.isPresent() !== keyFile.isPresent()) {
    throw (certFile.isPresent() ? keyFile : certFile).wrong(
      'the path of a PEM file: a client certificate needs both "certFile" and "keyFile"',
    );
  }
  const rejectUnauthorized = field.field('rejectUnauthorized');
  return {
    ...(caFile.isPresent() && { ca: pemIn(caFile, directory, 'CERTIFICATE') }),
    ...(certFile.isPresent() && { cert: pemIn(certFile, directory, 'CERTIFICATE') }),
    ...(keyFile.isPresent() && { key: pemIn(keyFile, directory, 'PRIVATE KEY') }),
    ...(rejectUnauthorized.isPresent() && { rejectUnauthorized: rejectUnauthorized.boolean() }),
  };
}

function pemIn(field: ConfigField, directory: string, holds: 'CERTIFICATE' | 'PRIVATE KEY'): string {
  const file = path.resolve(directory, field.text());
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw field.wrong(`the path of a PEM file; ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  const begin = holds === 'CERTIFICATE' ? /-----BEGIN CERTIFICATE-----/ : /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
  if (!begin.test(text)) throw field.wrong(`the path of a PEM file; ${file} holds no ${holds.toLowerCase()}`);
  return text;
}

function saslIn(field: ConfigField, env: NodeJS.ProcessEnv): SaslConfig {
  field.requireObject('an object with "mechanism", "username" and "password" or "passwordEnv"', { hidden: true });
  field.allowOnly('mechanism', 'username', 'password', 'passwordEnv');
  return {
    mechanism: field.field('mechanism').oneOf(MECHANISMS),
    username: field.field('username').text(),
    password: passwordIn(field, env),
  };
}

function passwordIn(sasl: ConfigField, env: NodeJS.ProcessEnv): string {
  const [password, variable] = [sasl.field('password'), sasl.field('passwordEnv')];
  if (password.isPresent() === variable.isPresent()) {
    throw sasl.wrong('either "password", or "passwordEnv" with the name of the environment variable that holds it', {
      hidden: true,
    });
  }
  if (password.isPresent()) return password.text({ hidden: true });
  const name = variable.text();
  const value = env[name];
  if (!value) throw variable.wrong(`the name of an environment variable that holds the password; ${name} is not set`);
  return value;
}

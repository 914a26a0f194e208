import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readBrokerConfig } from '../../../local/broker/broker-config';

const SECRET = 'correct horse';
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const KEY = '-----BEGIN RSA PRIVATE KEY-----\nBBBB\n-----END RSA PRIVATE KEY-----\n';
const brokers = ['b-1.example.com:9096'];

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'msk-once-broker-config-'));
  writeFileSync(path.join(directory, 'ca.pem'), CERTIFICATE);
  writeFileSync(path.join(directory, 'client.pem'), CERTIFICATE);
  writeFileSync(path.join(directory, 'client.key'), KEY);
});
afterAll(() => rmSync(directory, { recursive: true }));

function written(text: string): string {
  const file = path.join(directory, 'broker.json');
  writeFileSync(file, text);
  return file;
}

const read = (config: unknown, env: NodeJS.ProcessEnv = {}) => readBrokerConfig(written(JSON.stringify(config)), env);

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toMatchObject({ code: 'MSK_ONCE_USAGE', exitCode: 2 });
    return (error as Error).message;
  }
  throw new Error('It was accepted.');
}

describe('what a configuration says', () => {
  test('addresses alone', () => {
    expect(read({ brokers: ['a:1', 'b:65535'] })).toEqual({ brokers: ['a:1', 'b:65535'] });
  });

  test('TLS by the authorities of Node.js, or none', () => {
    expect(read({ brokers, ssl: true })).toEqual({ brokers, ssl: {} });
    expect(read({ brokers, ssl: false })).toEqual({ brokers });
  });

  test('files are read, and looked for beside the configuration', () => {
    const ssl = { caFile: 'ca.pem', certFile: path.join(directory, 'client.pem'), keyFile: './client.key' };

    expect(read({ brokers, ssl: { ...ssl, rejectUnauthorized: false } })).toEqual({
      brokers,
      ssl: { ca: CERTIFICATE, cert: CERTIFICATE, key: KEY, rejectUnauthorized: false },
    });
  });

  test.each(['plain', 'scram-sha-256', 'scram-sha-512'])('%s with a password in the file', (mechanism) => {
    const sasl = { mechanism, username: 'shop', password: SECRET };

    expect(read({ brokers, sasl })).toEqual({ brokers, sasl });
  });

  test('a password from the environment', () => {
    const sasl = { mechanism: 'plain', username: 'shop', passwordEnv: 'KAFKA_PASSWORD' };

    expect(read({ brokers, sasl }, { KAFKA_PASSWORD: SECRET }).sasl?.password).toBe(SECRET);
  });
});

describe('what is wrong is named with its field, what it was and what it takes', () => {
  const sasl = { mechanism: 'plain', username: 'shop', password: SECRET };

  test.each<[string, unknown, RegExp]>([
    ['no object', [sasl], /What .*broker\.json holds is wrong\. It takes an object with "brokers"/],
    ['no addresses', {}, /"brokers" in .*broker\.json is missing\. It takes a list of at least one "host:port"/],
    ['an empty list', { brokers: [] }, /"brokers" in .* is \[\]/],
    ['a text instead of a list', { brokers: 'a:1' }, /"brokers" in .* is "a:1"/],
    ['a scheme', { brokers: ['kafka://a:1'] }, /"brokers" in .* is \["kafka:\/\/a:1"\].*without a scheme/],
    [
      'credentials in an address',
      { brokers: [`sasl://shop:${SECRET}@a:1`] },
      /"brokers" in .* is \["sasl:\/\/\*\*\*@a:1"\]/,
    ],
    ['no port', { brokers: ['a'] }, /"brokers"/],
    ['a port that is none', { brokers: ['a:65536'] }, /"brokers"/],
    ['an unknown field', { brokers, tls: true }, /has a field "tls", which is not known.*"brokers", "ssl", "sasl"/],
    ['a text as TLS', { brokers, ssl: 'yes' }, /"ssl" in .* is "yes"\. It takes true, or an object/],
    ['an unknown field of TLS', { brokers, ssl: { ca: 'x' } }, /has a field "ssl\.ca".*"caFile"/],
    [
      'a file that is not there',
      { brokers, ssl: { caFile: 'absent.pem' } },
      /"ssl\.caFile" .*absent\.pem cannot be read \(ENOENT\)/,
    ],
    [
      'a file without a certificate',
      { brokers, ssl: { caFile: 'client.key' } },
      /"ssl\.caFile" .*holds no certificate/,
    ],
    [
      'a certificate without its key',
      { brokers, ssl: { certFile: 'client.pem' } },
      /"ssl\.keyFile" in .* is missing.*both/,
    ],
    [
      'a key without its certificate',
      { brokers, ssl: { keyFile: 'client.key' } },
      /"ssl\.certFile" in .* is missing.*both/,
    ],
    [
      'a key that is none',
      { brokers, ssl: { certFile: 'client.pem', keyFile: 'ca.pem' } },
      /"ssl\.keyFile" .*holds no private key/,
    ],
    ['a path that is none', { brokers, ssl: { caFile: 7 } }, /"ssl\.caFile" in .* is 7\. It takes a text/],
    [
      'neither true nor false',
      { brokers, ssl: { rejectUnauthorized: 'no' } },
      /"ssl\.rejectUnauthorized" in .* is "no"\. It takes true or false/,
    ],
    ['a text as SASL', { brokers, sasl: `shop:${SECRET}` }, /"sasl" in .* is wrong\. It takes an object/],
    ['an unknown field of SASL', { brokers, sasl: { ...sasl, user: 'x' } }, /has a field "sasl\.user"/],
    [
      'another mechanism',
      { brokers, sasl: { ...sasl, mechanism: 'oauthbearer' } },
      /"sasl\.mechanism" in .* is "oauthbearer"\. It takes "plain", "scram-sha-256", "scram-sha-512"/,
    ],
    ['no user', { brokers, sasl: { ...sasl, username: undefined } }, /"sasl\.username" in .* is missing/],
    [
      'no password',
      { brokers, sasl: { ...sasl, password: undefined } },
      /"sasl" in .*either "password", or "passwordEnv"/,
    ],
    [
      'two passwords',
      { brokers, sasl: { ...sasl, passwordEnv: 'P' } },
      /"sasl" in .*either "password", or "passwordEnv"/,
    ],
    [
      'a number as password',
      { brokers, sasl: { ...sasl, password: 8_675_309 } },
      /"sasl\.password" in .* is wrong\. It takes a text/,
    ],
    ['an empty password', { brokers, sasl: { ...sasl, password: '' } }, /"sasl\.password" in .* is wrong/],
    [
      'a variable that is not set',
      { brokers, sasl: { ...sasl, password: undefined, passwordEnv: 'KAFKA_PASSWORD' } },
      /"sasl\.passwordEnv" .*KAFKA_PASSWORD is not set/,
    ],
  ])('%s', (_, config, message) => {
    const said = refusal(() => read(config));

    expect(said).toMatch(message);
    expect(said).not.toMatch(/correct horse|8675309/);
  });

  test('a file that is not there', () => {
    expect(refusal(() => readBrokerConfig(path.join(directory, 'absent.json')))).toMatch(
      /absent\.json cannot be read \(ENOENT\)/,
    );
  });

  test('text that is no JSON is not quoted', () => {
    const said = refusal(() => readBrokerConfig(written(`{ "password": "${SECRET}" `)));

    expect(said).toMatch(/broker\.json is not JSON/);
    expect(said).not.toContain(SECRET);
  });
});

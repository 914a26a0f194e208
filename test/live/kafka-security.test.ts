import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs';
import { EXIT } from '../../contract/error-codes';
import { readBrokerConfig } from '../../local/broker/broker-config';
import { connectKafka } from '../../local/broker/kafka';
import { hasOpenssl, keyAndCertificate, makeCertificates } from '../support/certificates';
import { otherClient, withAdmin } from '../support/kafka-others';
import { OwnKafka } from '../support/own-kafka';

/** The listeners, by their place behind the controller's port. */
const [SASL, TLS, MUTUAL, SASL_TLS] = [0, 1, 2, 3];
const TOPIC = 'orders';
const ALICE = { username: 'alice', password: 'of-alice' };

const canRun = hasOpenssl();
if (!canRun) console.warn('Skipped: Kafka with TLS and SASL. openssl is not on the PATH.');

(canRun ? describe : describe.skip)('a Kafka that asks who we are', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'msk-once-security-'));
  let kafka: OwnKafka;

  beforeAll(async () => {
    makeCertificates(directory);
    mkdirSync(path.join(directory, 'other'));
    makeCertificates(path.join(directory, 'other'));
    kafka = await startSecured(directory);
    const broker = await connectKafka(kafka.address);
    await broker.createTopic(TOPIC, 2);
    await broker.produce(TOPIC, [{ key: Buffer.from('k'), value: Buffer.from('v') }]);
    await broker.close();
  });
  afterAll(async () => {
    await kafka?.stop();
    rmSync(directory, { recursive: true });
  });

  /** Connects as `--broker-config` does. */
  function connect(listener: number, config: object, env: NodeJS.ProcessEnv = {}) {
    const file = path.join(directory, 'broker.json');
    writeFileSync(file, JSON.stringify({ brokers: [kafka.addressOf(listener)], ...config }));
    return connectKafka(readBrokerConfig(file, env), { patienceMs: 3_000 });
  }

  const trusted = { caFile: 'ca.pem' };
  const client = { certFile: 'client.pem', keyFile: 'client.key' };

  test.each<[string, number, object]>([
    ['PLAIN', SASL, { sasl: { mechanism: 'plain', ...ALICE } }],
    ['SCRAM-SHA-256', SASL, { sasl: { mechanism: 'scram-sha-256', ...ALICE } }],
    ['SCRAM-SHA-512', SASL, { sasl: { mechanism: 'scram-sha-512', ...ALICE } }],
    ['TLS', TLS, { ssl: trusted }],
    ['TLS that is not checked', TLS, { ssl: { rejectUnauthorized: false } }],
    ['TLS with a client certificate', MUTUAL, { ssl: { ...trusted, ...client } }],
    ['SCRAM-SHA-512 over TLS', SASL_TLS, { ssl: trusted, sasl: { mechanism: 'scram-sha-512', ...ALICE } }],
  ])('%s: everything that a run does is done', async (name, listener, config) => {
    const broker = await connect(listener, config);
    const groupId = `group-${name}`;

    const before = await broker.readAll(TOPIC);
    await broker.produce(TOPIC, [{ key: null, value: Buffer.from(name) }]);
    const member = await broker.join({ groupId, topic: TOPIC, startingPosition: 'TRIM_HORIZON' });
    const given: string[] = [];
    while (given.length < before.length + 1) {
      for (const { partition } of member.assigned()) {
        given.push(...member.take(partition, 10).map(({ value }) => String(value)));
      }
      await member.changed(100);
    }
    await member.commit(0, 0);
    await broker.close();

    expect(given).toContain(name);
    expect(given.sort()).toEqual([...before.map(({ value }) => String(value)), name].sort());
  });

  test('the password may come from the environment', async () => {
    const sasl = { mechanism: 'plain', username: 'alice', passwordEnv: 'KAFKA_PASSWORD' };

    const broker = await connect(SASL, { sasl }, { KAFKA_PASSWORD: ALICE.password });

    expect((await broker.endOffsets(TOPIC)).size).toBe(2);
    await broker.close();
  });

  describe('who is not let in is told so within seconds', () => {
    const wrong = { ...ALICE, password: 'not-hers' };

    test.each<[string, number, object, RegExp, number]>([
      [
        'wrong password, PLAIN',
        SASL,
        { sasl: { mechanism: 'plain', ...wrong } },
        /refuses user "alice" by PLAIN/,
        EXIT.usage,
      ],
      [
        'wrong password, SCRAM',
        SASL,
        { sasl: { mechanism: 'scram-sha-512', ...wrong } },
        /refuses user "alice" by SCRAM-SHA-512/,
        EXIT.usage,
      ],
      [
        'unknown user',
        SASL,
        { sasl: { mechanism: 'scram-sha-256', ...ALICE, username: 'eve' } },
        /refuses user "eve" by SCRAM-SHA-256/,
        EXIT.usage,
      ],
      [
        'a mechanism that is off',
        SASL_TLS,
        { ssl: trusted, sasl: { mechanism: 'plain', ...ALICE } },
        /does not offer PLAIN\. Set sasl\.mechanism/,
        EXIT.usage,
      ],
      ['no credentials', SASL, {}, /asks for TLS or SASL/, EXIT.unreachable],
      ['no TLS where TLS is spoken', TLS, {}, /TLS or SASL/, EXIT.unreachable],
      [
        'no TLS where TLS is spoken, with credentials',
        SASL_TLS,
        { sasl: { mechanism: 'scram-sha-512', ...ALICE } },
        /TLS/,
        EXIT.unreachable,
      ],
      [
        'TLS where none is spoken',
        SASL,
        { ssl: trusted, sasl: { mechanism: 'plain', ...ALICE } },
        /does not speak TLS/,
        EXIT.unreachable,
      ],
      [
        'an authority that Node.js does not know',
        TLS,
        { ssl: true },
        /certificate .* is not trusted .*ssl\.caFile/,
        EXIT.usage,
      ],
      [
        'another authority',
        TLS,
        { ssl: { caFile: 'other/ca.pem' } },
        /certificate .* is not trusted .*ssl\.caFile/,
        EXIT.usage,
      ],
      ['no client certificate', MUTUAL, { ssl: trusted }, /does not accept this client's certificate/, EXIT.usage],
      [
        "a stranger's client certificate",
        MUTUAL,
        { ssl: { ...trusted, certFile: 'other/client.pem', keyFile: 'other/client.key' } },
        /does not accept this client's certificate/,
        EXIT.usage,
      ],
    ])('%s', async (_, listener, config, message, exitCode) => {
      const begun = Date.now();

      const error = await connect(listener, config).catch((rejected: unknown) => rejected);

      expect(error).toMatchObject({ exitCode, message: expect.stringMatching(message) });
      expect((error as Error).message).toContain(kafka.addressOf(listener));
      expect((error as Error).message).not.toContain('not-hers');
      expect({ slow: Date.now() - begun > 10_000 }).toEqual({ slow: false });
    });
  });

  describe('a user who may not do something is told which permission is missing', () => {
    const bob = { sasl: { mechanism: 'plain', username: 'bob', password: 'of-bob' } };

    test('a topic that he may not see', async () => {
      const broker = await connect(SASL, bob);

      const reading = broker.readAll(TOPIC);

      await expect(reading).rejects.toThrow(/There is no topic "orders" .*, or user "bob" may not see it/);
      await broker.close();
    });

    test('a topic that he may see, and neither read nor write', async () => {
      await withAdmin(otherClient(kafka.address), (admin) =>
        admin.createAcls({
          acl: [
            {
              resourceType: AclResourceTypes.TOPIC,
              resourceName: TOPIC,
              resourcePatternType: ResourcePatternTypes.LITERAL,
              principal: 'User:bob',
              host: '*',
              operation: AclOperationTypes.DESCRIBE,
              permissionType: AclPermissionTypes.ALLOW,
            },
          ],
        }),
      );
      const broker = await connect(SASL, bob);
      const refused = { exitCode: EXIT.usage, message: expect.stringMatching(/does not allow user "bob"/) };

      await expect(broker.readAll(TOPIC)).rejects.toMatchObject(refused);
      await expect(broker.produce(TOPIC, [{ key: null, value: null }])).rejects.toMatchObject(refused);
      const joining = broker.join({ groupId: 'g', topic: TOPIC, startingPosition: 'TRIM_HORIZON' });
      await expect(joining).rejects.toMatchObject(refused);
      await broker.close();
    });
  });
});

describe('a port that is open and is no Kafka', () => {
  test.each<[string, (server: Server) => void]>([
    ['says nothing', () => {}],
    ['hangs up', (server) => server.on('connection', (socket) => socket.end())],
    [
      'speaks HTTP',
      (server) =>
        server.on('connection', (socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))),
    ],
  ])('%s', async (_, behave) => {
    const server = createServer();
    behave(server);
    const sockets = new Set<{ destroy(): unknown }>();
    server.on('connection', (socket) => sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const begun = Date.now();

    const connecting = connectKafka(`127.0.0.1:${port}`);

    await expect(connecting).rejects.toMatchObject({
      exitCode: EXIT.unreachable,
      message: expect.stringContaining(`127.0.0.1:${port}`),
    });
    expect({ slow: Date.now() - begun > 10_000 }).toEqual({ slow: false });
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
});

function startSecured(directory: string): Promise<OwnKafka> {
  const tls = (listener: string, clientAuth: 'none' | 'required') => ({
    [`listener.name.${listener}.ssl.keystore.type`]: 'PEM',
    [`listener.name.${listener}.ssl.keystore.location`]: keyAndCertificate(directory, 'server'),
    [`listener.name.${listener}.ssl.truststore.type`]: 'PEM',
    [`listener.name.${listener}.ssl.truststore.location`]: path.join(directory, 'ca.pem'),
    [`listener.name.${listener}.ssl.client.auth`]: clientAuth,
  });
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
  const plain = `org.apache.kafka.common.security.plain.PlainLoginModule required user_alice="${ALICE.password}" user_bob="of-bob";`;
  return OwnKafka.start({
    listeners: [
      { name: 'SASL', protocol: 'SASL_PLAINTEXT' },
      { name: 'TLS', protocol: 'SSL' },
      { name: 'MUTUAL', protocol: 'SSL' },
      { name: 'SASLTLS', protocol: 'SASL_SSL' },
    ],
    properties: {
      ...tls('tls', 'none'),
      ...tls('mutual', 'required'),
      ...tls('sasltls', 'none'),
      'listener.name.sasl.sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      'listener.name.sasl.plain.sasl.jaas.config': plain,
      'listener.name.sasl.scram-sha-256.sasl.jaas.config': scram,
      'listener.name.sasl.scram-sha-512.sasl.jaas.config': scram,
      'listener.name.sasltls.sasl.enabled.mechanisms': 'SCRAM-SHA-512',
      'listener.name.sasltls.scram-sha-512.sasl.jaas.config': scram,
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'super.users': 'User:ANONYMOUS;User:alice;User:CN=client',
    },
    format: ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=alice,password=${ALICE.password}]`,
    ]),
  });
}

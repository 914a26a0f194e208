import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Auth, type AuthBindOptions, type AuthConfig } from '../../lib';
import { describeCluster, mapped, networkStatements } from './fixture/mapping';
import { refusal } from './fixture/refusal';
import { CLUSTER_ARN, source } from './fixture/stack';

const { Secret } = secretsmanager;
const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:AmazonMSK_orders-AbCdEf';
const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/1234';
const THEIR_CONNECTION = 'arn:aws:kafka:eu-west-1:111122223333:vpc-connection/444455556666/theirs/1-2-3';
const OPTIONS = { defaultConsumerGroupId: 'Shop-Orders', destinationTopic: undefined };

const imported = (stack: Stack) => Secret.fromSecretCompleteArn(stack, 'Secret', SECRET);
const keyOf = (stack: Stack) => kms.Key.fromKeyArn(stack, 'Key', KEY);
const listSecrets = { Effect: 'Allow', Action: 'kafka:ListScramSecrets', Resource: CLUSTER_ARN };
const reads = (Resource: unknown) => ({ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource });
const decrypts = (Resource: unknown) => ({ Effect: 'Allow', Action: 'kms:Decrypt', Resource });
const msk = (auth: (stack: Stack) => Auth) => mapped((stack) => source({ auth: auth(stack) }));

function message(auth: (stack: Stack) => Auth, props = {}): string {
  const stack = new Stack(new App(), 'Shop');
  return refusal(() => source({ auth: auth(stack), ...props }).bind(stack, OPTIONS), 'Shop');
}

test('SCRAM on MSK: the role may read the one secret, decrypt with its key, and list the secrets of the cluster', () => {
  const { mapping, statements } = msk((stack) => Auth.scram512(imported(stack), { encryptionKey: keyOf(stack) }));

  expect(mapping).toMatchObject({
    EventSourceArn: CLUSTER_ARN,
    SourceAccessConfigurations: [{ Type: 'SASL_SCRAM_512_AUTH', URI: SECRET }],
  });
  expect(statements).toEqual({
    DescribeCluster: describeCluster(CLUSTER_ARN),
    ReadCredentials: reads(SECRET),
    DecryptCredentials: decrypts(KEY),
    ListScramSecrets: listSecrets,
    ...networkStatements(),
  });
});

test('a client certificate on MSK: the same, and a key only where there is one', () => {
  const { mapping, statements } = msk((stack) => Auth.mtls(imported(stack)));

  expect(mapping.SourceAccessConfigurations).toEqual([{ Type: 'CLIENT_CERTIFICATE_TLS_AUTH', URI: SECRET }]);
  expect(statements).toEqual({
    DescribeCluster: describeCluster(CLUSTER_ARN),
    ReadCredentials: reads(SECRET),
    ListScramSecrets: listSecrets,
    ...networkStatements(),
  });
});

test('a secret of the app brings its key along, also behind an alias', () => {
  const made = (key: (stack: Stack) => kms.IKey) =>
    msk((stack) =>
      Auth.scram512(
        new Secret(stack, 'Secret', {
          secretName: 'AmazonMSK_orders',
          encryptionKey: key(stack),
        }) as secretsmanager.ISecret,
      ),
    ).statements;
  const key = (stack: Stack) => new kms.Key(stack, 'Key');

  const expected = {
    ReadCredentials: reads({ Ref: 'SecretA720EF05' }),
    DecryptCredentials: decrypts({ 'Fn::GetAtt': ['Key961B73FD', 'Arn'] }),
  };
  expect(made(key)).toMatchObject(expected);
  expect(made((stack) => new kms.Alias(stack, 'Alias', { aliasName: 'orders', targetKey: key(stack) }))).toMatchObject(
    expected,
  );
});

test('a secret that is known by a part of its ARN is granted whatever its six last characters are', () => {
  const { statements } = msk((stack) =>
    Auth.mtls(Secret.fromSecretPartialArn(stack, 'Secret', SECRET.replace('-AbCdEf', ''))),
  );

  expect(statements.ReadCredentials).toEqual(reads(SECRET.replace('-AbCdEf', '-??????')));
});

test('cluster, secret and key may be known at deployment only', () => {
  const later = (stack: Stack, id: string) => new CfnParameter(stack, id).valueAsString;

  const { mapping, statements } = mapped((stack) => {
    const secret = Secret.fromSecretCompleteArn(stack, 'Secret', later(stack, 'SecretArn'));
    const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', later(stack, 'KeyArn'));
    return source({ clusterArn: later(stack, 'ClusterArn'), auth: Auth.scram512(secret, { encryptionKey }) });
  });

  expect(mapping.SourceAccessConfigurations).toEqual([{ Type: 'SASL_SCRAM_512_AUTH', URI: { Ref: 'SecretArn' } }]);
  expect(statements).toEqual({
    DescribeCluster: describeCluster({ Ref: 'ClusterArn' }),
    ReadCredentials: reads({ Ref: 'SecretArn' }),
    DecryptCredentials: decrypts({ Ref: 'KeyArn' }),
    ListScramSecrets: { ...listSecrets, Resource: { Ref: 'ClusterArn' } },
    ...networkStatements(),
  });
});

test('behind a VPC connection a secret needs neither the name nor the key that MSK asks for', () => {
  const { mapping, statements } = mapped((stack) =>
    source({
      vpcConnectionArn: THEIR_CONNECTION,
      auth: Auth.scram512(Secret.fromSecretCompleteArn(stack, 'Copy', COPY)),
    }),
  );

  expect(mapping.SourceAccessConfigurations).toEqual([{ Type: 'SASL_SCRAM_512_AUTH', URI: COPY }]);
  expect(statements).toMatchObject({ ReadCredentials: reads(COPY), ListScramSecrets: listSecrets });
  expect(statements).not.toHaveProperty('DecryptCredentials');
});
const COPY = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:copy-AbCdEf';

test('of a secret behind an attachment nothing is known, and nothing refused', () => {
  const target = { targetId: 'orders', targetType: 'AWS::RDS::DBInstance' as secretsmanager.AttachmentTargetType };
  const { mapping } = msk((stack) => {
    const attached = new Secret(stack, 'Secret').attach({ asSecretAttachmentTarget: () => target });
    return Auth.scram512(attached, { encryptionKey: keyOf(stack) });
  });

  expect(mapping.SourceAccessConfigurations[0].URI).toEqual({ Ref: expect.stringContaining('Attachment') });
});

describe('refused on MSK', () => {
  test.each<[string, (secret: secretsmanager.ISecret) => Auth]>([
    ['Auth.scram256()', (secret) => Auth.scram256(secret)],
    ['Auth.plain()', (secret) => Auth.plain(secret)],
  ])('%s', (name, auth) => {
    expect(message((stack) => auth(imported(stack)))).toContain(
      `auth is "${name}", accepted is Auth.iam(), Auth.scram512(), Auth.mtls() or Auth.none()`,
    );
  });

  test('SCRAM with a secret whose key is not known, with the remedy', () => {
    expect(message((stack) => Auth.scram512(imported(stack)))).toMatch(
      /encryptionKey of auth secret is missing, .* Auth\.scram512\(secret, \{ encryptionKey \}\)/,
    );
  });

  test.each<[string, (stack: Stack) => secretsmanager.ISecret]>([
    ['another name', (stack) => new Secret(stack, 'Secret', { secretName: 'orders' }) as secretsmanager.ISecret],
    ['a name by CloudFormation', (stack) => new Secret(stack, 'Secret') as secretsmanager.ISecret],
    ['another name in its ARN', (stack) => Secret.fromSecretCompleteArn(stack, 'Secret', COPY)],
    ['another name, imported by it', (stack) => Secret.fromSecretNameV2(stack, 'Secret', 'orders')],
  ])('SCRAM with a secret of %s', (_, secret) => {
    expect(message((stack) => Auth.scram512(secret(stack), { encryptionKey: keyOf(stack) }))).toMatch(
      /name of auth secret is .*, accepted is a name that begins with AmazonMSK_/,
    );
  });

  test('a key by its alias, on which a policy allows nothing', () => {
    const alias = (stack: Stack) => kms.Alias.fromAliasName(stack, 'Alias', 'alias/orders');

    expect(message((stack) => Auth.mtls(imported(stack), { encryptionKey: alias(stack) }))).toMatch(
      /encryptionKey of auth secret is .*alias\/orders", accepted is a key by its own ARN/,
    );
  });
});

test('an authentication of your own is an Auth', () => {
  class Grown extends Auth {
    bind(_: unknown, { msk: resources }: AuthBindOptions): AuthConfig {
      expect(resources?.groupArn).toMatch(/:group\/orders-cluster\/.*\/Shop-Orders$/);
      return { statements: [], sourceAccessConfigurations: [] };
    }
  }

  expect(msk(() => new Grown()).mapping.EventSourceArn).toBe(CLUSTER_ARN);
  expect.assertions(2);
});

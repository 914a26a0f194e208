import * as iam from 'aws-cdk-lib/aws-iam';
import { SourceAccessConfigurationType } from 'aws-cdk-lib/aws-lambda';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import type { Auth, AuthConfig, SecretAuthOptions } from '../../auth';
import { checkKind, checkProps } from '../check-kinds';
import { KEY } from '../kinds';
import { PropsError } from '../props-error';
import { checkMskSecret } from './check-msk-secret';
import { checkSecret, readSecret } from './read-secret';

interface SecretMethod {
  /** As the user wrote it. */
  readonly name: string;
  readonly type: SourceAccessConfigurationType;
  /** Whether MSK knows it. Source: Lambda Developer Guide, MSK cluster authentication. */
  readonly ofMsk: boolean;
  /** Whether the cluster itself has to be given the secret. */
  readonly associated: boolean;
}

export const SECRET_METHODS = {
  scram512: {
    name: 'Auth.scram512()',
    type: SourceAccessConfigurationType.SASL_SCRAM_512_AUTH,
    ofMsk: true,
    associated: true,
  },
  scram256: {
    name: 'Auth.scram256()',
    type: SourceAccessConfigurationType.SASL_SCRAM_256_AUTH,
    ofMsk: false,
    associated: false,
  },
  plain: {
    name: 'Auth.plain()',
    type: SourceAccessConfigurationType.BASIC_AUTH,
    ofMsk: false,
    associated: false,
  },
  mtls: {
    name: 'Auth.mtls()',
    type: SourceAccessConfigurationType.CLIENT_CERTIFICATE_TLS_AUTH,
    ofMsk: true,
    associated: false,
  },
} as const satisfies Record<string, SecretMethod>;

/** Credentials in a secret: the pollers read it with the function's role. */
export function secretAuth(
  method: SecretMethod,
  secret: secretsmanager.ISecret,
  options: SecretAuthOptions,
): Auth['bind'] {
  return (scope, { msk }): AuthConfig => {
    if (msk !== undefined && !method.ofMsk) throw notOfMsk(scope, method);
    checkSecret(scope, 'auth secret', secret);
    checkProps(scope, 'auth options', options, `${method.name.replace('()', '')}(secret, { encryptionKey })`);
    const { encryptionKey = secret.encryptionKey } = options;
    if (encryptionKey !== undefined) checkKind(scope, 'encryptionKey of auth secret', encryptionKey, KEY);
    // A copy of the secret for the other side of a VPC connection is none that the cluster has been given.
    if (msk !== undefined && method.associated && msk.vpcConnectionArn === undefined) {
      checkMskSecret(scope, secret, encryptionKey);
    }
    return {
      sourceAccessConfigurations: [{ type: method.type, uri: secret.secretArn }],
      statements: [
        ...readSecret(scope, 'Credentials', 'auth secret', secret, encryptionKey),
        ...(msk === undefined ? [] : [listSecrets(msk.clusterArn)]),
      ],
    };
  };
}

/** The service asks for it with a client certificate, too. Source: Lambda Developer Guide, permissions for MSK. */
function listSecrets(clusterArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'ListScramSecrets',
    actions: ['kafka:ListScramSecrets'],
    resources: [clusterArn],
  });
}

function notOfMsk(scope: IConstruct, { name }: SecretMethod): PropsError {
  return new PropsError(scope, {
    prop: 'auth',
    received: name,
    accepted: 'Auth.iam(), Auth.scram512(), Auth.mtls() or Auth.none()',
    change: 'MSK knows no other authentication: choose one of these, or KafkaSource.selfManaged().',
  });
}

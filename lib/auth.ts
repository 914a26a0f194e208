import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { SourceAccessConfiguration } from 'aws-cdk-lib/aws-lambda';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import { iamAuth } from './private/sources/iam-auth';
import { SECRET_METHODS, secretAuth } from './private/sources/secret-auth';

/** ARNs within a cluster of Amazon MSK. */
export interface MskResources {
  readonly clusterArn: string;
  readonly topicArn: string;
  readonly groupArn: string;
  /** The topic that the mapping writes to when it gives records up; undefined: none. */
  readonly destinationTopicArn: string | undefined;
  /** The connection through which the cluster is reached; undefined: it is reached directly. */
  readonly vpcConnectionArn: string | undefined;
}

/** What an authentication is for. */
export interface AuthBindOptions {
  /** undefined: a cluster that is not of Amazon MSK. */
  readonly msk: MskResources | undefined;
}

/** What an authentication asks of the processor. */
export interface AuthConfig {
  /** Permissions that the function's role needs: the mapping connects with this role. */
  readonly statements: iam.PolicyStatement[];
  /** How the mapping is told. */
  readonly sourceAccessConfigurations: SourceAccessConfiguration[];
}

/** What cannot be read from the secret. */
export interface SecretAuthOptions {
  /**
   * The customer managed key that encrypts the secret, by its own ARN and not by an alias: the role may decrypt with it.
   * A key of another account has to let the role in itself.
   *
   * @default - the key that the secret names, which an imported secret seldom does; without one the secret is taken to
   *   be under the AWS managed key, which needs no permission
   */
  readonly encryptionKey?: kms.IKey;
}

/**
 * How the pollers prove to the brokers who they are. Secrets have to be in the region of the function, and the role is
 * granted to read the one it needs and nothing else of it.
 */
export abstract class Auth {
  /**
   * IAM access control of MSK. The role is granted exactly: connect to the cluster, read the one topic, take part in
   * the one consumer group, and where the mapping gives records up into a topic, write to that one.
   */
  static iam(): Auth {
    return new BoundAuth(iamAuth);
  }

  /**
   * User name and password with SCRAM-SHA-512.
   *
   * MSK accepts a secret only if its name begins with `AmazonMSK_` and it is under a customer managed key. Behind a VPC
   * connection it may be a copy in your own account, which is free of both.
   *
   * @param secret JSON with `username` and `password`
   */
  static scram512(secret: secretsmanager.ISecret, options: SecretAuthOptions = {}): Auth {
    return new BoundAuth(secretAuth(SECRET_METHODS.scram512, secret, options));
  }

  /**
   * User name and password with SCRAM-SHA-256. Self-managed brokers only.
   *
   * @param secret JSON with `username` and `password`
   */
  static scram256(secret: secretsmanager.ISecret, options: SecretAuthOptions = {}): Auth {
    return new BoundAuth(secretAuth(SECRET_METHODS.scram256, secret, options));
  }

  /**
   * User name and password with SASL/PLAIN, over TLS. Self-managed brokers only.
   *
   * @param secret JSON with `username` and `password`
   */
  static plain(secret: secretsmanager.ISecret, options: SecretAuthOptions = {}): Auth {
    return new BoundAuth(secretAuth(SECRET_METHODS.plain, secret, options));
  }

  /**
   * A client certificate (mutual TLS).
   *
   * @param secret JSON with `certificate`, `privateKey` (PKCS #8) and, if that is encrypted, `privateKeyPassword`, in PEM
   */
  static mtls(secret: secretsmanager.ISecret, options: SecretAuthOptions = {}): Auth {
    return new BoundAuth(secretAuth(SECRET_METHODS.mtls, secret, options));
  }

  /**
   * None: for brokers that let everybody in who reaches them. An MSK cluster with IAM access control is asked with IAM
   * all the same, so that needs `Auth.iam()`.
   */
  static none(): Auth {
    return new BoundAuth(() => ({ statements: [], sourceAccessConfigurations: [] }));
  }

  /** Called by the source, for the construct of the mapping: errors carry its path. */
  abstract bind(scope: IConstruct, options: AuthBindOptions): AuthConfig;
}

class BoundAuth extends Auth {
  constructor(private readonly connect: Auth['bind']) {
    super();
  }

  bind(scope: IConstruct, options: AuthBindOptions): AuthConfig {
    return this.connect(scope, options);
  }
}

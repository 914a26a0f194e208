import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct, IConstruct } from 'constructs';
import { checkKinds, checkProps, type Kinds } from './private/check-kinds';
import { customerKey } from './private/customer-key';
import { given } from './private/given';
import { KEY, TEXT } from './private/kinds';
import { letterBucket } from './private/letters/letter-bucket';
import { letterQueue } from './private/letters/letter-queue';
import { PropsError } from './private/props-error';

/** A bucket for letters, in the region of the stack. */
export interface LetterBucketProps {
  /**
   * A bucket of your own. A lifecycle rule of it should not end a letter that a queue still points at. Where it has a key
   * of the customer, that key has to be known to it, or no letter can be written: for an imported bucket give
   * `encryptionKey` to `Bucket.fromBucketAttributes()`.
   *
   * @default - a bucket of the processor's own: private, encrypted by S3, for TLS only, kept when it leaves the stack,
   *   and without an expiry
   */
  readonly bucket?: s3.IBucket;

  /**
   * First part of the keys of all letters, such as `orders/letters`, without a slash at its beginning. At most 255
   * letters, digits, `!`, `_`, `.`, `'`, `(`, `)`, `=`, `-`, and slashes between them.
   *
   * @default - none: each key begins with `parked/`, and then comes the consumer group id
   */
  readonly prefix?: string;

  /**
   * Key of yours that encrypts the processor's own bucket. One of yours brings its own key.
   *
   * @default - that of the queue, else the processor's `encryptionKey`, else S3 encrypts with keys of its own
   */
  readonly encryptionKey?: kms.IKey;
}

/** A queue for letters, and where those go that are too large for it. */
export interface SqsDeadLettersProps {
  /**
   * A queue of your own, also a first-in first-out one, in the region of the stack. Where it has a key of the customer,
   * that key has to be known to it, or no letter can be sent: for an imported queue give `keyArn` to
   * `Queue.fromQueueAttributes()`.
   *
   * @default - a queue of the processor's own, which keeps letters for 14 days, the most there is: encrypted by SQS, for
   *   TLS only, and kept when it leaves the stack
   */
  readonly queue?: sqs.IQueue;

  /**
   * Bucket for letters that are too large for the queue, which then holds a pointer. `false`: none, and such a record is
   * never given up: it stays open, is delivered again for as long as the topic keeps it, and its lane waits behind it. So
   * choose that only where no record on the topic can have more than about 700 KB: a message may have 1 MiB, and in a
   * letter key and value are a third larger, and headers several times.
   *
   * @default - a bucket of the processor's own, without a prefix
   */
  readonly overflow?: LetterBucketProps | false;

  /**
   * Key of yours that encrypts the processor's own queue. One of yours brings its own key.
   *
   * @default - the processor's `encryptionKey`, else SQS encrypts with keys of its own
   */
  readonly encryptionKey?: kms.IKey;
}

/** What the processor tells its dead letters. */
export interface DeadLettersBindOptions {
  /** Encrypts what is made where nothing else is said; undefined: a key of the service does. */
  readonly encryptionKey: kms.IKey | undefined;
}

/** Where the letters of a processor are. */
export interface DeadLettersConfig {
  /** Holds letters, and pointers to those in the bucket. */
  readonly queue?: sqs.IQueue;
  /** Holds all letters where there is no queue, else those that are too large for it. */
  readonly bucket?: s3.IBucket;
  /** In the bucket, without a slash at its end; `''`: none. */
  readonly prefix: string;
}

/**
 * Where records go that can never work, or have failed too often: each as one letter, which holds the whole record and
 * why it was given up.
 */
export abstract class DeadLetters {
  /**
   * Letters are messages of a queue, and what is too large for it is an object in a bucket. A queue forgets after 14
   * days at most.
   *
   * @example
   * DeadLetters.sqs({ queue, overflow: { bucket, prefix: 'orders' } });
   */
  static sqs(props: SqsDeadLettersProps = {}): DeadLetters {
    return new QueueDeadLetters(props);
  }

  /** Letters are objects in a bucket: nothing is too large for it, and it forgets nothing by itself. */
  static s3(props: LetterBucketProps = {}): DeadLetters {
    return new BucketDeadLetters(props);
  }

  /** Called by the processor, which is the scope of what is made: errors carry its path. */
  abstract bind(scope: Construct, options: DeadLettersBindOptions): DeadLettersConfig;
}

/** Queue and bucket are looked at where they are used. */
const KINDS: Kinds<LetterBucketProps> = { prefix: TEXT, encryptionKey: KEY };

class QueueDeadLetters extends DeadLetters {
  constructor(private readonly props: SqsDeadLettersProps) {
    super();
  }

  bind(scope: Construct, options: DeadLettersBindOptions): DeadLettersConfig {
    checkProps(scope, 'deadLetters', this.props, 'DeadLetters.sqs({ queue })');
    checkKinds(scope, this.props, KINDS, 'deadLetters ');
    const { queue, overflow = {} } = this.props;
    checkKey(scope, 'deadLetters', 'queue', queue, this.props.encryptionKey);
    const key = this.props.encryptionKey ?? options.encryptionKey;
    const encryptionKey = key && customerKey(scope, 'deadLetters encryptionKey', key);
    if (overflow === false) return { queue: letterQueue(scope, queue, encryptionKey), prefix: '' };
    checkProps(scope, 'overflow', overflow, 'overflow: { bucket }');
    checkKinds(scope, overflow, KINDS, 'overflow ');
    checkKey(scope, 'overflow', 'bucket', overflow.bucket, overflow.encryptionKey);
    const bucket = letterBucket(scope, { encryptionKey, ...given(overflow) }, 'overflow');
    return { queue: letterQueue(scope, queue, encryptionKey), ...bucket };
  }
}

class BucketDeadLetters extends DeadLetters {
  constructor(private readonly props: LetterBucketProps) {
    super();
  }

  bind(scope: Construct, options: DeadLettersBindOptions): DeadLettersConfig {
    checkProps(scope, 'deadLetters', this.props, 'DeadLetters.s3({ bucket })');
    checkKinds(scope, this.props, KINDS, 'deadLetters ');
    checkKey(scope, 'deadLetters', 'bucket', this.props.bucket, this.props.encryptionKey);
    return letterBucket(scope, { ...options, ...given(this.props) }, 'deadLetters');
  }
}

/** A store of the user's is as it is: a key beside it would be ignored. */
function checkKey(
  scope: Construct,
  prop: string,
  store: string,
  own: IConstruct | undefined,
  key: kms.IKey | undefined,
): void {
  if (own === undefined || key === undefined) return;
  throw new PropsError(scope, {
    prop: `${prop} encryptionKey`,
    received: key.node.path,
    accepted: `no key beside a ${store} of yours`,
    change: `Give the key to the ${store}: it belongs to whoever makes it.`,
  });
}

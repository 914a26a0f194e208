import { ENVIRONMENT } from '../../../contract/environment';
import { isObject } from '../../../local/template/template';
import { shown } from '../../../local/template/template-error';
import { error, type Judgement, unknown, warning } from '../finding';
import { LETTERS_FORM } from '../letters-place';
import { policiesBeside } from '../role/store-policies';
import type { Rule } from '../rule';
import { type FoundResource, findBucket, findQueue } from '../stores';
import type { Subject } from '../subject';
import { notRetained } from './retained';

export const letters: Rule = {
  name: 'dead-letters',
  *judge(subject): Iterable<Judgement> {
    const text = subject.variable(ENVIRONMENT.deadLetters);
    const place = subject.placeOf(ENVIRONMENT.deadLetters);
    const { letters: read } = subject;
    if (text === undefined) {
      const why =
        'Nothing is given up then: a record that can never work is delivered again for as long as it is kept.';
      yield warning(place, 'is not set.', why, `Set it to ${LETTERS_FORM}.`);
    } else if (read === undefined) {
      yield error(place, `is ${shown(text)}.`, 'The function does not start with it.', `Write ${LETTERS_FORM}.`);
    }
    if (read?.queueUrl !== undefined && findQueue(subject) === undefined) yield elsewhere(place, read.queueUrl);
    if (read?.bucket !== undefined && findBucket(subject) === undefined) yield elsewhere(place, read.bucket.name);
  },
};

function elsewhere(place: string, name: string): Judgement {
  return unknown(
    place,
    `names ${name}, which the template does not hold.`,
    'How long it keeps letters, how large they may be and who may reach it was not judged.',
    'Correct the name, or look at it where it is made.',
  );
}

// Source of both: Amazon SQS quotas.
const LONGEST_RETENTION_SECONDS = 1_209_600;
const MAXIMUM_MESSAGE_BYTES = 1_048_576;

export const letterQueue: Rule = {
  name: 'dead-letter-queue',
  *judge(subject): Iterable<Judgement> {
    const queue = findQueue(subject);
    if (queue === undefined) return;
    const { properties } = queue;
    const retention = properties.value('MessageRetentionPeriod');
    if (Number(retention ?? 0) < LONGEST_RETENTION_SECONDS) {
      yield warning(
        properties.path('MessageRetentionPeriod'),
        retention === undefined ? 'is not set: 4 days.' : `is ${retention} seconds.`,
        'A letter that nobody redrives until then is gone, and its record with it.',
        `Write ${LONGEST_RETENTION_SECONDS}, which is 14 days.`,
      );
    }
    yield* notRetained(
      queue,
      'A queue that leaves the stack, or is replaced in it, is deleted, and the letters with it.',
    );
    const bytes = properties.value('MaximumMessageSize');
    if (Number(bytes ?? 0) < MAXIMUM_MESSAGE_BYTES) {
      yield warning(
        properties.path('MaximumMessageSize'),
        bytes === undefined ? 'is not set.' : `is ${bytes} bytes.`,
        'The runtime sends letters up to 1 MiB; what the queue refuses stays open.',
        `Write ${MAXIMUM_MESSAGE_BYTES}.`,
      );
    }
    if (subject.letters?.bucket === undefined) {
      yield warning(
        subject.placeOf(ENVIRONMENT.deadLetters),
        'names no bucket beside the queue.',
        'A record of more than about 700 KB fits into no letter of a queue, and is never given up.',
        'Add a bucket, unless no record can be that large.',
      );
    }
    if (!isTlsOnly(subject, queue, 'AWS::SQS::QueuePolicy', 'Queues')) yield open(queue, 'AWS::SQS::QueuePolicy');
  },
};

export const letterBucket: Rule = {
  name: 'dead-letter-bucket',
  *judge(subject): Iterable<Judgement> {
    const bucket = findBucket(subject);
    if (bucket === undefined) return;
    if (!isTlsOnly(subject, bucket, 'AWS::S3::BucketPolicy', 'Bucket')) yield open(bucket, 'AWS::S3::BucketPolicy');
  },
};

function open({ properties }: FoundResource, policy: string): Judgement {
  return warning(
    properties.path(),
    `has no ${policy} that denies access without TLS.`,
    'Letters hold whole records.',
    'Deny everything where "aws:SecureTransport" is "false".',
  );
}

function isTlsOnly(subject: Subject, resource: FoundResource, type: string, property: string): boolean {
  return policiesBeside(subject, resource, type, property).some(({ written }) => deniesPlainText(written));
}

function deniesPlainText(document: unknown): boolean {
  const written = isObject(document) ? document.Statement : undefined;
  return (Array.isArray(written) ? written : [written]).some(
    (statement) =>
      isObject(statement) &&
      statement.Effect === 'Deny' &&
      /"aws:SecureTransport":("false"|false)/.test(JSON.stringify(statement.Condition ?? {})),
  );
}

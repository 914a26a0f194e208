import type { PropertyReader } from './property-reader';
import { shown, templateInvalid } from './template-error';

/** Where the service sends what it gives up. */
export type FailureDestination =
  | { readonly kind: 'sqs'; readonly queueArn: string; readonly queueName: string }
  | { readonly kind: 'sns'; readonly topicArn: string }
  | { readonly kind: 's3'; readonly bucketName: string }
  | { readonly kind: 'kafka'; readonly topic: string };

const PROPERTY = ['DestinationConfig', 'OnFailure', 'Destination'] as const;
// Source: Lambda API Reference, OnFailure, Destination. One letter is enough there.
const KAFKA_TOPIC = /^kafka:\/\/([a-zA-Z0-9_-][a-zA-Z0-9\-_.]{0,248})$/;
const ARN = /^arn:[^:]+:(sqs|sns|s3):[^:]*:[^:]*:([^:/]+)$/;

/** The on-failure destination of a mapping; `undefined`: what is given up is lost. */
export function readFailureDestination(properties: PropertyReader): FailureDestination | undefined {
  for (const name of properties.names('DestinationConfig')) {
    if (name === 'OnFailure' || properties.value('DestinationConfig', name) === undefined) continue;
    throw templateInvalid(
      properties.path('DestinationConfig', name),
      'is set. An event source mapping has a destination for failures only: OnFailure.',
    );
  }
  const destination = properties.text(...PROPERTY);
  // An empty text takes a destination back.
  return destination === undefined || destination === '' ? undefined : parse(destination, properties.path(...PROPERTY));
}

function parse(destination: string, path: string): FailureDestination {
  const topic = KAFKA_TOPIC.exec(destination)?.[1];
  if (topic !== undefined) return { kind: 'kafka', topic };
  const [, service, name = ''] = ARN.exec(destination) ?? [];
  // Source: Lambda Developer Guide, on-failure destinations for Kafka.
  if (service !== undefined && name.endsWith('.fifo')) {
    throw templateInvalid(
      path,
      `is ${shown(destination)}. FIFO queues and topics are not supported; use a standard one.`,
    );
  }
  switch (service) {
    case 'sqs':
      return { kind: 'sqs', queueArn: destination, queueName: name };
    case 'sns':
      return { kind: 'sns', topicArn: destination };
    case 's3':
      return { kind: 's3', bucketName: name };
    default:
      throw templateInvalid(
        path,
        `is ${shown(destination)}; accepted are the ARN of an SQS queue, of an SNS topic or of an S3 bucket, and kafka:// with the name of a topic.`,
      );
  }
}

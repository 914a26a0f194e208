import type { Broker } from '../broker/broker';
import type { FailureDestination } from '../template/failure-destination';
import type { FailureDelivery } from './failure';
import { KafkaDelivery } from './kafka-delivery';
import { ReportDelivery, type ReportedDocument } from './report-delivery';
import { S3Delivery } from './s3-delivery';
import { SqsDelivery } from './sqs-delivery';
import { standIn } from './stand-in';

export interface Surroundings {
  /** `AWS_ENDPOINT_URL_SQS` and `AWS_ENDPOINT_URL_S3` name the stand-ins. */
  readonly env: NodeJS.ProcessEnv;
  /** The cluster that the mapping reads. */
  readonly broker: Broker;
  /** Takes what a destination without a stand-in would have received. */
  readonly report: (document: ReportedDocument) => void;
}

/** The destination of a mapping at work, or the run's report where nothing plays it. Never a service of AWS itself. */
export function deliveryFor(destination: FailureDestination, surroundings: Surroundings): FailureDelivery {
  const { env, broker, report } = surroundings;
  switch (destination.kind) {
    case 'kafka':
      return new KafkaDelivery(destination.topic, broker);
    case 'sqs': {
      const sqs = standIn('AWS_ENDPOINT_URL_SQS', env);
      return sqs
        ? new SqsDelivery(destination.queueName, sqs)
        : new ReportDelivery(destination, unset('AWS_ENDPOINT_URL_SQS'), report);
    }
    case 's3': {
      const s3 = standIn('AWS_ENDPOINT_URL_S3', env);
      return s3
        ? new S3Delivery(destination.bucketName, s3)
        : new ReportDelivery(destination, unset('AWS_ENDPOINT_URL_S3'), report);
    }
    case 'sns':
      return new ReportDelivery(destination, 'There is no stand-in for SNS.', report);
  }
}

function unset(variable: string): string {
  return `${variable} is not set, and nothing is sent to AWS.`;
}

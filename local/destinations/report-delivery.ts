import type { FailureDestination } from '../template/failure-destination';
import type { Failure, FailureDelivery } from './failure';
import { type BatchDocument, batchDocument, type ObjectDocument, objectDocument } from './failure-document';

/** A document that was sent nowhere. */
export interface ReportedDocument {
  readonly destination: FailureDestination;
  /** What the destination would have received. */
  readonly document: BatchDocument | ObjectDocument;
  /** Why it was not sent, for a person. */
  readonly reason: string;
}

/** Hands documents to the run's report in the place of a destination that is not there. */
export class ReportDelivery implements FailureDelivery {
  readonly #destination: FailureDestination;
  readonly #reason: string;
  readonly #report: (document: ReportedDocument) => void;

  constructor(destination: FailureDestination, reason: string, report: (document: ReportedDocument) => void) {
    this.#destination = destination;
    this.#reason = reason;
    this.#report = report;
  }

  async deliver(failure: Failure): Promise<void> {
    const document = this.#destination.kind === 's3' ? objectDocument(failure) : batchDocument(failure);
    this.#report({ destination: this.#destination, document, reason: this.#reason });
  }
}

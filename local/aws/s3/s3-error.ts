/** An error as S3 answers it. */
export class S3Error extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export const unsupported = (what: string) =>
  new S3Error(501, 'NotImplemented', `The stand-in for S3 does not play ${what}.`);
